"""What is installed, read from the metadata of the distributions."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

from traitconf.cli.installed import installation, version_of

METADATA = """\
Metadata-Version: 2.4
Name: traitconf
Version: 0.1.0
Provides-Extra: all
Provides-Extra: standard
Provides-Extra: test
Requires-Dist: attrs>=24.3.0
Requires-Dist: traitconf[standard]; extra == 'all'
Requires-Dist: no-such-thing>=1; extra == 'all'
Requires-Dist: attrs>=1; extra == 'standard'
Requires-Dist: not.there-either<2,>=1; extra == 'standard'
Requires-Dist: pytest; extra == 'test'
"""


def test_versions_are_those_of_the_installed_distributions():
    """Every core dependency is named with its version, extras' requirements are not among them."""
    found = installation()["dependencies"]
    assert found["attrs"] == version("attrs")
    assert {"attrs", "cachetools", "cattrs", "click", "dynaconf", "pyrsistent", "statsd"} == set(found)


def test_what_is_not_installed_has_no_version():
    """A distribution that is not there has no version."""
    assert version_of("no-such-distribution-at-all") is None


def test_an_extra_says_what_it_misses(tmp_path):
    """An extra misses what is not installed, extras that it contains included; those for tests are not shown."""
    directory = tmp_path / "traitconf-0.1.0.dist-info"
    directory.mkdir()
    (directory / "METADATA").write_text(METADATA, encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nfrom traitconf.cli.installed import installation\n"
    code += "print(installation()['dependencies'].keys(), installation()['extras'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == (
        "dict_keys(['attrs']) {'all': ['no-such-thing', 'not.there-either'], 'standard': ['not.there-either']}\n"
    )
