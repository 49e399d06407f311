from __future__ import annotations

from itertools import combinations

import pytest

import traitconf as tc

BANDS = ["fallback", "", "force", "lock"]
# Every place where a value of the model Article may be written, weakest first: all of them are one scope.
SOURCES = ["decorator", "a.toml", "b.toml", "environments/prod/a.toml", ".secrets.toml", "a.local.toml", "variable"]
VARIABLE = "TRAITCONF_MODELS__ARTICLE__SUBJECT__SIZE__NORMAL"


def written(band: str, value: str) -> str:
    """Return a definition of `size` in a band, as a file holds it."""
    return f"[subject]\nsize{'.' + band if band else ''} = {value}\n"


@pytest.mark.parametrize(("weak", "strong"), [*combinations(BANDS, 2)])
@pytest.mark.parametrize(("wide", "narrow"), [("traits.toml", "tenants/acme.toml"), ("a.toml", "z.toml")])
def test_a_stronger_band_wins_whatever_the_scope(tc_config, subject, weak, strong, wide, narrow):
    """Only definitions of the highest band are folded, even the widest and earliest of them."""
    tc_config({wide: written(strong, "20"), narrow: written(weak, "20" if strong == "lock" else "30")})
    found = tc.explain("subject.size", tenant="acme")
    assert found.value == 20
    assert [reason.note for reason in found.reasons] == ["", "shadowed", ""]
    assert [reason.band for reason in found.reasons] == [strong, weak, ""]


@pytest.mark.parametrize(("weak", "strong"), [*combinations(SOURCES, 2)])
def test_a_later_source_wins_within_one_scope(tc_config, subject, weak, strong):
    """Decorator < files in order < environment < local and secrets < variables, at one scope and band."""
    values = {weak: "10", strong: "20"}

    @tc.use(subject(size=int(values["decorator"])) if "decorator" in values else subject)
    class Article: ...

    files = {name: f"[models.Article.subject]\nsize = {value}\n" for name, value in values.items() if "." in name}
    environ = {"TRAITCONF_ENV": "prod"} if any("prod" in name for name in values) else {}
    environ |= {VARIABLE: values["variable"]} if "variable" in values else {}
    tc_config(files, environ)
    assert tc.resolve(subject, Article).size == 20


def test_an_override_is_above_all_scopes(tc_config, subject, article):
    """An override without any scope beats a forced definition of the narrowest scope."""
    tc_config({"t.toml": "[tenants.acme.models.Article.subject]\nsize.force = 20\n"})
    with tc.override({"subject.size": 30}):
        assert tc.resolve(subject, article, "acme").size == 30


def test_only_given_arguments_of_a_decorator_count(tc_config, subject):
    """An argument that was not given is no definition, one that equals the default is."""

    @tc.use(subject(size=1))
    class Given: ...

    @tc.use(subject(label="x"))
    class NotGiven: ...

    tc_config({"traits.toml": "[subject]\nsize = 20\n"})
    assert tc.resolve(subject, Given).size == 1
    assert tc.resolve(subject, NotGiven).size == 20


ALONE = [
    ("size", "20", 20),
    ("plain", '["x"]', ("x",)),
    ("chosen", '["x"]', frozenset("x")),
    ("common", '["x"]', frozenset("x")),
    ("map_of", "{x = 2}", {"x": 2}),
    ("most", "20", 20),
    ("least", "90", 90),
    ("every", "true", True),
    ("some", "false", False),
]


GROWN = [
    ("queue_of", '["x"]', ("d", "x")),
    ("stack", '["x"]', ("x", "d")),
    ("names", '["x", "d"]', ("d", "x")),
    ("tags", '["x"]', frozenset("dx")),
    ("limits", "{x = 2}", {"d": 1, "x": 2}),
]


