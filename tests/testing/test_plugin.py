from __future__ import annotations

import pytest

MODULE = """
    import threading
    from pathlib import Path

    import pytest
    import traitconf as tc
    from traitconf.schema.catalog import catalog
    from traitconf.traits import Auditable


    def define(days):
        @tc.trait
        class Sample(tc.TraitBase):
            "A sample."
            days: int = tc.option(3, doc="Days.")

        @tc.use(Sample(days=days))
        class Article:
            pass

        return Sample, Article
"""
ISOLATED = f"""{MODULE}

    @pytest.fixture(autouse=True)
    def nothing_is_left():
        "Before and after every test the process looks as if no test had ever run."
        assert catalog.find("sample") is None
        assert catalog.models("Article") == []
        assert tc.current_context().tenant is None
        yield


    @pytest.mark.parametrize("days", range(1, 9))
    def test_own_trait_and_configuration(tc_config, tc_tenant, tc_override, days):
        assert catalog.find("sample") is None
        Sample, Article = define(days)
        table = "[sample]\\ndays = {{}}\\n"
        tc_config({{"traits.toml": table.format(days * 10), "tenants/acme.toml": table.format(days * 100)}})
        assert tc.resolve(Sample).days == days * 10
        assert tc.resolve(Sample, Article).days == days
        tc_tenant("acme")
        assert tc.resolve(Sample).days == days * 100
        tc_override({{"sample.days": days * 1000}})
        assert tc.resolve(Sample, Article).days == days * 1000


    @pytest.mark.parametrize("days", range(8))
    def test_without_a_word(tc_runtime, days):
        Sample, Article = define(days)
        assert tc_runtime.paths == ()
        assert (tc.resolve(Sample).days, tc.resolve(Sample, Article).days) == (3, days)
        assert tc.resolve(Auditable).retention_days == 30


    @pytest.mark.parametrize("number", range(4))
    def test_that_fails(tc_config, tc_tenant, number):
        define(number)
        tc_config({{"tenants/acme.toml": "[sample]\\ndays = 9"}})
        tc_tenant("acme")
        pytest.fail("on purpose")
"""


@pytest.fixture
def run(pytester):
    """A function that runs pytest on a module in a process of its own and returns the outcome."""

    def start(code: str, *arguments: str):
        pytester.makepyfile(code)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *arguments)

    return start


class TestIsolation:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_in_random_order(self, run, seed):
        """Tests in any order, failing ones too, see nothing of each other: trait, model, runtime, tenant, override."""
        outcome = run(ISOLATED, "-p", "no:xdist", f"--randomly-seed={seed}")
        outcome.assert_outcomes(passed=16, failed=4)

    def test_beside_each_other(self, run):
        """Tests in two processes of xdist see nothing of each other."""
        run(ISOLATED, "-n", "2").assert_outcomes(passed=16, failed=4)

    def test_what_was_there_before_comes_back(self, run):
        """After the test the process-wide runtime and the running context are those from before."""
        outcome = run(
            MODULE
            + """
    @pytest.fixture(scope="module")
    def application(tmp_path_factory):
        directory = tmp_path_factory.mktemp("app")
        (directory / "traits.toml").write_text("[auditable]\\nretention_days = 77\\n")
        return tc.configure(directory, environ={})


    def check(application):
        assert tc.resolve(Auditable).retention_days == 77
        assert tc.current_context().snapshot is application.snapshot


    @pytest.fixture
    def around(application):
        with tc.tenant("outer"):
            check(application)
            yield
            check(application)
            assert tc.current_context().tenant == "outer"


    def test_inside(around, tc_runtime, tc_tenant):
        assert tc.current_context().tenant is None
        assert tc.resolve(Auditable).retention_days == 30
        tc_tenant("inner")


    def test_after(application):
        check(application)
    """,
            "-p",
            "no:randomly",
        )
        outcome.assert_outcomes(passed=2)

    def test_variables_of_the_process(self, run, monkeypatch):
        """The developer's own variables change no test."""
        monkeypatch.setenv("TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS", "5")
        monkeypatch.setenv("TRAITCONF_NONSENSE", "5")
        outcome = run(
            MODULE
            + """
    def test_none(tc_config):
        assert tc.resolve(Auditable).retention_days == 30
        tc_config({})
        assert tc.resolve(Auditable).retention_days == 30
    """
        )
        outcome.assert_outcomes(passed=1)


CONFIGURED = f"""{MODULE}
    def days():
        return tc.resolve(Auditable).retention_days


    def test_ini(tc_runtime):
        assert [path.name for path in tc_runtime.paths] == ["config"]
        assert days() == 10


    @pytest.mark.traitconf("other.toml")
    def test_marker(tc_runtime):
        assert days() == 20


    @pytest.mark.traitconf("config", "other.toml")
    def test_several(tc_runtime):
        assert days() == 20


    @pytest.mark.traitconf(environ={{"TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS": "30"}})
    def test_environ(tc_runtime):
        assert days() == 30
        assert [path.name for path in tc_runtime.paths] == ["config"]


    @pytest.mark.traitconf("pending.toml", complete=False)
    def test_pending(tc_runtime):
        assert [problem.code for problem in tc_runtime.warnings] == ["TC102"]


    @pytest.mark.traitconf("other.toml")
    class TestOfAClass:
        def test_inherited(self, tc_runtime):
            assert days() == 20

        @pytest.mark.traitconf("config")
        def test_nearest(self, tc_runtime):
            assert days() == 10
"""


