"""Environment variables against files: who wins, who is refused, and what a misspelt one is told."""

from __future__ import annotations

import pytest

import traitconf as tc

ENABLED = "TRAITCONF_TRAITS__AUDITABLE__ENABLED"
DAYS = "AUDITABLE__RETENTION_DAYS"


@pytest.fixture
def auditable(tc_runtime):
    """The built-in trait that the design's example is about."""
    from traitconf.traits import Auditable

    return Auditable


@pytest.fixture
def article(auditable):
    """A model that is audited."""

    @tc.use(auditable)
    class Article:
        def save(self): ...

    return Article


@pytest.fixture
def refused(tc_config):
    """A function that configures with files and variables that must be refused, and returns every problem."""

    def configure(files, **environ):
        with pytest.raises(tc.ConfigError) as caught:
            tc_config(files, environ)
        return caught.value.problems

    return configure


class TestPrecedence:
    def test_a_variable_beats_a_tenants_file(self, tc_config, auditable, article):
        """A global variable that says false beats acme's file that says true, and calls obey."""
        tc_config({"tenants/acme.toml": "[auditable]\nenabled = true\n"}, {ENABLED: "false"})
        assert not tc.enabled(auditable, article, "acme")
        with tc.tenant("acme"):
            one = article()
            one.save()
            assert one.audit_trail() == ()
        found = tc.explain("auditable.enabled", tenant="acme")
        assert [(str(reason.origin), reason.band, reason.counts) for reason in found.reasons[:1]] == [
            (f"env {ENABLED}", "force", True)
        ]
        assert found.reasons[1].note == "shadowed"

    def test_a_tenants_variable_beats_the_global_one(self, tc_config, auditable, article):
        """Of two variables the one with the narrower scope wins."""
        environ = {
            f"TRAITCONF_TRAITS__{DAYS}": "1",
            f"TRAITCONF_MODELS__ARTICLE__{DAYS}": "2",
            f"TRAITCONF_TENANTS__ACME__{DAYS}": "3",
            f"TRAITCONF_TENANTS__BETA__MODELS__ARTICLE__{DAYS}": "4",
        }
        tc_config({"tenants/acme.toml": "", "tenants/beta.toml": ""}, environ)
        days = {
            (model and "Article", tenant): tc.resolve(auditable, model, tenant).retention_days
            for model in (None, article)
            for tenant in (None, "acme", "beta")
        }
        assert days == {
            (None, None): 1,
            (None, "acme"): 3,
            (None, "beta"): 1,
            ("Article", None): 2,
            ("Article", "acme"): 3,
            ("Article", "beta"): 4,
        }

    def test_a_groups_variable_holds_for_its_tenants(self, tc_config, auditable):
        """A variable may address a group."""
        files = {"groups/gold.toml": "[auditable]\nretention_days = 9\n", "tenants/acme.toml": 'extends = ["gold"]\n'}
        tc_config(files, {f"TRAITCONF_GROUPS__GOLD__{DAYS}": "7"})
        assert tc.resolve(auditable, tenant="acme").retention_days == 7
        assert tc.resolve(auditable).retention_days == 30

    @pytest.mark.parametrize(
        ("suffix", "value"), [("", 5), ("__FORCE", 5), ("__NORMAL", 7), ("__FALLBACK", 7), ("__LOCK", 5)]
    )
    def test_suffixes_choose_the_band(self, tc_config, auditable, suffix, value):
        """Without suffix a variable forces; a weaker band yields to a tenant's file."""
        tc_config(
            {"tenants/acme.toml": f"[auditable]\nretention_days = {5 if suffix == '__LOCK' else 7}\n"},
            {f"TRAITCONF_TRAITS__{DAYS}{suffix}": "5"},
        )
        assert tc.resolve(auditable, tenant="acme").retention_days == value

    def test_unset_forces_the_default(self, tc_config, auditable):
        """`__UNSET` drops what files say."""
        tc_config({"tenants/a.toml": "[auditable]\nretention_days = 9\n"}, {f"TRAITCONF_TRAITS__{DAYS}__UNSET": "1"})
        assert tc.resolve(auditable, tenant="a").retention_days == 30

    def test_an_operation_joins_what_files_say(self, tc_config, auditable):
        """`__APPEND` and `__ADD` have band normal, so they extend the value of the files."""
        environ = {"TRAITCONF_TRAITS__AUDITABLE__SINKS__APPEND": "log", "TRAITCONF_TRAITS__AUDITABLE__MASK__ADD": "b"}
        tc_config({"traits.toml": '[auditable]\nmask = ["a"]\n'}, environ)
        found = tc.resolve(auditable)
        assert (found.sinks, found.mask) == (("memory", "log"), {"a", "b"})

    def test_an_override_beats_a_variable(self, tc_config, auditable):
        """A process override is above every variable."""
        tc_config({}, {f"TRAITCONF_TENANTS__ACME__{DAYS}": "5"})
        with tc.override({"auditable.retention_days": 6}):
            assert tc.resolve(auditable, tenant="acme").retention_days == 6

    def test_a_token_that_no_file_names_holds_for_all_that_fold_to_it(self, tc_config, auditable):
        """A tenant that only a variable knows is addressed by every id that reads like its token."""
        tc_config({}, {f"TRAITCONF_TENANTS__ACME_EU__{DAYS}": "5"})
        days = {name: tc.resolve(auditable, tenant=name).retention_days for name in ("acme-eu", "Acme.EU", "acmeeu")}
        assert days == {"acme-eu": 5, "Acme.EU": 5, "acmeeu": 30}


