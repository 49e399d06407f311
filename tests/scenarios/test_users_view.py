"""The user's view of the design, run as it is written: files, decorated class, calls, variables, explanation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import traitconf as tc

PACKAGE = Path(tc.__file__).parent
FILES = {
    "config/traits.toml": "[auditable]\nretention_days = 90\n",
    "config/models/Article.toml": "[auditable]\nretention_days = 365\n",
    "config/groups/enterprise.toml": (
        "[auditable]\nretention_days.lock = 2555                   # exactly the contract: no tenant may change it\n"
    ),
    "config/tenants/acme.toml": (
        'extends = ["enterprise"]\n[sluggable]\nmax_length = 40\n[models.Article.sluggable]\nseparator = "_"\n'
    ),
    "app/__init__.py": "",
    "app/models.py": """
import attrs
import traitconf as tc
from traitconf.traits import Auditable, Sluggable, SoftDeletes

@tc.use(Sluggable(source="title"), Auditable, SoftDeletes)      # above or below @attrs.define / @dataclass: same effect
@attrs.define
class Article:
    title: str
    body: str = ""
    slug: str | None = None
    def save(self) -> None: ...
    def delete(self) -> None: ...
""",
    "main.py": """
import traitconf as tc
from app.models import Article
from traitconf.traits import Auditable, Sluggable, SoftDeletes

tc.configure("config/")
with tc.tenant("acme"):
    article = Article(title="Hello, wide world")
    article.save()
    article.delete()
    print(article.slug, [entry.operation for entry in article.audit_trail()], article.trashed)
print(tc.resolve(Auditable, Article, tenant="acme").retention_days)
print(tc.resolve(Auditable, Article, tenant=None).retention_days, tc.resolve(Auditable, tenant="globex").retention_days)
print(tc.enabled(Auditable, Article, tenant="acme"), tc.decide(Auditable, model=Article, tenant="acme").reason)
print(type(tc.resolve(Sluggable, Article, tenant="acme")).__name__, tc.resolve(Sluggable, Article, "acme").max_length)
""",
    "summary.py": '''
from typing import Protocol
import traitconf as tc

class HasBody(Protocol):
    body: str

def summarise(text, sentences):
    return ". ".join(text.split(". ")[:sentences])

@tc.trait
class Summarisable(tc.TraitBase):
    """Keep a short summary of a document."""

    sentences: int = tc.option(3, ge=1, le=20, doc="Sentences kept in the summary.")

    refreshed = tc.event(doc="A summary was computed.")
    words = tc.histogram(unit="1", doc="Words per summary.")

    @tc.operation(key=("body",))
    def summary(self, host: HasBody) -> str:
        text = summarise(host.body, self.sentences)
        self.words.record(len(text.split()))
        return text

    @tc.around("save")
    def refresh(self, host, proceed, /, *args, **kwargs):
        result = proceed(*args, **kwargs)
        self.refreshed.emit(host)
        return result

@tc.use(Summarisable)
class Note:
    body = "One. Two. Three. Four"
    def save(self) -> str:
        return "saved"

tc.configure("config/")
seen = []
tc.on("summarisable.refreshed")(seen.append)
note = Note()
assert note.save() == "saved" and [event.host for event in seen] == [note]
assert note.summary() == "One. Two. Three" == Summarisable.of(note).summary()
assert tc.process_runtime().services.metrics.histogram("summarisable.words").count == 2
with tc.override({"summarisable.sentences": 1}):
    assert note.summary() == "One"
with tc.override({"summarisable.enabled": False}):
    try:
        note.summary()
    except tc.TraitDisabled:
        print("off")
''',
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The files of the example, and the package below the same directory, so that all origins are relative."""
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "traitconf").symlink_to(PACKAGE)
    return root


