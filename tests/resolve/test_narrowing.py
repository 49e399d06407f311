"""What an `allow` directive leaves to more specific scopes."""

from __future__ import annotations

import json

import pytest

import traitconf as tc

LIMITED = {"traits.toml": "[subject]\nsize.value = 5\nsize.allow = { max = 9 }\n"}


@pytest.fixture
def codes_of(problems_of):
    """A function that returns code, place and message of every problem of files that must be refused."""

    def make(files, environ=None):
        found = problems_of(files, environ)
        return [(one.code, str(one.origin).rpartition("config/")[2], one.message) for one in found if one.is_error]

    return make


@pytest.mark.parametrize(
    ("files", "environ", "place", "scope"),
    [
        ({"tenants/acme.toml": "[subject]\nsize = 10\n"}, {}, "tenants/acme.toml:2:1", "tenant acme"),
        ({"groups/g.toml": "[subject]\nsize = 10\n"}, {}, "groups/g.toml:2:1", "group g"),
        ({"models/Article.toml": "[subject]\nsize = 10\n"}, {}, "models/Article.toml:2:1", "model Article"),
        (
            {"tenants/acme.toml": "[models.Article.subject]\nsize = 10\n"},
            {},
            "tenants/acme.toml:2:1",
            "tenant acme, model Article",
        ),
        ({"tenants/acme.toml": "[subject]\nsize.force = 10\n"}, {}, "tenants/acme.toml:2:1", "tenant acme"),
        ({"tenants/acme.toml": "[subject]\nsize.lock = 10\n"}, {}, "tenants/acme.toml:2:1", "tenant acme"),
        ({"tenants/acme.toml": "[subject]\nsize.fallback = 10\n"}, {}, "tenants/acme.toml:2:1", "tenant acme"),
        ({"z.local.toml": "[subject]\nsize = 10\n"}, {}, "z.local.toml:2:1", "global"),
        ({}, {"TRAITCONF_TRAITS__SUBJECT__SIZE": "10"}, "env TRAITCONF_TRAITS__SUBJECT__SIZE", "global"),
        (
            {"tenants/acme.toml": "[subject]\nsize = 1\n"},
            {"TRAITCONF_TENANTS__ACME__SUBJECT__SIZE": "10"},
            "env TRAITCONF_TENANTS__ACME__SUBJECT__SIZE",
            "tenant acme",
        ),
    ],
)
def test_everything_more_specific_is_judged(codes_of, article, files, environ, place, scope):
    """Every definition that sorts after the `allow` is judged, whatever its band and source."""
    assert codes_of(LIMITED | files, environ) == [
        ("TC220", place, f"'subject.size' must be at most 9 for {scope}, got 10")
    ]


def test_both_places_are_named(problems_of, subject):
    """The problem stands at the definition and names the place that narrows."""
    (problem,) = problems_of(LIMITED | {"tenants/acme.toml": "[subject]\nsize = 10\n"})
    ((origin, message),) = problem.related
    assert str(origin).endswith("config/traits.toml:3:1")
    assert (message, problem.expected, problem.address) == ("allowed here, global", "at most 9", "subject.size")


@pytest.mark.parametrize(
    "files",
    [
        {"tenants/acme.toml": "[subject]\nsize = 9\n"},
        {"a.toml": "[traits.subject]\nsize.value = 10\n"},  # read before: less specific
        {"tenants/acme.toml": "[subject]\nsize = { value = 10, until = 2020-01-01 }\n"},
        {"tenants/acme.toml": "[subject]\nmost = 100\n"},
    ],
)
def test_the_rest_is_not_judged(tc_config, subject, files):
    """What is inside, less specific, expired, or about another option is left alone."""
    assert [one for one in tc_config(LIMITED | files).warnings if one.code != "TC301"] == []


def test_decorators_and_overrides_are_judged(problems_of, tc_config, subject):
    """Arguments of a decorator are definitions of their model; an override stands above all scopes."""

    @tc.use(subject(size=10))
    class Article: ...

    (problem,) = problems_of(LIMITED)
    assert (problem.code, problem.origin.file) == ("TC220", __file__)
    tc.unbind(Article)
    tc_config(LIMITED)
    with pytest.raises(tc.ConfigError) as caught:
        tc.override({"subject.size": 10})
    assert [one.code for one in caught.value.problems] == ["TC220"]
    with tc.override({"subject.size": 9}):
        assert tc.resolve(subject).size == 9


def test_models(codes_of, tc_config, article):
    """An `allow` for a base class holds for its subclasses, and one for a model not for others."""
    files = {"models/Document.toml": "[subject]\nsize = { value = 5, allow = { max = 9 } }\n"}
    assert codes_of(files | {"models/Article.toml": "[subject]\nsize = 10\n"})[0][0] == "TC220"
    other = {"models/Article.toml": files["models/Document.toml"], "models/Document.toml": "[subject]\nsize = 10\n"}
    assert not tc_config(other).warnings
    for model in ("", "models.Article."):  # a tenant's definition for all models covers the narrowed one
        found = codes_of(files | {"t.toml": f"[tenants.acme.{model}subject]\nsize = 10\n"})
        assert [code for code, *_ in found] == ["TC220"]


