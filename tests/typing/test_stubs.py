"""What `traitconf stubs build` writes is what mypy strict and pyright then see, awkward things included."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mypy", reason="mypy is not installed")

TRAITS = '''\
"""Traits with every shape of member, and annotations that need imports."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import traitconf as tc

from .money import Money

if TYPE_CHECKING:
    from fractions import Fraction

H = TypeVar("H")
Mode = Literal["fast", "slow"]


@tc.trait
class Priced(tc.TraitBase):
    """Give a price."""

    @tc.provides
    def price(self, host: Any, at: dt.datetime | None = None, *, mode: Mode = "fast") -> Money:
        """Tell the price."""
        return Money(Decimal(1))

    @tc.provides(shape="property")
    def share(self, host: Any) -> "Fraction":
        """The share."""
        from fractions import Fraction

        return Fraction(1)

    @tc.provides
    @classmethod
    def cheapest(cls, model: Any, of: Sequence[Decimal] = (), kind: Literal["a b", "None"] = "a b") -> list[Money]:
        """Tell the cheapest."""
        return []

    @tc.provides
    def same(self, host: H) -> H:
        """Return the host."""
        return host

    @tc.operation(when_off="run")
    async def awaited(self, host: Any, /, *values: int, **more: "Decimal") -> int:
        """Wait."""
        return 1

    @tc.provides
    def each(self, host: Any) -> Iterator[Money]:
        """Yield."""
        yield Money(Decimal(1))

    @tc.provides
    async def stream(self, host: Any) -> AsyncIterator[int]:
        """Yield, awaited."""
        yield 1

    @tc.provides
    def untyped(self, host, value):  # type: ignore[no-untyped-def]
        """Say nothing of types."""
        return value