class TestLocks:
    @pytest.mark.parametrize(
        ("lock", "variable"),
        [
            ("traits", "TRAITS"),
            ("traits", "MODELS__ARTICLE"),
            ("traits", "GROUPS__GOLD"),
            ("traits", "TENANTS__ACME"),
            ("traits", "TENANTS__ACME__MODELS__ARTICLE"),
            ("models.Article", "MODELS__ARTICLE"),
            ("models.Article", "TENANTS__ACME__MODELS__ARTICLE"),
            ("groups.gold", "GROUPS__GOLD"),
            ("groups.gold", "GROUPS__GOLD__MODELS__ARTICLE"),
            ("groups.gold", "TENANTS__ACME"),
            ("tenants.acme", "TENANTS__ACME"),
            ("tenants.acme", "TENANTS__ACME__MODELS__ARTICLE"),
            ("tenants.acme.models.Article", "TENANTS__ACME__MODELS__ARTICLE"),
        ],
    )
    def test_against_a_lock_of_the_same_or_a_wider_scope(self, refused, article, lock, variable):
        """Such a variable is TC210: it names the variable in full and the place of the lock."""
        files = {
            "a.toml": '[tenants.acme]\nextends = ["gold"]\n[groups.gold]\n',
            "b.toml": f"[{lock}.auditable]\nretention_days.lock = 9\n",
        }
        (problem,) = refused(files, **{f"TRAITCONF_{variable}__{DAYS}": "5"})
        assert (problem.code, str(problem.origin)) == ("TC210", f"env TRAITCONF_{variable}__{DAYS}")
        ((origin, _),) = problem.related
        assert (origin.file.endswith("b.toml"), origin.line) == (True, 2)

    @pytest.mark.parametrize(
        ("lock", "variable"),
        [
            ("models.Article", "TRAITS"),
            ("groups.gold", "TRAITS"),
            ("groups.gold", "MODELS__ARTICLE"),
            ("tenants.acme", "TRAITS"),
            ("tenants.acme", "GROUPS__GOLD"),
            ("tenants.acme.models.Article", "TRAITS"),
            ("tenants.acme.models.Article", "TENANTS__ACME"),
        ],
    )
    def test_a_lock_of_a_narrower_scope_shadows_the_variable(self, tc_config, auditable, article, lock, variable):
        """Where it is locked the variable is shadowed without a fault, elsewhere it holds."""
        files = {
            "a.toml": '[tenants.acme]\nextends = ["gold"]\n[groups.gold]\n',
            "b.toml": f"[{lock}.auditable]\nretention_days.lock = 9\n",
        }
        runtime = tc_config(files, {f"TRAITCONF_{variable}__{DAYS}": "5"})
        # Another test may have imported the demonstration, whose model is an Article that is audited, too.
        assert {problem.code for problem in runtime.warnings} <= {"TC130"}
        assert tc.resolve(auditable, article, "acme").retention_days == 9
        found = tc.explain("auditable.retention_days", article, tenant="acme")
        assert [reason.note for reason in found.reasons if str(reason.origin).startswith("env ")] == ["shadowed"]
        if variable == "TRAITS":
            assert tc.resolve(auditable, tenant="other").retention_days == 5

    def test_the_locked_value_itself_is_no_fault(self, tc_config, auditable):
        """A variable that says what the lock says is allowed."""
        tc_config({"traits.toml": "[auditable]\nretention_days.lock = 9\n"}, {f"TRAITCONF_TRAITS__{DAYS}": "9"})
        assert tc.resolve(auditable).retention_days == 9

    def test_a_variable_may_lock(self, tc_config, auditable, refused):
        """`__LOCK` locks: what sorts after it and differs is refused, what sorts before is shadowed."""
        lock = {f"TRAITCONF_TRAITS__{DAYS}__LOCK": "5"}
        (problem,) = refused({"tenants/acme.toml": "[auditable]\nretention_days = 9\n"}, **lock)
        assert (problem.code, str(problem.related[0][0])) == ("TC210", f"env TRAITCONF_TRAITS__{DAYS}__LOCK")
        tc_config({"traits.toml": "[auditable]\nretention_days = 9\n"}, lock)
        assert tc.resolve(auditable).retention_days == 5

    def test_a_lock_of_a_model_by_variable_meets_files_of_that_model(self, refused, article):
        """The folded name in a variable is the model that files name."""
        files = {"tenants/acme.toml": "[models.Article.auditable]\nretention_days = 9\n"}
        (problem,) = refused(files, **{f"TRAITCONF_MODELS__ARTICLE__{DAYS}__LOCK": "5"})
        assert problem.code == "TC210"


