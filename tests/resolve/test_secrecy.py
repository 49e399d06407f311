"""Secrets: read when a trait is resolved, missed where they are needed, shown nowhere."""

from __future__ import annotations

import json
import logging
import pickle

import attrs
import pytest

import traitconf as tc
from traitconf.layers import secrets

HIDDEN = "hunter2"


@attrs.frozen(kw_only=True)
class Login:
    """A record with a secret."""

    user: str = tc.option("root", doc="User.")
    password: str = tc.option("", secret=True, doc="Password.")


@pytest.fixture
def vault(tc_runtime):
    """A trait with secrets of every form."""

    @tc.trait(name="vault")
    class Vault(tc.TraitBase):
        """Keeps secrets."""

        token: tc.Secret[str] = tc.option(tc.Secret("none"), doc="Token.")
        pin: tc.Secret[int] | None = tc.option(None, doc="Pin.")
        key: str = tc.option("", secret=True, pattern="[a-z0-9]*", doc="Key.")
        keys: tuple[tc.Secret[str], ...] = tc.option((), merge="append", doc="Keys.")
        login: Login = tc.option(Login(), doc="Login.")
        size: int = tc.option(1, doc="Size.")

    return Vault


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The directory above the configuration as the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_typed_by_the_option(tc_config, vault):
    """A secret comes as text and is cast by the option's type; single fields of records have theirs."""
    text = """
        [vault]
        token.secret = "env:TOKEN"
        pin.secret = "env:PIN"
        key.force.secret = "env:TOKEN"
        keys.secret = "env:KEYS"
        login.password.secret = "env:TOKEN"
    """
    environ = {"TOKEN": HIDDEN, "PIN": "42", "KEYS": "a, b"}
    found = tc_config({"traits.toml": text}, environ).resolve(vault)
    assert (found.token.reveal(), found.pin.reveal(), found.key) == (HIDDEN, 42, HIDDEN)
    assert [key.reveal() for key in found.keys] == ["a", "b"]
    assert (found.login.user, found.login.password) == ("root", HIDDEN)


def test_by_scope(tc_config, vault):
    """References merge like values: each tenant has its own secret."""
    files = {
        "traits.toml": '[vault]\ntoken.secret = "env:ALL"\n',
        "tenants/acme.toml": '[vault]\ntoken.secret = "env:ACME"\n',
    }
    runtime = tc_config(files, {"ALL": "1", "ACME": "2"})
    assert [runtime.resolve(vault, tenant=who).token.reveal() for who in (None, "acme", "bob")] == ["1", "2", "1"]


def test_read_again_with_every_reload(tc_config, vault, here):
    """A reload reads secrets anew, though no configuration file changed; the old snapshot keeps the old one."""
    files = {"runtime.toml": 'secret_roots = ["s"]\n', "traits.toml": '[vault]\ntoken.secret = "file:s/token"\n'}
    (here / "config" / "s").mkdir(parents=True)
    secret = here / "config" / "s" / "token"
    secret.write_text("one")
    runtime = tc_config(files | {"s/token": "one"})
    old = runtime.snapshot
    secret.write_text("two")
    assert runtime.resolve(vault).token.reveal() == "one"
    runtime.reload()
    assert runtime.resolve(vault).token.reveal() == "two"
    assert old.profile(None).read(vault, None).token.reveal() == "one"


def test_a_file_that_disappears(tc_config, vault, here):
    """A reload without the secret is refused, and the old snapshot keeps serving."""
    files = {"runtime.toml": 'secret_roots = ["s"]\n', "traits.toml": '[vault]\ntoken.secret = "file:s/token"\n'}
    runtime = tc_config(files | {"s/token": "one"})
    (here / "config" / "s" / "token").unlink()
    with pytest.raises(tc.ConfigError) as caught:
        runtime.reload()
    (problem,) = caught.value.problems
    assert problem.code == "TC402"
    assert str(problem.origin) == "config/traits.toml:2:1"
    assert "No such file" in problem.message
    assert runtime.resolve(vault).token.reveal() == "one"