class TestDefaults:
    @pytest.mark.parametrize("band", BANDS)
    @pytest.mark.parametrize(("option", "raw", "value"), GROWN)
    def test_some_laws_build_on_the_default_in_every_band(self, tc_config, subject, band, option, raw, value):
        """append, prepend, unique, union and merged mappings begin with the schema's default."""
        dollar = "$" if raw.startswith("{") else ""
        raw = f'{{"{dollar}{band}" = {raw}}}' if band else raw
        tc_config({"traits.toml": f"[subject]\n{option} = {raw}\n"})
        assert getattr(tc.resolve(subject), option) == value
        assert tc.explain(f"subject.{option}").reasons[-1].counts

    @pytest.mark.parametrize("band", BANDS)
    @pytest.mark.parametrize(("option", "raw", "value"), ALONE)
    def test_for_other_laws_the_default_counts_only_alone(self, tc_config, subject, band, option, raw, value):
        """Where something is defined, the default has no part in any other law."""
        dollar = "$" if raw.startswith("{") else ""
        raw = f'{{"{dollar}{band}" = {raw}}}' if band else raw
        assert getattr(tc.resolve(subject), option) == subject.__traitconf_spec__.options[option].default
        tc_config({"traits.toml": f"[subject]\n{option} = {raw}\n"})
        assert getattr(tc.resolve(subject), option) == value
        assert not tc.explain(f"subject.{option}").reasons[-1].counts

    @pytest.mark.parametrize(
        ("option", "raw", "value"),
        [
            ("plain", '{append = ["x"]}', ("d", "x")),
            ("plain", '{prepend = ["x"]}', ("x", "d")),
            ("plain", '{remove = ["d"]}', ()),
            ("plain", '{remove = ["d"], append = ["x", "y"]}', ("x", "y")),
            ("chosen", '{add = ["x"]}', frozenset("dx")),
            ("chosen", '{remove = ["d"]}', frozenset()),
            ("limits", '{"$remove" = ["d"]}', {}),
            ("limits", '{"$replace" = {x = 2}}', {"x": 2}),
        ],
    )
    def test_an_operation_works_on_the_default(self, tc_config, subject, option, raw, value):
        """Where nothing else is defined, an operation changes the schema's default."""
        tc_config({"traits.toml": f"[subject]\n{option} = {raw}\n"})
        assert getattr(tc.resolve(subject), option) == value

    def test_operations_apply_to_what_wider_scopes_say(self, tc_config, subject):
        """An operation of a narrower scope changes the wider one's value."""
        files = {
            "traits.toml": '[subject]\nplain = ["a", "b"]\n',
            "groups/g.toml": '[subject]\nplain = {remove = ["a"], append = ["c"]}\n',
            "tenants/acme.toml": 'extends = ["g"]\n[subject]\nplain.prepend = ["z"]\n',
        }
        tc_config(files)
        assert tc.resolve(subject, tenant="acme").plain == ("z", "b", "c")
        assert tc.resolve(subject).plain == ("a", "b")

    def test_an_operation_in_a_band_leaves_out_weaker_bands(self, tc_config, subject):
        """A forced operation does not see what is only normal: it works on the default."""
        files = {
            "traits.toml": '[subject]\nplain = ["a"]\n',
            "tenants/acme.toml": '[subject]\nplain.force.append = ["c"]\n',
        }
        tc_config(files)
        assert tc.resolve(subject, tenant="acme").plain == ("d", "c")