def test_groups(codes_of, tc_config, subject):
    """A group narrows for whoever extends it, for nobody else, and for groups that a tenant lists before it."""
    group = {"groups/basic.toml": "[subject]\nsize = { value = 5, allow = { max = 9 } }\n"}
    inside = {"tenants/acme.toml": 'extends = ["basic"]\n[subject]\nsize = 10\n'}
    assert codes_of(group | inside)[0][:2] == ("TC220", "tenants/acme.toml:3:1")
    assert not tc_config(group | {"tenants/acme.toml": "[subject]\nsize = 10\n"}).warnings
    beside = {"groups/other.toml": "[subject]\nsize = 10\n", "tenants/acme.toml": 'extends = ["other", "basic"]\n'}
    assert codes_of(group | beside)[0][:2] == ("TC220", "groups/other.toml:2:1")
    beneath = {"groups/other.toml": "[subject]\nsize = 10\n", "tenants/acme.toml": 'extends = ["basic", "other"]\n'}
    assert not tc_config(group | beneath).warnings


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ('plain.append = ["a"]', False),
        ('plain.append = ["b"]', True),
        ('plain.remove = ["b"]', False),
        ('plain = ["a", "b"]', True),
        ("plain = []", False),
        ("plain.unset = true", True),  # the default is ["d"]
        ('tags.add = ["b"]', True),
        ('tags.add = ["a"]', False),
    ],
)
def test_operations(tc_config, problems_of, subject, text, is_refused):
    """Added elements are judged, removed ones are not; `unset` sets the default."""
    rule = '{ value = ["a"], allow = { one_of = ["a"] } }'
    rules = f"[subject]\nplain = {rule}\ntags.allow.one_of = ['a', 'd']\n"
    files = {"traits.toml": rules, "t.toml": f"[tenants.x.subject]\n{text}\n"}
    if is_refused:
        assert [one.code for one in problems_of(files)] == ["TC220"]
    else:
        tc_config(files)


class TestInherited:
    def test_the_default(self, codes_of, subject):
        """Where nothing is defined and the default is outside, the `allow` is refused."""
        assert codes_of({"traits.toml": "[subject]\nsize.allow = { min = 5 }\n"}) == [
            ("TC220", "traits.toml:2:1", "'subject.size' has the default 1, which is not allowed here")
        ]

    def test_a_computed_default(self, codes_of, tc_config, scratch_trait):
        """A computed default is judged by its value there."""
        text = "[scratch_trait]\ndays = {days}\nhours.allow = {{ max = 48 }}\n"
        assert codes_of({"traits.toml": text.format(days=3)})[0][0] == "TC220"
        assert not tc_config({"traits.toml": text.format(days=2)}).warnings

    @pytest.fixture
    def scratch_trait(self, tc_runtime):
        """A trait with a computed default."""

        @tc.trait(name="scratch_trait")
        class Scratch(tc.TraitBase):
            """A trait."""

            days: int = tc.option(1, doc="Days.")
            hours: int = tc.option(lambda self: self.days * 24, doc="Hours.")

        return Scratch

    def test_a_definition(self, tc_config, subject):
        """A wider definition that is outside is a lint at the `allow`, naming it; it stops nothing."""
        files = {"traits.toml": "[subject]\nsize = 90\n", "groups/g.toml": "[subject]\nsize.allow = { max = 9 }\n"}
        (lint,) = tc_config(files).warnings
        assert (lint.code, lint.message) == (
            "TC322",
            "'subject.size' is 90 here, which more specific scopes may not set",
        )
        assert [str(origin).rpartition("config/")[2] for origin, _ in lint.related] == ["traits.toml:2:1"]

    def test_a_required_option(self, tc_config, tc_runtime):
        """An option without default has nothing that could be outside."""

        @tc.trait(name="needy")
        class Needy(tc.TraitBase):
            """A trait."""

            days: int = tc.option(doc="Days.")

        files = {"t.toml": "[tenants.a.needy]\ndays = 3\n", "groups/g.toml": "[needy]\ndays.allow = { max = 3 }\n"}
        assert not tc_config(files).warnings