def test_roots_must_be_declared(problems_of, vault, here):
    """A file outside the declared roots is refused, whatever the path looks like; the default root is /run/secrets."""
    (here / "token").write_text(HIDDEN)
    for name in (str(here / "token"), "../token", "/run/secrets/../../etc/passwd"):
        (problem,) = problems_of({"traits.toml": f'[vault]\ntoken.secret = "file:{name}"\n'})
        assert (problem.code, problem.hint) == ("TC404", "declared by runtime.secret_roots: /run/secrets")


class TestMissing:
    @pytest.mark.parametrize(
        ("text", "severity"),
        [
            ('token.secret = "env:NONE"', "error"),
            ('token.lock.secret = "env:NONE"', "error"),
            ('token = { secret = "env:NONE", until = 2098-01-01 }', "error"),
            ('enabled = false\ntoken.secret = "env:NONE"', "warning"),
            ('token = { fallback = { secret = "env:NONE" }, force = { secret = "env:SOME" } }', "warning"),
        ],
    )
    def test_is_an_error_where_it_is_needed(self, tc_config, vault, text, severity):
        """Where something stronger shadows the reference, or the trait is off, a missing secret is a warning."""
        try:
            found = tc_config({"traits.toml": f"[vault]\n{text}\n"}, {"SOME": "x"}).warnings
        except tc.ConfigError as error:
            found = error.problems
        assert [(one.code, one.severity.value) for one in found] == [("TC402", severity)]
        assert found[0].message == (
            "the secret 'env:NONE' of 'vault.token' cannot be had: the environment variable NONE is not set"
        )

    def test_of_a_tenant(self, problems_of, tc_config, vault):
        """A tenant's reference is needed though a global one is there; shadowed by a local file, it is not."""
        files = {"tenants/acme.toml": '[vault]\ntoken.secret = "env:NONE"\n'}
        (problem,) = problems_of(files)
        assert (problem.code, problem.scope) == ("TC402", "tenant acme")
        local = {"tenants/acme.local.toml": '[vault]\ntoken.secret = "env:SOME"\n'}
        assert [one.severity.value for one in tc_config(files | local, {"SOME": "x"}).warnings] == ["warning"]

    def test_expired(self, tc_config, vault):
        """An expired reference is not read at all."""
        assert not tc_config({"traits.toml": '[vault]\ntoken = { secret = "env:NONE", until = 2020-01-01 }\n'}).warnings

    def test_of_an_override(self, vault):
        """An override that refers to a missing secret is refused."""
        with pytest.raises(tc.ConfigError) as caught:
            tc.override({"vault.token": {"secret": "env:NONE"}})
        assert [one.code for one in caught.value.problems] == ["TC402"]

    @pytest.mark.parametrize(
        ("text", "environ", "why"),
        [
            ('pin.secret = "env:X"', {"X": "hunter2"}, "it is no int, or breaks a rule of the option"),
            ('key.secret = "env:X"', {"X": "Hunter 2!"}, "it is no str, or breaks a rule of the option"),
        ],
    )
    def test_of_the_wrong_type(self, problems_of, vault, text, environ, why):
        """A secret that does not suit its option is refused without a word of it."""
        (problem,) = problems_of({"traits.toml": f"[vault]\n{text}\n"}, environ)
        assert problem.code == "TC402"
        assert problem.message.endswith(why)
        assert environ["X"] not in problem.render()

    def test_a_literal_in_its_place(self, problems_of, vault):
        """Something with a colon that no scheme understands may be the secret itself: it is not quoted."""
        for text in ('token.secret = "hunter2:x"', 'token.fallback.secret = "hunter2:x"\nkey = "a"'):
            found = problems_of({"traits.toml": f"[vault]\n{text}\n"})
            assert "TC403" in {one.code for one in found if one.is_error}
            assert HIDDEN not in "".join(one.render() + json.dumps(one.as_diagnostic()) for one in found)

    def test_later_gives_the_default(self, tc_config, tc_runtime):
        """A trait that becomes known later has its default where its secret is missing, never a wider scope's one."""
        files = {
            "traits.toml": '[late]\ntoken.secret = "env:ALL"\n',
            "tenants/acme.toml": '[late]\ntoken.secret = "env:NONE"\n',
        }
        runtime = tc_config(files, {"ALL": HIDDEN}, complete=False)

        @tc.trait(name="late")
        class Late(tc.TraitBase):
            """Late."""

            token: tc.Secret[str] = tc.option(tc.Secret("none"), doc="Token.")

        assert runtime.resolve(Late).token.reveal() == HIDDEN
        assert runtime.resolve(Late, tenant="acme").token.reveal() == "none"
        assert "TC402" in {one.code for one in runtime.check()}