class TestUnset:
    def test_everything_below_is_dropped(self, tc_config, subject):
        """Unset goes back to the schema default; what comes later counts again."""
        files = {
            "a.toml": '[subject]\nsize = 20\nnames = ["a"]\n',
            "b.toml": "[groups.g.subject]\nsize.unset = true\nnames.unset = true\n",
            "c.toml": '[tenants.acme]\nextends = ["g"]\n[tenants.acme.subject]\nnames = ["c"]\n',
        }
        tc_config(files)
        resolved = tc.resolve(subject, tenant="acme")
        assert (resolved.size, resolved.names) == (1, ("d", "c"))

    def test_its_explanation_marks_the_default(self, tc_config, subject):
        """After unset the default counts, and what was dropped is shadowed."""
        tc_config({"a.toml": "[subject]\nsize = 20\n", "b.toml": "[tenants.acme.subject]\nsize.unset = true\n"})
        found = tc.explain("subject.size", tenant="acme")
        assert found.value == 1
        assert [(one.operation, one.counts) for one in found.reasons] == [
            ("unset", True),
            ("set", False),
            ("default", True),
        ]

    def test_a_locked_unset_holds_the_default(self, tc_config, subject):
        """A lock may hold the schema default without writing it down."""
        tc_config({"traits.toml": "[subject]\nsize.lock.unset = true\n", "environments/x.toml": ""})
        assert tc.resolve(subject).size == 1
        with pytest.raises(tc.ConfigError):
            tc_config({"traits.toml": "[subject]\nsize.lock.unset = true\n", "tenants/a.toml": "[subject]\nsize = 2\n"})


class TestSteps:
    def test_a_replaced_value_does_not_count(self, tc_config, subject):
        """Of replaced values only the last one is part of the result."""
        tc_config({"a.toml": "[subject]\nsize = 2\n", "b.local.toml": "[subject]\nsize = 3\n"})
        chain = tc.process_runtime().snapshot.resolver.resolve(subject.__traitconf_spec__).chain(("size",))
        assert [(step.value, step.counts, step.after) for step in chain.steps] == [(2, False, 2), (3, True, 3)]

    def test_merged_values_count_together(self, tc_config, subject):
        """Every definition of a growing list is part of the result, and each step shows the value after it."""
        tc_config({"a.toml": '[subject]\nnames = ["a"]\n', "b.local.toml": '[subject]\nnames = ["b"]\n'})
        found = tc.explain("subject.names")
        assert [(one.counts, one.after) for one in found.reasons] == [
            (True, '["d", "a", "b"]'),
            (True, '["d", "a"]'),
            (True, ""),
        ]

    @pytest.mark.parametrize(("option", "values", "chosen"), [("most", (2, 9, 5), 9), ("least", (4, 2, 5), 2)])
    def test_a_choosing_law_marks_the_chosen(self, tc_config, subject, option, values, chosen):
        """Of min and max only the definition that gave the value counts."""
        names = ("a.toml", "b.local.toml", ".secrets.toml")
        values_by_file = dict(zip(sorted(names[1:]), values[1:], strict=True)) | {names[0]: values[0]}
        tc_config({name: f"[subject]\n{option} = {value}\n" for name, value in values_by_file.items()})
        found = tc.explain(f"subject.{option}")
        assert found.value == chosen
        assert [one.value for one in found.reasons if one.counts] == [str(chosen)]

    def test_none_replaces_and_is_replaced(self, tc_config, subject):
        """No value forgets what stands below under any law, and any value takes its place."""
        tc_config({"a.toml": "[subject]\nleast = 5\n", "b.local.toml": '[subject]\nleast = "@none"\n'})
        assert tc.resolve(subject).least is None
        tc_config({"a.toml": '[subject]\nleast = "@none"\n', "b.local.toml": "[subject]\nleast = 5\n"})
        assert tc.resolve(subject).least == 5


def test_of_several_locks_the_widest_holds(tc_config, subject):
    """Locks do not fold: the least specific one is the value, and equal ones below it are shadowed."""
    files = {
        "traits.toml": "[subject]\nsize.lock = 20\n",
        "tenants/acme.toml": "[subject]\nsize.lock = 20\n",
    }
    tc_config(files)
    found = tc.explain("subject.size", tenant="acme")
    assert [(one.scope, one.counts) for one in found.reasons] == [
        ("global", True),
        ("tenant acme", False),
        ("default", False),
    ]
