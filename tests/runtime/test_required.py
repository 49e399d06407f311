from __future__ import annotations

from pathlib import Path

import pytest

import traitconf as tc


@pytest.fixture
def mailer(tc_runtime):
    """A trait with a required option."""

    @tc.trait(name="mailer")
    class Mailer(tc.TraitBase):
        """Send mail."""

        host: str = tc.option(doc="Where to.")
        port: int = tc.option(25, doc="Which port.")

    return Mailer


@pytest.fixture
def letter(mailer):
    """A class that has the trait."""

    @tc.use(mailer)
    class Letter: ...

    return Letter


@pytest.fixture
def missing(tc_config):
    """A function that configures with files that must be refused, and returns who misses something."""

    def configure(files):
        with pytest.raises(tc.ConfigError) as caught:
            tc_config(files)
        assert {problem.code for problem in caught.value.problems} == {"TC501"}
        return [problem.scope for problem in caught.value.problems]

    return configure


def test_a_bound_model_needs_it(tc_config, missing, mailer, letter):
    """Where a trait is bound and enabled, an option without default must be defined, globally or for the model."""
    assert missing({}) == ["model Letter"]
    tc_config({"traits.toml": "[mailer]\nhost = 'h'\n"})
    assert tc.resolve(mailer, letter).host == "h"
    tc_config({"models/Letter.toml": "[mailer]\nhost = 'm'\n"})
    assert tc.resolve(mailer, letter).host == "m"


def test_an_argument_of_the_decorator_is_enough(tc_config, mailer):
    """What code gives is a definition too."""

    @tc.use(mailer(host="given"))
    class Card: ...

    tc_config({})
    assert tc.resolve(mailer, Card).host == "given"


def test_the_problem_names_option_and_declaration(tc_config, letter):
    """The problem has the option's address and the place of its declaration."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({})
    (problem,) = caught.value.problems
    assert (problem.address, problem.message) == (
        "mailer.host",
        "'mailer.host' is required and nothing defines it (model Letter)",
    )
    assert Path(problem.origin.file).name == Path(__file__).name


def test_switched_off_it_needs_nothing(tc_config, missing, letter):
    """Where the trait is off nothing is missing; where a tenant switches it on, it is missing there."""
    off = "[mailer]\nenabled = false\n"
    tc_config({"traits.toml": off})
    found = missing({"traits.toml": off, "tenants/acme.toml": "[mailer]\nenabled = true\n"})
    assert set(found) == {"tenant acme, model Letter", "tenant acme"}


def test_a_tenant_that_unsets_it_misses_it(missing, letter):
    """A tenant's own definitions are looked at too."""
    files = {"traits.toml": "[mailer]\nhost = 'h'\n", "tenants/acme.toml": "[mailer]\nhost.unset = true\n"}
    assert set(missing(files)) == {"tenant acme, model Letter", "tenant acme"}


def test_a_trait_that_nobody_uses_needs_nothing(tc_config, missing, mailer):
    """Without a bound class and without a table nothing is missing; a table alone is use enough."""
    tc_config({})
    assert missing({"traits.toml": "[mailer]\nport = 26\n"}) == ["global"]
    tc_config({"traits.toml": "[mailer]\nport = 26\nhost = 'h'\n"})


def test_a_trait_for_tenants_needs_it_for_tenants_only(tc_config, missing, tc_runtime):
    """A trait that runs for tenants only may be incomplete without one."""

    @tc.trait(name="posted", tenant="required")
    class Posted(tc.TraitBase):
        """Send letters."""

        street: str = tc.option(doc="Where to.")

    @tc.use(Posted)
    class Parcel: ...

    tc_config({"tenants/acme.toml": "[posted]\nstreet = 's'\n"})
    assert tc.resolve(Posted, Parcel, "acme").street == "s"
    assert missing({"tenants/acme.toml": "", "tenants/globex.toml": "[posted]\nstreet = 's'\n"}) == [
        "tenant acme, model Parcel"
    ]


def test_a_refused_value_is_not_missing(tc_config, letter):
    """An option whose definition is faulty is one problem, not two."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"traits.toml": "[mailer]\nhost = 3\n"})
    assert [problem.code for problem in caught.value.problems] == ["TC103"]


def test_a_runtime_without_files_needs_nothing(tc_runtime, mailer, letter):
    """Before anything is configured, classes work with defaults and nothing is missing yet."""
    assert tc.Runtime(environ={}).start().resolve(mailer, letter).port == 25


def test_it_is_asked_again_at_a_reload(tc_config, letter):
    """A reload that loses the value is refused, and the old one keeps serving."""
    runtime = tc_config({"traits.toml": "[mailer]\nhost = 'h'\n"})
    (runtime.paths[0] / "traits.toml").write_text("", encoding="utf-8")
    with pytest.raises(tc.ConfigError):
        runtime.reload()
    assert runtime.resolve(tc.traits_of(letter)[0], letter).host == "h"
    assert [problem.code for problem in runtime.check()] == ["TC501"]
