"""Variables of dynaconf: reported, and without effect on what is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from traitconf.layers.foreign import foreign_variables
from traitconf.runtime.runtime import Runtime
from traitconf.types import Severity

HOSTILE = {
    "AUTO_CAST_FOR_DYNACONF": "false",
    "CORE_LOADERS_FOR_DYNACONF": "[]",
    "DOTTED_LOOKUP_FOR_DYNACONF": "false",
    "DYNACONF_SAMPLE__DAYS": "77",
    "DYNACONF_MERGE_ENABLED": "true",
    "ENCODING_FOR_DYNACONF": "utf-16",
    "ENVIRONMENTS_FOR_DYNACONF": "true",
    "ENVVAR_PREFIX_FOR_DYNACONF": "false",
    "ENV_FOR_DYNACONF": "production",
    "INCLUDES_FOR_DYNACONF": '["more.toml"]',
    "INSTANCE_FOR_DYNACONF": "nowhere.settings",
    "LOADERS_FOR_DYNACONF": '["intruder"]',
    "MERGE_ENABLED_FOR_DYNACONF": "true",
    "NESTED_SEPARATOR_FOR_DYNACONF": "_",
    "PRELOAD_FOR_DYNACONF": '["more.toml"]',
    "PROJECT_ROOT": "/",
    "REDIS_ENABLED_FOR_DYNACONF": "true",
    "ROOT_PATH_FOR_DYNACONF": "/",
    "SECRETS_FOR_DYNACONF": "more.toml",
    "SETTINGS_FILE_FOR_DYNACONF": "intruder.py",
    "YAML_LOADER_FOR_DYNACONF": "unsafe_load",
}
PROGRAM = """
import json, os, pathlib
import traitconf as tc
runtime = tc.Runtime((pathlib.Path("config"),)).start()
found = runtime.explain("auditable") + runtime.explain("sluggable", tenant="acme")
print(json.dumps({
    "hash": runtime.snapshot.content_hash,
    "values": [[one.address, one.value, [str(reason.origin) for reason in one.reasons]] for one in found],
    "warnings": sorted(problem.origin.name for problem in runtime.warnings),
}))
"""
FILES = {
    "config/traits.toml": "[auditable]\nretention_days = '@int 44'\nsinks = ['dynaconf_merge', 'memory']\n",
    "config/models/Article.yaml": "sluggable: {separator: _}\n",
    "config/tenants/acme.json": '{"sluggable": {"max_length": 40}, "auditable": {"fields": "@merge title"}}',
    "more.toml": "[auditable]\nretention_days = 1\n",
    "intruder.py": "import pathlib\npathlib.Path('intruded').touch()\ndef load(*args, **kwargs): ...\n",
}


@pytest.fixture
def report(tmp_path):
    """A function that reads the files in a process with further variables, warnings as errors, and reports."""
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def with_variables(variables):
        clean = {name: value for name, value in os.environ.items() if not name.endswith("_FOR_DYNACONF")}
        clean = {name: value for name, value in clean.items() if not name.startswith(("DYNACONF_", "TRAITCONF_"))}
        command = [sys.executable, "-W", "error", "-c", PROGRAM]
        answer = subprocess.run(
            command, cwd=tmp_path, env=clean | variables, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return with_variables


def test_they_are_reported():
    """Each variable that dynaconf would read is one warning that names it; others are none of our business."""
    found = foreign_variables({"MERGE_ENABLED_FOR_DYNACONF": "1", "DYNACONF_X": "1", "MYDYNACONF_X": "1", "PATH": "/"})
    assert [(one.code, one.severity, one.origin.name) for one in found] == [
        ("TC330", Severity.WARNING, "DYNACONF_X"),
        ("TC330", Severity.WARNING, "MERGE_ENABLED_FOR_DYNACONF"),
    ]
    assert all(one.hint for one in found)


def test_they_are_reported_at_start(write, sample):
    """A runtime starts all the same, and has them among its warnings."""
    runtime = Runtime((write({"traits.toml": "[sample]\ndays = 4\n"}),), environ=HOSTILE).start()
    assert len([one for one in runtime.warnings if one.code == "TC330"]) == len(HOSTILE) - 1  # PROJECT_ROOT is no sign


def test_they_are_harmless(report, tmp_path):
    """The same files give the same values, places and hash whatever dynaconf's variables say; no loader is run."""
    quiet, loud = report({}), report(HOSTILE)
    assert quiet["warnings"] == []
    assert loud["warnings"] == sorted(HOSTILE.keys() - {"PROJECT_ROOT"})
    assert {**loud, "warnings": []} == {**quiet, "warnings": []}
    assert ["auditable.retention_days", 44] in [row[:2] for row in quiet["values"]]
    assert not (tmp_path / "intruded").exists()


def test_one_that_breaks_dynaconf(tmp_path):
    """A variable with which dynaconf cannot even be imported is one coded problem, and only where it is needed."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/traits.toml").write_text("[auditable]\nretention_days = 3\n", encoding="utf-8")
    (tmp_path / "more.yaml").write_text("auditable: {retention_days: 4}\n", encoding="utf-8")
    program = (
        "import traitconf as tc\n"
        "tc.configure('config')\n"
        "print(tc.explain('auditable.retention_days').value)\n"
        "try:\n    tc.configure('config', 'more.yaml')\nexcept tc.ConfigError as error:\n    print(error)"
    )
    environ = os.environ | {"REDIS_PORT_FOR_DYNACONF": "none of your business"}
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environ, capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith("3\n")
    assert "error[TC006]: dynaconf cannot be imported: ValueError" in answer.stdout
    assert "unset the variables that end in _FOR_DYNACONF" in answer.stdout