class TestLiterals:
    @pytest.mark.parametrize(
        ("name", "text", "count"),
        [
            ("traits.toml", f'token = "{HIDDEN}"', 1),
            ("traits.toml", f'token.lock = "{HIDDEN}"', 1),
            ("traits.toml", f'keys.append = ["{HIDDEN}"]', 1),
            ("traits.toml", f'login.password = "{HIDDEN}"', 1),
            ("environments/prod/traits.toml", f'token = "{HIDDEN}"', 1),
            ("traits.local.toml", f'token = "{HIDDEN}"', 0),
            (".secrets.toml", f'token = "{HIDDEN}"', 0),
            ("traits.toml", 'key = ""\npin = "@none"\ntoken.unset = true\nlogin.user = "me"\nsize = 3', 0),
        ],
    )
    def test_in_tracked_files(self, tc_config, vault, name, text, count):
        """A secret in clear is a lint in a file that others read, and quoted nowhere; local files are nobody else's."""
        head = "[traits.vault]\n" if name == ".secrets.toml" else "[vault]\n"
        environ = {"TRAITCONF_ENV": "prod"} if name.startswith("environments") else {}
        found = tc_config({name: f"{head}{text}\n"}, environ).warnings
        assert [(one.code, one.severity.value) for one in found] == [("TC401", "warning")] * count
        assert not any(HIDDEN in one.render() + json.dumps(one.as_diagnostic()) for one in found)

    def test_elsewhere(self, tc_config, vault):
        """Variables, decorators and overrides are no files."""

        @tc.use(vault(key=HIDDEN))
        class Article: ...

        runtime = tc_config({}, {"TRAITCONF_TRAITS__VAULT__TOKEN": HIDDEN})
        assert not runtime.warnings
        with tc.override({"vault.token": HIDDEN}):
            assert tc.resolve(vault).token.reveal() == HIDDEN


