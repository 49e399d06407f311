"""What stays of a module in its stub."""

from __future__ import annotations

import ast

import pytest

from traitconf.docgen.stub import HEADER, module_stub

HEAD = "import traitconf as tc\nfrom traitconf.traits import Auditable, SoftDeletes\n"
NESTED = HEAD + "class A:\n    @tc.use(SoftDeletes)\n    class B:\n        def delete(self): ...\n"
SETTING = """\
from __future__ import annotations
class C:
    def f(self): self.x = g()
def g(): ...
"""
SET = """\
from __future__ import annotations
from typing import Any as _Any

class C:

    def f(self):
        ...
    x: _Any

def g():
    ..."""


@pytest.fixture
def stripped(package):
    """A function that returns the stub of a module without traits, below its header."""

    def strip(text):
        module = package({"stripped_module.py": text}, "stripped_module")
        stub = module_stub(module, text, [])
        assert stub.startswith(HEADER)
        return stub.removeprefix(HEADER)

    return strip


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('"""Doc."""\nprint("x")\n', ""),
        ("def f(a, b=[1], *, c='x'):\n    return a\n", "def f(a, b=..., *, c='x'):\n    ..."),
        ("async def f(): yield 1\n", "def f():\n    ..."),
        ("def X():\n    pass\nX.y = 2\ndel X\n", "def X():\n    ..."),
        ("__all__ = []\n__all__ += ['a']\na = 1\na += 1\n", "__all__ = []\n__all__ += ['a']\na = 1"),
        (
            "import os\nimport os.path\nfrom os import sep\n",
            "import os as os\nimport os.path\nfrom os import sep as sep",
        ),
        ("from os import *\n", "from os import *"),
        ("if __name__ == '__main__':\n    a = 1\n", ""),
        (
            "import sys\nif sys.path:\n    print(1)\nelse:\n    a = 1\n",
            "import sys as sys\nif sys.path:\n    pass\nelse:\n    a = 1",
        ),
        (
            "try:\n    import os\nexcept ImportError:\n    print()\n",
            "try:\n    import os as os\nexcept ImportError:\n    pass",
        ),
        (
            "import contextlib\nwith contextlib.suppress(ImportError):\n    a = 1\n",
            "import contextlib as contextlib\na = 1",
        ),
        ("for a in ():\n    b = 1\n", ""),
        ("class C:\n    'Doc.'\n    print()\n", "class C:\n    ..."),
        (SETTING, SET),
    ],
    ids=str,
)
def test_what_declares_stays(stripped, text, kept):
    """Declarations stay as they are written, bodies and everything that only runs go."""
    assert stripped(text).strip() == kept
    ast.parse(stripped(text))


def test_members_stand_in_nested_classes_too(package, stubs):
    """A class inside a class gets its members where it is."""
    package({"nested_hosts.py": NESTED}, "nested_hosts")
    stub = stubs("nested_hosts")["nested_hosts.pyi"]
    (outer,) = [node for node in ast.parse(stub).body if isinstance(node, ast.ClassDef)]
    (inner,) = [node for node in outer.body if isinstance(node, ast.ClassDef)]
    assert {node.name for node in inner.body if isinstance(node, ast.FunctionDef)} >= {"delete", "restore", "trashed"}


def test_the_same_source_gives_the_same_stub(package, stubs):
    """Making a stub twice gives the same bytes."""
    text = HEAD + "@tc.use(Auditable)\nclass A:\n    def save(self): ...\n"
    package({"steady_hosts.py": text}, "steady_hosts")
    assert stubs("steady_hosts") == stubs("steady_hosts") != {}
