"""What importing costs."""

from __future__ import annotations

import sys

from processes import measure, run
from row import Row
from samples import Samples
from table import Table

UNWANTED = ("dynaconf", "cattrs", "pyrsistent", "cachetools", "statsd", "click", "importlib.metadata")
"""What `import traitconf` must not load."""
_LOADED = f"import sys, traitconf; print(*({{*sys.modules}} & {{*{UNWANTED!r}}}) or ['nothing'])"

PROGRAMS = {
    "pass": "pass",
    "attrs": "import attrs",
    "traitconf": "import traitconf",
    "front door": "import traitconf as tc; tc.trait, tc.TraitBase, tc.option, tc.around, tc.use",
    "cattrs": "import cattrs",
    "dynaconf": "import dynaconf",
}


def measure_imports(rounds: int) -> Samples:
    """Measure the imports, less an empty program; `import traitconf` counts only without what it must not load."""
    commands = {name: [sys.executable, "-c", program] for name, program in PROGRAMS.items()}
    samples = measure(commands, rounds).less("pass")
    loaded, fault = run([sys.executable, "-c", _LOADED])
    if not fault and loaded.split() != ["nothing"]:
        fault = f"loads {', '.join(sorted(loaded.split()))}"
    return Samples(samples.seconds, {"traitconf": fault} if fault else {})


ATTRS = "import attrs"
IMPORTS = Table(
    name="imports",
    method="python -c …, processor time of the process less that of python -c pass",
    rows=(
        Row("import traitconf, without " + ", ".join(UNWANTED), ATTRS, "traitconf", "attrs", 1.5),
        Row(
            "import traitconf and take @tc.trait and @tc.use, lazily loaded",
            ATTRS,
            "front door",
            "attrs",
            aside="no budget",
        ),
        Row("import cattrs", ATTRS, "cattrs", "attrs"),
        Row("import dynaconf", ATTRS, "dynaconf", "attrs"),
    ),
    rounds=20,
    measure=measure_imports,
)