class TestIntersection:
    def test_all_hold(self, codes_of, subject):
        """Of several `allow` above a definition each is held against it."""
        files = LIMITED | {"groups/g.toml": "[subject]\nsize.allow = { min = 3 }\n"}
        for size, code in ((2, ["TC220"]), (10, ["TC220"])):
            tenant = {"tenants/acme.toml": f'extends = ["g"]\n[subject]\nsize = {size}\n'}
            assert [one[0] for one in codes_of(files | tenant)] == code

    @pytest.mark.parametrize("wider", ["traits.toml", "groups/h.toml"])
    def test_an_empty_one(self, codes_of, subject, wider):
        """The `allow` that leaves nothing of those above it is refused, and they are named."""
        files = {
            wider: "[subject]\nsize = { value = 5, allow = { max = 9 } }\n",
            "groups/g.toml": 'extends = ["h"]\n[subject]\nsize = { force = 9, allow = { min = 10 } }\n',
            "groups/h.toml" if wider != "groups/h.toml" else "x.toml": "",
        }
        text = "nothing is allowed for 'subject.size': this leaves nothing of at most 9"
        assert ("TC221", "groups/g.toml:3:21", text) in codes_of(files)

    def test_of_models_that_have_nothing_in_common(self, tc_config, subject, article):
        """Narrowings of different models never meet."""

        @tc.use(subject)
        class Image: ...

        files = {
            "models/Article.toml": "[subject]\nsize = { value = 1, allow = { max = 9 } }\n",
            "models/Image.toml": "[subject]\nsize = { value = 10, allow = { min = 10 } }\n",
        }
        assert not tc_config(files).warnings

    def test_of_a_model_and_its_base(self, codes_of, article):
        """A base stands above its model, in whatever order their files are read."""
        files = {
            "models/Article.toml": "[subject]\nsize = { value = 20, allow = { min = 10 } }\n",
            "models/Document.toml": "[subject]\nsize = { value = 1, allow = { max = 9 } }\n",
        }
        found = [one for one in codes_of(files) if one[0] == "TC221"]
        text = "nothing is allowed for 'subject.size': this leaves nothing of at most 9"
        assert found == [("TC221", "models/Article.toml:2:22", text)]

    def test_of_one_model_among_others(self, problems_of, article):
        """What leaves nothing for one model is refused, although another model's is wide enough."""

        @tc.use(tc.traits_of(article)[0])
        class Image: ...

        files = {
            "models/Article.toml": "[subject]\nsize = { value = 1, allow = { max = 3 } }\n",
            "models/Image.toml": "[subject]\nsize = { value = 7, allow = { min = 7 } }\n",
            "tenants/acme.toml": "[subject]\nsize = { value = 7, allow = { min = 4 } }\n",
        }
        (problem,) = (one for one in problems_of(files) if one.code == "TC221")
        assert problem.scope == "tenant acme"
        assert [text for _, text in problem.related] == ["allowed here, model Article"]

    def test_of_models_below_a_wider_one(self, tc_config, subject, article):
        """Narrowings of different models do not meet below one that holds for both."""

        @tc.use(subject)
        class Image: ...

        files = {
            "traits.toml": "[subject]\nsize = { value = 5, allow = { max = 99 } }\n",
            "models/Article.toml": "[subject]\nsize = { value = 1, allow = { max = 9 } }\n",
            "models/Image.toml": "[subject]\nsize = { value = 10, allow = { min = 10 } }\n",
        }
        assert not tc_config(files).warnings


class TestExplained:
    def test_text_and_data(self, tc_config, subject, tmp_path, monkeypatch):
        """What narrows is told below the chain, with its place and companions, and is data too."""
        monkeypatch.chdir(tmp_path)
        allow = '{ value = 5, allow = { max = 9 }, until = 2098-01-01, reason = "contract" }'
        tc_config({"traits.toml": f"[subject]\nsize = {allow}\n"})
        explanation = tc.explain("subject.size", tenant=None)
        line = "  allowed by global: at most 9   config/traits.toml:2:21   until 2098-01-01 · contract"
        assert str(explanation).splitlines()[-1] == line
        found = explanation.as_dict()
        assert json.loads(json.dumps(found)) == found
        assert found["allowed"] == [
            {
                "max": 9,
                "scope": "global",
                "origin": "config/traits.toml:2:21",
                "file": "config/traits.toml",
                "line": 2,
                "column": 21,
                "until": "2098-01-01T00:00:00+00:00",
                "reason": "contract",
                "ticket": None,
            }
        ]

    def test_only_what_applies(self, tc_config, subject):
        """The narrowing of a group is told to its tenants only."""
        tc_config(
            {
                "groups/g.toml": "[subject]\nsize = { value = 1, allow = { max = 9 } }\n",
                "tenants/acme.toml": 'extends = ["g"]\n',
            }
        )
        assert len(tc.explain("subject.size", tenant="acme").allowed) == 1
        assert tc.explain("subject.size", tenant="bob").allowed == ()


def test_of_a_secret(problems_of, tc_runtime):
    """A pattern for a secret is held against it, and says nothing of its value."""

    @tc.trait(name="hidden")
    class Hidden(tc.TraitBase):
        """A trait."""

        token: tc.Secret[str] = tc.option(tc.Secret("tk-0"), doc="Token.")

    files = {
        "traits.toml": '[hidden]\ntoken.allow.pattern = "tk-.*"\n',
        "t.toml": "[tenants.a.hidden]\ntoken.secret = 'env:T'\n",
    }
    (problem,) = problems_of(files, {"T": "hunter2"})
    assert (problem.code, problem.message) == (
        "TC220",
        "'hidden.token' must be matching tk-.* for tenant a, got •••",
    )
