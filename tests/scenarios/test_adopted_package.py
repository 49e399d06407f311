"""sqlalchemy-mixins, adopted as PyPI ships it: tenants' files govern its class attributes, its files stay as they are.

The application below is a program of its own, so that nothing of the package is imported here.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = "sqlalchemy-mixins"
pytest.importorskip("sqlalchemy", reason="SQLAlchemy comes with the extra [sqlalchemy]")
try:
    importlib.metadata.distribution(PACKAGE)
except importlib.metadata.PackageNotFoundError:
    pytest.skip(f"{PACKAGE} comes with the extra [test]", allow_module_level=True)

FILES = {
    "config/traits.toml": "[repr]\nrepr_max_length = 12\n",
    "config/models/User.toml": "[repr]\nrepr_max_length = 10\n",
    "config/tenants/acme.toml": '[repr]\nrepr_max_length = 5\nrepr_attrs = ["name", "city"]\n',
    "config/tenants/archive.toml": "[active_record]\nenabled = false\n",
    "config/tenants/plain.toml": "[repr]\nenabled = false\n",
    "models.py": """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy_mixins import AllFeaturesMixin


class Base(DeclarativeBase, AllFeaturesMixin):
    __abstract__ = True


class User(Base):
    __tablename__ = "users"
    __repr_attrs__ = ["name"]

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    city: Mapped[str]


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
""",
    "traits_of_others.py": """
import traitconf as tc

tc.adopt(
    "sqlalchemy_mixins:ReprMixin",
    as_trait="repr",
    options=["__repr_attrs__", "__repr_max_length__"],
    methods=[],
    overrides="govern",
)
tc.adopt("sqlalchemy_mixins:ActiveRecordMixin", as_trait="active_record")
tc.adopt("sqlalchemy_mixins:SmartQueryMixin", as_trait="smart_query")
""",
    "started.py": """
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker
import traitconf as tc
from models import Base, Note, User

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
Base.set_session(scoped_session(sessionmaker(bind=engine)))
tc.configure("config/", complete=True)
""",
}
ADOPTED_FIRST = "import traits_of_others\nfrom started import *\n"
ADOPTED_LAST = "import models\nimport traits_of_others\nfrom started import *\n"


@pytest.fixture
def run(tmp_path):
    """A function that runs a program in the application's directory and returns what it prints, line by line."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(text, *words):
        (tmp_path / "main.py").write_text(text, encoding="utf-8")
        environ = {name: value for name, value in os.environ.items() if not name.startswith("TRAITCONF_")}
        environ["PYTHONPATH"] = str(tmp_path)
        command = [sys.executable, *(words or ("-W", "error", "main.py"))]
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


@pytest.mark.parametrize("start", [ADOPTED_FIRST, ADOPTED_LAST], ids=["before its hosts", "after its hosts"])
def test_a_tenants_file_governs_class_attributes(run, start):
    """A tenant's file decides two class attributes of ReprMixin, one of which the model defines itself."""
    lines = run(f"""{start}
user = User.create(name="Ada Lovelace-King", city="Marylebone")
print(user)
for tenant in ("globex", "acme"):
    with tc.tenant(tenant):
        print(user)
with tc.tenant("acme"):
    print(User.__repr_attrs__, User.__repr_max_length__, Note.__repr_attrs__, Note.__repr_max_length__)
print(User.__repr_attrs__, User.__repr_max_length__, Note.__repr_attrs__, Note.__repr_max_length__)
""")
    assert lines == [
        "<User #1 'Ada Lovela...'>",
        "<User #1 'Ada Lovela...'>",
        "<User #1 name:'Ada L...' city:'Maryl...'>",
        "['name', 'city'] 5 ['name', 'city'] 5",
        "['name'] 10 [] 12",
    ]


def test_every_value_says_where_it_is_from(run):
    """The chain of an adopted attribute ends in the package's own file, and the model's own value is in it."""
    lines = run(f"""{ADOPTED_FIRST}
print(tc.explain("repr.repr_attrs", User, tenant="acme"))
print(tc.explain("repr.repr_max_length", Note, tenant="globex"))
""")
    text = "\n".join(lines)
    assert "config/tenants/acme.toml:3:1" in text
    assert "models.py:12" in text
    assert "sqlalchemy_mixins/repr.py:9" in text
    assert "config/traits.toml:2:1" in text


