"""`binding_of`: who bound a trait, where, its place among the others, and what the class has from it."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest

import traitconf as tc
from traitconf.bind.info import home_of, models, place_of
from traitconf.types import Source

HERE = __file__


def line_of(text):
    """Return the number of the only line of this file that ends with a mark."""
    lines = Path(HERE).read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if line.endswith(f"# {text}")]
    assert len(found) == 1, text
    return found[0]


@pytest.fixture
def bound(tracer, speaking):
    """A class with two traits, whose decorator stands on a known line."""

    @attrs.define
    @tc.use(tracer("tracing", after=("speaking",)), speaking(word="ho"), exclude={"loud"}, alias={"say": "tell"})  # use
    class Article:
        title: str = "x"

        def save(self):  # save
            return self.title

        def say(self):  # own
            return "own"

    return Article


def test_who_bound_and_where(bound, speaking):
    """Owner, origin, given options, exclusions and aliases are those of the decorator."""
    found = tc.binding_of(bound(), speaking)
    assert (found.trait, found.model, found.owner) == (speaking, bound, bound)
    assert (found.origin.file, found.origin.line, found.origin.source) == (HERE, line_of("use"), Source.DECORATOR)
    assert (dict(found.given), found.exclude, dict(found.alias)) == ({"word": "ho"}, {"loud"}, {"say": "tell"})


def test_the_place_among_the_traits(bound, speaking, tracer):
    """The position is that of the hooks' order, not of the arguments."""
    positions = {trait.__name__: tc.binding_of(bound, trait).position for trait in tc.traits_of(bound)}
    assert positions == {"Speaking": 1, "Tracer": 2}
    assert tc.binding_of(bound, speaking).count == 2


def test_members_say_where_they_are_written_and_what_hides_them(bound, speaking):
    """A member has the line of its declaration; one that the class does not show says why."""
    members = {member.name: member for member in tc.binding_of(bound, speaking).members}
    assert sorted(members) == ["loud", "say", "spoken_by", "tell", "twice"]
    for member in members.values():
        assert member.origin == place_of(vars(speaking)[member.member].function)
    assert members["tell"].member == "say"
    assert members["tell"].signature == "(mark: str = '!') -> str"
    assert members["loud"].hidden == "excluded"
    assert members["say"].hidden == f"the class has its own: {place_of(bound.__dict__['say'])}"
    assert place_of(bound.__dict__["say"]).line == line_of("own")
    assert (members["twice"].hidden, members["twice"].shape, members["spoken_by"].shape) == (
        "",
        "property",
        "classmethod",
    )


def test_hooks_say_their_place_around_the_method(tracer):
    """Of several hooks on a method each knows its position, outermost first, and the body that they enclose."""

    class Stored:
        def save(self):  # inherited
            return 1

    class Article(Stored): ...

    outer, inner = tracer("outer", before=("inner",)), tracer("inner")
    tc.bind(Article, inner, outer)
    hooks = [tc.binding_of(Article, trait).hooks[0] for trait in (outer, inner)]
    assert [(hook.method, hook.kind, hook.hook, hook.position, hook.count) for hook in hooks] == [
        ("save", "around", "note", 1, 2),
        ("save", "around", "note", 2, 2),
    ]
    assert {hook.body.line for hook in hooks} == {line_of("inherited")}


def test_a_subclass_has_the_bindings_of_its_base(bound, speaking):
    """An inherited binding names the base as its owner; members and hooks are there too."""

    class Special(bound):
        def save(self):  # override
            return super().save()

    found = tc.binding_of(Special, speaking)
    assert (found.model, found.owner) == (Special, bound)
    assert "tell" in [member.name for member in found.members]
    tracing = next(trait for trait in tc.traits_of(Special) if trait.__name__ == "Tracer")
    assert [hook.body.line for hook in tc.binding_of(Special, tracing).hooks] == [line_of("override")]
    assert Special in models()


def test_what_a_configuration_binds_names_its_line(module, tmp_path):
    """A class bound by a file has that line as its origin."""
    shop = module("info_models", "class Article:\n    def delete(self): ...\n")
    file = tmp_path / "c.toml"
    file.write_text('[models.Article]\nclass = "info_models:Article"\nuse = ["soft_deletes"]\n', encoding="utf-8")
    runtime = tc.Runtime((file,), {}).start()
    found = tc.binding_of(shop.Article, tc.traits_of(shop.Article)[0])
    assert (found.origin.file, found.origin.line, found.origin.source) == (str(file), 3, Source.FILE)
    runtime.stop()


def test_a_trait_that_is_not_bound_is_refused_with_a_suggestion(bound, tracer):
    """Asking for a trait that the class does not have names the one that may be meant."""

    @tc.trait
    class Speakingg(tc.TraitBase):
        """A slip."""

    with pytest.raises(TypeError, match=r"Speakingg is not bound to Article; did you mean 'Speaking'"):
        tc.binding_of(bound, Speakingg)
    with pytest.raises(TypeError, match=r"not bound to int; use tc\.bind"):
        tc.binding_of(3, Speakingg)


def test_everything_is_ready_for_json(tc_runtime):
    """`as_dict` holds what JSON knows; secrets given in code are dots."""

    @tc.trait
    class Sealed(tc.TraitBase):
        """Hold a token."""

        token: str = tc.option("", secret=True, doc="What opens the door.")

        @tc.after("save")
        def note(self, host, result, /) -> None: ...

    @tc.use(Sealed(token="hunter2"))
    class Article:
        def save(self): ...

    text = json.dumps(tc.binding_of(Article, Sealed).as_dict())
    assert "hunter2" not in text
    found = json.loads(text)
    assert (found["trait"], found["inherited"], found["given"], found["source"]) == (
        "sealed",
        False,
        {"token": "•••"},
        "decorator",
    )
    assert found["hooks"][0]["origin"].startswith(found["bound_by"].rpartition(":")[0])


def test_what_is_not_written_in_python_has_a_module_only():
    """Classes and functions without source say their module or kind, and no line."""
    assert str(home_of(dict)) == "builtins"
    assert not place_of(len).file
    assert not place_of(None).file