def call(project: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a Python command in the project with a clean environment and the given variables."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRAITCONF_", "DYNACONF_"))}
    return subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env=environ | {"PYTHONPATH": str(project)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def explain(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `traitconf explain` with the example's application."""
    return call(project, "-m", "traitconf", "explain", *arguments, "--app", "app.models", **variables)


def default_line() -> int:
    """Return the line on which `Auditable.retention_days` is declared."""
    lines = (PACKAGE / "traits/auditable.py").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.strip().startswith("retention_days: int"))


def test_the_application_behaves_as_its_files_say(project):
    """The class is slugged, audited and soft-deleted as acme's resolved configuration says."""
    answer = call(project, "-W", "error", "main.py")
    assert answer.stderr == ""
    assert answer.stdout.splitlines() == [
        "hello_wide_world ['save', 'delete'] True",
        "2555",
        "365 90",
        "True DEFAULT",
        "Sluggable 40",
    ]


def test_explain_names_every_place(project):
    """The table has the three file lines with line and column, and the default with file and line."""
    answer = explain(project, "auditable.retention_days", "--model", "Article", "--tenant", "acme")
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0] == "auditable.retention_days = 2555   int, days, 1..36500"
    assert [line.split() for line in lines[1:]] == [
        ["●", "group", "enterprise", "2555", "lock", "config/groups/enterprise.toml:2:1"],
        ["○", "model", "Article", "365", "config/models/Article.toml:2:1", "shadowed"],
        ["○", "global", "90", "config/traits.toml:2:1", "shadowed"],
        ["○", "default", "30", f"traitconf/traits/auditable.py:{default_line()}"],
    ]
    assert len({line.index("config/") for line in lines[1:4]}) == 1


def test_a_variable_overrides_a_file(project):
    """An environment variable beats what a tenant's file says, and is named in full."""
    name = "TRAITCONF_TRAITS__AUDITABLE__ENABLED"
    answer = explain(project, "auditable.enabled", "--model", "Article", "--tenant", "acme", **{name: "false"})
    assert answer.stdout.startswith("auditable.enabled = false")
    assert f"env {name}" in answer.stdout
    assert call(project, "main.py", **{name: "false"}).stdout.startswith("hello_wide_world [] True")


def test_a_trait_of_ones_own_runs(project):
    """The example's own trait gives its operation, wraps the method, emits, records, and obeys its toggle."""
    answer = call(project, "-W", "error", "summary.py")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "off\n", "")


_PAGE = (
    "import attrs\nfrom dataclasses import dataclass\nimport traitconf as tc\n"
    "from traitconf.traits import Sluggable\n"
    "{decorators}\n"
    "class Page:\n    title: str\n    slug: str | None = None\n    def save(self): return 'saved'\n"
    "page = Page('A b')\n"
)


def test_a_frozen_class_is_told_as_early_as_can_be(project, tmp_path):
    """A trait that writes a field is refused above a decorator that freezes; below one, the call says so."""
    above, below = tmp_path / "above.py", tmp_path / "below.py"
    above.write_text(_PAGE.format(decorators="@tc.use(Sluggable)\n@attrs.frozen(slots=False)"), encoding="utf-8")
    below.write_text(
        _PAGE.format(decorators="@attrs.frozen(slots=False)\n@tc.use(Sluggable)") + "page.save()\n", encoding="utf-8"
    )
    assert "error[TC631]: Sluggable writes the field 'slug' of Page" in call(project, str(above)).stderr
    assert "TypeError: Page.slug cannot be written" in call(project, str(below)).stderr


@pytest.mark.parametrize("decorators", ["@tc.use(Sluggable)\n@define", "@define\n@tc.use(Sluggable)"])
@pytest.mark.parametrize("define", ["attrs.define", "dataclass", "dataclass(slots=True, weakref_slot=True)"])
def test_the_order_of_decorators_does_not_matter(project, tmp_path, decorators, define):
    """Above or below the decorator that makes the class, the binding has the same effect."""
    script = tmp_path / "order.py"
    script.write_text(
        _PAGE.format(decorators=decorators.replace("@define", "@" + define))
        + "print(page.save() == 'saved' and page.slug == 'a-b')\n",
        encoding="utf-8",
    )
    answer = call(project, "-W", "error", str(script))
    assert (answer.stdout, answer.stderr) == ("True\n", "")