class TestMisspelt:
    @pytest.mark.parametrize(
        ("name", "code", "hint"),
        [
            ("TRAITCONF_TRAITS__AUDITABEL__ENABLED", "TC142", "did you mean 'AUDITABLE'?"),
            ("TRAITCONF_TRAITS__AUDITABLE__ENABELD", "TC101", "did you mean 'ENABLED'?"),
            ("TRAITCONF_TRAITS__AUDITABLE__CACHE__TTTL", "TC101", "did you mean 'TTL'?"),
            ("TRAITCONF_TRAITS__AUDITABLE__ENABLED__FORSE", "TC143", "did you mean 'FORCE'?"),
            ("TRAITCONF_TRIATS__AUDITABLE__ENABLED", "TC142", "did you mean 'TRAITS'?"),
            ("TRAITCONF_GROUPS__GOLDD__AUDITABLE__ENABLED", "TC110", "did you mean 'GOLD'?"),
            ("TRAITCONF_MODELS__ARTCLE__AUDITABLE__ENABLED", "TC131", "did you mean 'ARTICLE'?"),
            ("TRAITCONF_RUNTIME__CONFLCTS", "TC101", "did you mean 'CONFLICTS'?"),
            ("TRAITCONF_CONFG", "TC142", "did you mean 'CONFIG'?"),
        ],
    )
    def test_it_is_an_error_with_a_suggestion(self, refused, article, name, code, hint):
        """A variable that addresses nothing is refused by its full name, with what was probably meant."""
        (problem,) = refused({"groups/gold.toml": ""}, **{name: "false"})
        assert (problem.code, problem.hint) == (code, hint)
        assert name in problem.render()

    def test_a_wrong_value_names_the_variable(self, refused, article):
        """A value that is not of the option's type is refused at the variable."""
        (problem,) = refused({}, **{ENABLED: "maybe"})
        assert (problem.code, str(problem.origin)) == ("TC103", f"env {ENABLED}")

    def test_all_are_reported_at_once(self, refused, article):
        """Several wrong variables are several problems."""
        names = ["TRAITCONF_TRAITS__AUDITABLE__ENABELD", "TRAITCONF_TRAITS__AUDITABLE__SHADO"]
        assert len(refused({}, **dict.fromkeys(names, "true"))) == 2