def test_methods_are_off_for_a_tenant(run):
    """Where the trait is off, the methods of ActiveRecordMixin are refused, and those of other mixins still work."""
    lines = run(f"""{ADOPTED_FIRST}
user = User.create(name="Ada", city="London")
with tc.tenant("archive"):
    for call in (lambda: User.create(name="Bob", city="Rome"), user.save, user.delete, lambda: User.find(1)):
        try:
            call()
        except tc.TraitDisabled as error:
            print(str(error).partition(";")[0])
    print([found.name for found in User.where(city__startswith="Lon").all()])
user.update(city="Paris")
print(User.first().city)
""")
    assert lines == [
        "ActiveRecord is off here, so create() is not available",
        "ActiveRecord is off here, so save() is not available",
        "ActiveRecord is off here, so delete() is not available",
        "ActiveRecord is off here, so find() is not available",
        "['Ada']",
        "Paris",
    ]


def test_without_the_trait_attributes_are_as_the_package_ships_them(run):
    """For a tenant that has the trait off, the attributes are the package's and the model's own."""
    lines = run(f"""{ADOPTED_FIRST}
with tc.tenant("plain"):
    print(User.__repr_attrs__, User.__repr_max_length__, Note.__repr_attrs__, Note.__repr_max_length__)
""")
    assert lines == ["['name'] 15 [] 15"]


def test_a_shadow_changes_nothing_and_says_what_it_would(run):
    """In shadow the package works as ever, and the report names what would differ, for each model and tenant."""
    lines = run(f"""{ADOPTED_FIRST}
user = User.create(name="Ada Lovelace-King", city="Marylebone")
with tc.override({{"traits.repr.shadow": True, "traits.active_record.shadow": True}}):
    with tc.tenant("acme"):
        print(user)
    with tc.tenant("archive"):
        user.save()
for total in tc.shadow_report().totals:
    if total.differing:
        print(total.trait, total.model, total.member, total.tenant, total.differing, total.now, total.then)
""")
    assert lines[0] == "<User #1 'Ada Lovelace-Ki...'>"
    assert "active_record User save archive 1  " in lines
    assert any(line.startswith("repr User __repr_attrs__ acme") for line in lines)
    assert any(line.startswith("repr User __repr_max_length__ acme") and line.endswith("15 5") for line in lines)


def test_scan_and_apply_adopt_it_without_a_line_of_code(run, tmp_path):
    """The command line finds the mixins and writes the module that adopts them; every trait begins in shadow."""
    found = "\n".join(run("", "-m", "traitconf", "adopt", "scan", "sqlalchemy_mixins", "--app", "models"))
    assert "sqlalchemy_mixins.repr:ReprMixin  →  repr" in found
    assert "__repr_attrs__: User" in found
    also = ["--also", "__repr_attrs__", "--also", "__repr_max_length__"]
    run("", "-m", "traitconf", "adopt", "apply", "sqlalchemy_mixins", *also)
    assert (tmp_path / "config/adopted.toml").read_text(encoding="utf-8").count("shadow = true") == 6
    lines = run("""
import adopted
from started import *
user = User.create(name="Ada Lovelace-King", city="Marylebone")
with tc.tenant("acme"):
    print(user)
print(tc.shadow_report("repr"))
""")
    assert lines[0] == "<User #1 'Ada Lovelace-Ki...'>"
    assert any(line.split()[1:4] == ["User", "__repr_max_length__", "acme"] for line in lines)


def test_the_package_is_as_it_was_shipped(run):
    """After all that, every file of the package has the hash that its RECORD names."""
    run(f"{ADOPTED_FIRST}print(User.create(name='Ada', city='London'))\n")
    files = importlib.metadata.files(PACKAGE) or ()
    checked = [file for file in files if file.hash is not None and Path(str(file)).parts[0] == "sqlalchemy_mixins"]
    assert len(checked) > 10
    for file in checked:
        digest = hashlib.new(file.hash.mode, Path(file.locate()).read_bytes()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == file.hash.value, file