'''
MONEY = """\
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Money:
    amount: Decimal
"""
MODELS = """\
from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import NewType

import attrs

import traitconf as tc
from traitconf.traits import SoftDeletes

from shop.traits import Priced

Sku = NewType("Sku", str)
LIMIT = 3
if sys.version_info >= (3, 8):
    MODERN = True


class Base:
    def __init__(self, title: str, root: Path) -> None:
        self.title = title
        self.root = root
        self.count, self.seen = 0, set()
        self.tags: list[str] = []


@tc.use(SoftDeletes, exclude={"force_delete"}, alias={"restore": "bring_back"})
@attrs.define
class Article:
    title: str
    sku: Sku = Sku("x")
    tags: list[str] = attrs.field(factory=list)

    def delete(self) -> None: ...

    def broken(self) -> int:
        return "no number"


@dataclasses.dataclass
class Line:
    amount: int = 1

    def __post_init__(self) -> None:
        self.double = self.amount * 2

    def delete(self) -> None: ...


class Outer:
    @tc.use(Priced)
    class Inner:
        size = 3


@tc.use(Priced)
class Product(Base):
    @property
    def name(self) -> str:
        return self.title

    def rename(self, title: str = "".join(["a"])) -> None:
        self.title = title


tc.bind(Line, SoftDeletes)
"""
VIEWS = """\
from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, assert_type

import shop
from shop.models import LIMIT, MODERN, Article, Line, Outer, Product, Sku
from shop.money import Money


async def use(article: Article, product: Product, line: Line) -> None:
    assert_type(Article("x", tags=["a"]).sku, Sku)
    assert_type(article.trashed, bool)
    article.restore()
    article.bring_back()
    assert_type(article.title, str)
    assert_type(product.price(dt.datetime.now(), mode="slow"), Money)
    assert_type(product.share, Fraction)
    assert_type(Product.cheapest(kind="None"), list[Money])
    assert_type(product.same(), Product)
    assert_type(await product.awaited(1, 2), int)
    assert_type(product.each(), Iterator[Money])
    assert_type((product.count, product.seen), tuple[int, set[Any]])
    async for number in product.stream():
        assert_type(number, int)
    assert_type(product.title, str)
    assert_type(product.root, Path)
    assert_type(product.tags, list[str])
    assert_type(product.name, str)
    product.rename()
    assert_type(Outer.Inner().price(), Money)
    assert_type(Line(3).amount, int)
    assert_type(line.trashed, bool)
    line.double = 3
    value: Any = product.untyped(3)
    print(LIMIT + 1, MODERN, shop.VERSION, value)


def mistakes(article: Article, product: Product) -> None:
    article.force_delete()  # E
    article.restor()  # E
    article.restore(1)  # E
    product.price(mode="medium")  # E
    product.share()  # E
    Line(3, 4)  # E
    product.same().trashed  # E
"""
APPLICATION = {
    "shop/__init__.py": '"""A shop."""\n\nVERSION = 3\n',
    "shop/money.py": MONEY,
    "shop/traits.py": TRAITS,
    "shop/models.py": MODELS,
    "shop/views.py": VIEWS,
}
MISTAKES = {number for number, line in enumerate(VIEWS.splitlines(), start=1) if line.endswith("# E")}


def write(directory: Path, files: Mapping[str, str]) -> None:
    """Write files below a directory."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application with its stubs, and mypy's settings as the command prints them."""
    directory = tmp_path_factory.mktemp("shop")
    write(directory, APPLICATION)
    command = [sys.executable, "-m", "traitconf", "stubs", "build", "--app", "shop.models"]
    answer = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    settings = [line.strip() for line in answer.stdout.splitlines() if line.startswith("    ")]
    assert settings[0] == "[tool.mypy]"
    write(directory, {"pyproject.toml": "\n".join([*settings, "strict = true"]) + "\n"})
    assert "and in a run of its own: mypy shop/models.py" in answer.stdout
    return directory


def mypy(directory: Path, *paths: str) -> dict[str, set[int]]:
    """Return the lines of the errors that mypy reports, by file."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *paths]
    answer = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert not answer.stderr, answer.stderr
    found: dict[str, set[int]] = {}
    for file, line in re.findall(r"(?m)^(\S+?):(\d+): error:", answer.stdout):
        found.setdefault(file, set()).add(int(line))
    return found


def test_mypy_sees_the_members_and_reports_mistakes(shop: Path) -> None:
    """With the printed settings, mypy strict accepts every right use, reports every mistake, and nothing else."""
    assert mypy(shop, "shop") == {"shop/views.py": MISTAKES}


def test_mypy_still_checks_the_source(shop: Path) -> None:
    """In a run of its own the module with the models is checked, bodies included."""
    line = MODELS[: MODELS.index('return "no number"')].count("\n") + 1
    found = mypy(shop, "shop/models.py")["shop/models.py"]
    assert line in found


def test_without_stubs_the_members_are_unknown(shop: Path, tmp_path: Path) -> None:
    """The check above can fail: without the stubs mypy knows none of the members."""
    write(tmp_path, APPLICATION | {"pyproject.toml": "[tool.mypy]\nstrict = true\n"})
    assert len(mypy(tmp_path, "shop/views.py")["shop/views.py"] - MISTAKES) > 10


def test_pyright_sees_the_members_and_reports_mistakes(shop: Path, pyright_errors: Any) -> None:
    """Pyright finds the stubs by itself, and still checks the bodies of the source."""
    line = MODELS[: MODELS.index('return "no number"')].count("\n") + 1
    found: dict[str, set[int]] = {}
    for one in pyright_errors(".", cwd=shop):
        found.setdefault(Path(one["file"]).relative_to(shop).as_posix(), set()).add(one["range"]["start"]["line"] + 1)
    assert found["shop/views.py"] == MISTAKES
    assert line in found["shop/models.py"]
    assert not [file for file in found if file.startswith("typings/")]


def test_the_stubs_are_up_to_date_until_something_changes(shop: Path) -> None:
    """`stubs check` agrees with what was built, shows a diff when a trait changes, and `build` repairs it."""
    assert checked(shop) == (0, "2 stubs up to date in typings/\n")
    (shop / "shop/traits.py").write_text(TRAITS.replace("def price(", "def cost("), encoding="utf-8")
    code, said = checked(shop)
    assert code == 1
    assert "+    def cost(self" in said
    assert "1 stub of 2 out of date: traitconf stubs build" in said
    (shop / "shop/traits.py").write_text(TRAITS, encoding="utf-8")
    assert checked(shop)[0] == 0


def checked(directory: Path) -> tuple[int, str]:
    """Run `stubs check` and return how it ended and what it printed."""
    command = [sys.executable, "-m", "traitconf", "stubs", "check", "--app", "shop.models"]
    answer = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stdout
