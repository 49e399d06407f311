from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from traitconf.traits.slug_text import SEPARATORS, SlugRules

rules = st.builds(
    SlugRules,
    separator=st.text(SEPARATORS, min_size=1, max_size=4),
    max_length=st.integers(1, 60),
    lowercase=st.booleans(),
    ascii=st.booleans(),
)


@given(rules=rules, text=st.text(max_size=80))
def test_a_slug_can_stand_where_it_was_made(rules, text):
    """Whatever the text, its slug is empty or one that the same rules allow to stand as it is."""
    slug = rules.slug(text)
    assert slug == "" or rules.allows(slug)
    assert len(slug) <= rules.max_length


@given(text=st.text(max_size=80), is_ascii=st.booleans())
@example(text="\N{PARENTHESIZED LATIN CAPITAL LETTER A}", is_ascii=False)
def test_making_a_slug_again_changes_nothing(text, is_ascii):
    """A slug is its own slug, so that saving twice gives the same."""
    rules = SlugRules(ascii=is_ascii)
    assert rules.slug(rules.slug(text)) == rules.slug(text)


@given(rules=rules, text=st.text(max_size=80), number=st.integers(2, 10**6))
def test_a_numbered_slug_keeps_the_length(rules, text, number):
    """A number never makes a slug longer than allowed, and is its end; where it has no room, there is no slug."""
    slug = rules.numbered(rules.slug(text) or "item", number)
    assert len(slug) <= rules.max_length
    assert slug == "" or slug.endswith(str(number))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("  many   spaces  ", "many-spaces"),
        ("don't o\u2019clock", "dont-oclock"),
        ("Straße Æther Œuvre Øre Þing Łódź Đà", "strasse-aether-oeuvre-ore-thing-lodz-da"),
        ("ﬁne ①", "fine-1"),
        ("a\u0301b", "ab"),
        ("50% off / 2 for 1", "50-off-2-for-1"),
        ("snake_case.and-dash", "snake-case-and-dash"),
        ("--edges--", "edges"),
        ("日本", ""),
        ("", ""),
        ("\u0301", ""),
    ],
)
def test_ascii_slugs(text, slug):
    """Words are runs of letters and digits, folded to ASCII; apostrophes vanish."""
    assert SlugRules().slug(text) == slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("日本 語", "日本-語"),
        ("Ünï Ähnlich", "ünï-ähnlich"),
        ("हिन्दी में", "हिन्दी-में"),
        ("\u0301a", "a"),
        ("\uff21\uff22\uff23", "abc"),
    ],
)
def test_slugs_of_all_scripts(text, slug):
    """Without `ascii` letters stay in their script, with the marks that words need."""
    assert SlugRules(ascii=False).slug(text) == slug


@pytest.mark.parametrize(
    ("slug", "length", "cut"),
    [
        ("one-two-three", 13, "one-two-three"),
        ("one-two-three", 12, "one-two"),
        ("one-two-three", 7, "one-two"),
        ("one-two-three", 6, "one"),
        ("extraordinary-x", 6, "extrao"),
        ("a-extraordinary", 8, "a-extrao"),
        ("--------", 3, "---"),
    ],
)
def test_cutting(slug, length, cut):
    """A slug is cut between words where that leaves at least half of the length."""
    assert SlugRules().cut(slug, length) == cut


@pytest.mark.parametrize(
    ("slug", "allowed"),
    [("a", True), ("a.b~c_d", True), ("", False), ("A", False), ("-a", False), ("a b", False), ("é", False)],
)
def test_what_may_stand(slug, allowed):
    """A written slug may stand when it needs no escaping, has the right case and no separator at its ends."""
    assert SlugRules().allows(slug) is allowed


def test_what_may_stand_follows_the_rules():
    """Case, script and length are those of the rules."""
    assert SlugRules(lowercase=False).allows("Ab")
    assert SlugRules(ascii=False).allows("é")
    assert not SlugRules(max_length=2).allows("abc")


def test_reserved_in_whatever_case():
    """A reserved word is reserved however it is written."""
    rules = SlugRules(reserved=("Admin",))
    assert rules.is_reserved("aDMIN")
    assert not rules.is_reserved("admins")


def test_a_number_alone():
    """Where slug and separator have no room, the number stands alone."""
    assert SlugRules(max_length=2).numbered("abc", 7) == "7"
    assert SlugRules(max_length=1).numbered("abc", 10) == ""