@pytest.fixture
def configured(pytester):
    """Configuration files below the rootdir."""
    files = {
        "config/traits.toml": "[auditable]\nretention_days = 10\n",
        "other.toml": "[auditable]\nretention_days = 20\n",
        "pending.toml": "[unheard_of]\nx = 1\n",
        "broken.toml": "[auditable]\nretention_dayz = 20\n",
    }
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    pytester.makeini("[pytest]\ntraitconf_config = config\n")


class TestConfiguration:
    def test_ini_option_and_marker(self, run, configured):
        """`tc_runtime` reads what the nearest marker names, else the ini option's path, below the rootdir."""
        run(CONFIGURED, "--strict-markers", "--strict-config").assert_outcomes(passed=7)

    def test_from_another_directory(self, run, configured, pytester):
        """Paths are those below the rootdir wherever pytest is started."""
        pytester.mkdir("elsewhere")
        pytester.makepyfile(CONFIGURED)
        (module,) = pytester.path.glob("test_*.py")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(pytester.path / "elsewhere")
            ini = str(pytester.path / "tox.ini")
            outcome = pytester.runpytest_subprocess(
                "-p", "no:cacheprovider", f"--rootdir={pytester.path}", "-c", ini, str(module)
            )
        outcome.assert_outcomes(passed=7)

    def test_the_marker_is_described(self, run):
        """The marker stands in pytest's list of markers, with what it takes."""
        listed = run("", "--markers").stdout.str()
        assert "@pytest.mark.traitconf(*paths, environ={}, complete=True):" in listed

    def test_a_configuration_with_faults(self, run, configured):
        """A test whose configuration has faults fails with them, and the next one is not touched."""
        outcome = run(
            MODULE
            + """
    @pytest.mark.parametrize(
        "name",
        [pytest.param(name, marks=pytest.mark.traitconf(f"{name}.toml")) for name in ("broken", "gone", "pending")],
    )
    def test_broken(tc_runtime, name):
        pass


    def test_next(tc_runtime):
        assert tc.resolve(Auditable).retention_days == 10
    """,
            "-p",
            "no:randomly",
        )
        outcome.assert_outcomes(errors=3, passed=1)
        outcome.stdout.fnmatch_lines([f"*error?{code}?: *" for code in ("TC101", "TC001", "TC102")])


class TestFixtures:
    def test_tc_config_replaces(self, run):
        """Each call of `tc_config` replaces all files and returns the runtime, whose warnings can be looked at."""
        outcome = run(
            MODULE
            + """
    def test_it(tc_config):
        one = tc_config({"traits.toml": "[auditable]\\nretention_days = 5", "tenants/acme.toml": "[sluggable]\\n"})
        assert one.paths[0].is_dir()
        assert tc.resolve(Auditable).retention_days == 5
        other = tc_config({"a/b/c.toml": "[other]\\nx = 1"}, complete=False)
        assert tc.resolve(Auditable).retention_days == 30
        assert [path.name for path in other.paths[0].rglob("*.toml")] == ["c.toml"]
        assert [problem.code for problem in other.warnings] == ["TC102"]
        assert other.snapshot is tc.current_context().snapshot
        tc_config({}, {"TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS": "6"})
        assert tc.resolve(Auditable).retention_days == 6


    def test_faults_change_nothing(tc_config):
        tc_config({"traits.toml": "[auditable]\\nretention_days = 5"})
        with pytest.raises(tc.ConfigError):
            tc_config({"traits.toml": "[auditable]\\nretention_days = 0"})
        with pytest.raises(tc.ConfigError):
            tc_config({"traits.toml": "[unheard_of]\\nx = 1"})
        assert tc.resolve(Auditable).retention_days == 5
    """
        )
        outcome.assert_outcomes(passed=2)

    def test_tenant_and_override_nest(self, run):
        """Tenants and overrides can be entered one after the other, and the last one counts."""
        outcome = run(
            MODULE
            + """
    def test_it(tc_config, tc_tenant, tc_override):
        table = "[auditable]\\nretention_days = "
        tc_config({"tenants/a.toml": table + "1", "tenants/b.toml": table + "2"})
        assert tc_tenant("a").tenant == "a"
        assert tc.resolve(Auditable).retention_days == 1
        tc_tenant("b")
        assert tc.resolve(Auditable).retention_days == 2
        assert tc_override({"auditable.retention_days": 7}).tenant == "b"
        tc_override({"auditable.enabled": False})
        assert tc.resolve(Auditable).retention_days == 7
        assert not tc.enabled(Auditable)
        tc_tenant(None)
        assert tc.current_context().tenant is None
        assert tc.resolve(Auditable).retention_days == 7


    def test_faults(tc_override):
        with pytest.raises(tc.ConfigError):
            tc_override({"auditable.retention_dayz": 7})
        assert tc.resolve(Auditable).retention_days == 30
    """
        )
        outcome.assert_outcomes(passed=2)

    def test_listed(self, run):
        """Each fixture is listed with what it is for."""
        listed = run("", "--fixtures").stdout.str()
        for name in ("tc_runtime", "tc_config", "tc_tenant", "tc_override"):
            assert name in listed
        assert "The process-wide runtime of this test, started, and isolated from every other." in listed

    def test_lazy(self, run):
        """The plugin alone imports nothing of the framework that a test might not want."""
        outcome = run(
            """
    import sys

    def test_it():
        assert "traitconf.testing.plugin" in sys.modules
        assert "traitconf.runtime.runtime" not in sys.modules
        assert "dynaconf" not in sys.modules
    """
        )
        outcome.assert_outcomes(passed=1)