class TestNothingShows:
    @pytest.fixture
    def runtime(self, tc_config, vault, here):
        """A runtime whose secrets are the same word, from a reference, a literal, a variable and a default."""
        text = (
            f'[vault]\ntoken.secret = "env:TOKEN"\nkey = "{HIDDEN}"\nkeys = ["{HIDDEN}"]\nlogin.password = "{HIDDEN}"\n'
        )
        return tc_config({"traits.toml": text}, {"TOKEN": HIDDEN, "TRAITCONF_TENANTS__ACME__VAULT__TOKEN": HIDDEN})

    def test_in_repr(self, runtime, vault):
        """No repr shows a secret: traits, records, definitions, chains, layers, the runtime."""
        trait = runtime.resolve(vault, tenant="acme")
        resolution = runtime.snapshot.profile("acme").resolution(vault, None)
        layers = [*runtime.snapshot.graph.all_layers()]
        shown = repr([trait, trait.login, vault(key=HIDDEN), resolution, resolution.refold(), layers, runtime])
        assert HIDDEN not in shown
        assert HIDDEN not in f"{trait} {trait.login} {trait.token}"

    def test_in_explanations(self, runtime, vault):
        """Explanations show the reference, as text and as data, and dots for every value."""
        for tenant in (None, "acme"):
            found = runtime.explain("vault", tenant=tenant)
            assert HIDDEN not in "".join(str(one) + json.dumps(one.as_dict()) + repr(one) for one in found)
        (token,) = runtime.explain("vault.token")
        assert (token.value, token.reasons[0].reference) == ("•••", "env:TOKEN")
        assert str(token).splitlines()[1] == "  ● global    secret env:TOKEN      config/traits.toml:2:1"
        assert token.as_dict()["chain"][0]["reference"] == "env:TOKEN"

    def test_in_logs(self, runtime, vault, caplog):
        """A logged trait shows dots."""
        with caplog.at_level(logging.INFO):
            runtime.resolve(vault).logger.info("resolved %s", runtime.resolve(vault))
        assert HIDDEN not in caplog.text
        assert "key=•••" in caplog.text

    def test_in_pickles(self, vault):
        """A trait that holds a secret cannot be pickled, and its copy is itself."""
        import copy

        for trait in (vault(key=HIDDEN), vault(login=Login(password=HIDDEN)), vault(token=tc.Secret(HIDDEN))):
            with pytest.raises(TypeError, match="cannot be pickled"):
                pickle.dumps(trait)
            assert copy.deepcopy(trait) is copy.copy(trait) is trait

    def test_in_descriptions(self, vault):
        """A description says that there is a default, not which."""
        assert "none" not in json.dumps([one["default"] for one in tc.describe(vault).as_dict()["options"]])

    def test_in_problems(self, problems_of, vault):
        """Whatever is wrong beside a secret, neither message nor excerpt shows it."""
        login = f'login = {{ password = "{HIDDEN}", size = 3 }}'
        text = f'[vault]\n{login}\npin = "{HIDDEN}"\nkey = ["{HIDDEN}"]\ntokn = "{HIDDEN}"\n'
        found = problems_of({"traits.toml": text})
        assert len([one for one in found if one.is_error]) == 4
        assert HIDDEN not in "".join(one.render() + json.dumps(one.as_diagnostic()) + repr(one) for one in found)

    @pytest.mark.parametrize(
        "text",
        [
            f'vualt = {{ token = "{HIDDEN}" }}',
            f'vualt.token = "{HIDDEN}"',
            f'[vault]\nsize = 1\n[vualt]\nx = "{HIDDEN}"',
        ],
    )
    def test_in_excerpts_of_unknown_traits(self, problems_of, vault, text):
        """Of a trait that nobody knows only the name is quoted: what stands behind it may be a secret."""
        (problem,) = problems_of({"traits.toml": text + "\n"})
        assert problem.code == "TC102"
        assert "vualt" in problem.origin.excerpt
        assert HIDDEN not in problem.render()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"traits": {"vault": {"key": "hunter2"}, "other": {"size": 0.5}}}'),
        ("a.json", '{"traits": {"other": {"size": 0.5}, "vault": {"key": "hunter2"}}}'),
        ("a.json", '{"traits": {"vault": {"key": "hunter2"}, "vualt": {}, "other": {"size": 1}}}'),
        ("a.yaml", 'traits: {vault: {key: "hunter2"}, other: {size: 0.5}}'),
        ("a.toml", 'traits = { vault = { key = "hunter2" }, other = { size = 0.5 } }'),
    ],
)
def test_in_excerpts_of_crowded_lines(problems_of, vault, name, text):
    """Of a line that holds several tables only the key is quoted: another table may hold a secret."""

    @tc.trait(name="other")
    class Other(tc.TraitBase):
        """Other."""

        size: int = tc.option(1, doc="Size.")

    (problem,) = [one for one in problems_of({name: text}) if one.is_error]
    assert problem.origin.excerpt.strip(' …"') in ("size", "vualt")
    assert HIDDEN not in problem.render()


def test_an_application_teaches_schemes(tc_config, vault, monkeypatch):
    """A scheme of the application is asked when the trait is resolved, once for each snapshot."""
    monkeypatch.setattr(secrets, "_schemes", {})
    asked = []
    tc.secret_scheme("kms", lambda name: asked.append(name) or f"{name}{len(asked)}")
    runtime = tc_config({"traits.toml": '[vault]\ntoken.secret = "kms:a"\n'})
    assert [runtime.resolve(vault, tenant=who).token.reveal() for who in (None, "x", "y")] == ["a1"] * 3
    runtime.reload()
    assert runtime.resolve(vault).token.reveal() == "a2"
    with tc.override({"vault.size": 2}):
        assert tc.resolve(vault).token.reveal() == "a2"
    assert len(asked) == 2
