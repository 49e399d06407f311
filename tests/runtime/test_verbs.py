from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import traitconf as tc
from traitconf.runtime.runtime import Runtime
from traitconf.runtime.verbs import install, isolated


def in_thread(function):
    """Run a function in a new thread and return its result."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


TRAIT = '''
import traitconf as tc

@tc.trait
class Greeting(tc.TraitBase):
    """Say hello."""
    word: str = tc.option("hello", doc="The word.")
    said = tc.event(doc="It was said.")

    @tc.around("speak")
    def greet(self, host, proceed, /):
        self.said.emit(host)
        return self.word + proceed()

@tc.use(Greeting)
class Person:
    def speak(self):
        return "!"
'''


class TestBeforeConfigure:
    def test_defaults_hold(self, python):
        """Without `configure` traits have their defaults, and neither files nor variables are read."""
        program = TRAIT + (
            "print(Person().speak(), tc.resolve(Greeting).word, tc.enabled(Greeting), tc.decide(Greeting).reason)\n"
            "with tc.tenant('acme'):\n    print(Person().speak())\n"
            "print(tc.process_runtime().snapshot.generation)\n"
        )
        assert python(program, TRAITCONF_TRAITS__GREETING__WORD="x") == "hello! hello True DEFAULT\nhello!\n1\n"

    @pytest.mark.parametrize(
        "first",
        [
            "Person().speak()",
            "tc.resolve(Greeting)",
            "tc.resolve(Greeting, Person, 'acme')",
            "tc.enabled(Greeting, tenant=None)",
            "tc.explain('greeting.word')",
            "tc.reader(Greeting)()",
            "Greeting.of(Person()).word",
            "tc.override({'greeting.word': 'x'}).__enter__().tenant",
            "tc.tenant('acme').__enter__().tenant",
            "tc.process_runtime()",
        ],
    )
    def test_configuring_later_takes_effect(self, python, first):
        """Whatever was asked first, the configuration that follows holds for new contexts."""
        program = TRAIT + (
            f"import contextvars\ncontextvars.copy_context().run(lambda: {first})\n"
            "tc.configure(environ={'TRAITCONF_TRAITS__GREETING__WORD': 'hi', 'TRAITCONF_CONFIG': 'config'})\n"
            "print(Person().speak(), tc.resolve(Greeting, Person).word)\n"
        )
        program = "import pathlib\npathlib.Path('config').mkdir()\n" + program
        assert python(program) == "hi! hi\n"

    def test_a_first_call_does_not_start_a_runtime_under_a_lock(self, python):
        """The runtime that a first call starts is started before the call takes the lock of all tables."""
        program = TRAIT + (
            "import threading\n"
            "from traitconf.bind.joinpoint import joinpoints, unconfigured\n"
            "start = unconfigured.factory\n"
            "def watched():\n"
            "    free = []\n"
            "    def look():\n"
            "        free.append(joinpoints.lock.acquire(timeout=5))\n"
            "        joinpoints.lock.release()\n"
            "    thread = threading.Thread(target=look)\n"
            "    thread.start()\n"
            "    thread.join()\n"
            "    print(free)\n"
            "    return start()\n"
            "unconfigured.factory = watched\n"
            "print(Person().speak())\n"
        )
        assert python(program) == "[True]\nhello!\n"

    def test_subscriptions_survive(self, python):
        """A subscriber that was registered at import hears what happens after `configure`, once."""
        program = TRAIT + (
            "heard = []\n"
            "@tc.on('greeting.said')\n"
            "def hear(event):\n    heard.append(type(event.host).__name__)\n"
            "import pathlib\npathlib.Path('config').mkdir()\n"
            "tc.configure('config', environ={})\ntc.configure('config', environ={})\n"
            "Person().speak()\nprint(heard)\n"
        )
        assert python(program) == "['Person']\n"


class TestConfigure:
    def test_it_replaces_and_stops_the_first(self, tc_config, badge, card):
        """A second call makes another runtime the process-wide one; the first no longer publishes."""
        first = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        second = tc_config({"traits.toml": "[badge]\nsize = 3\n"})
        assert tc.process_runtime() is second is not first
        assert (card().save(), in_thread(lambda: tc.resolve(badge).size)) == (["plain:3", "saved"], 3)
        (first.paths[0] / "traits.toml").write_text("[badge]\nsize = 4\n", encoding="utf-8")
        first.reload()
        assert (first.resolve(badge).size, tc.resolve(badge).size) == (4, 3)

    def test_a_refused_one_changes_nothing(self, tc_config, badge, card):
        """When the second configuration is wrong, the first keeps running and publishing."""
        first = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        with pytest.raises(tc.ConfigError):
            tc_config({"traits.toml": "[badge]\nsize = 'x'\n"})
        assert tc.process_runtime() is first
        assert card().save() == ["plain:2", "saved"]
        (first.paths[0] / "traits.toml").write_text("[badge]\nsize = 4\n", encoding="utf-8")
        first.reload()
        assert card().save() == ["plain:4", "saved"]

    def test_a_missing_path_is_an_error(self, tc_runtime, tmp_path):
        """A configured path that does not exist is an error, never silence."""
        with pytest.raises(tc.ConfigError) as caught:
            tc.configure(tmp_path / "nowhere", environ={})
        assert [problem.code for problem in caught.value.problems] == ["TC001"]

    def test_paths_come_from_arguments_then_variable_then_config(self, tc_runtime, badge, tmp_path, monkeypatch):
        """Without paths `TRAITCONF_CONFIG` names them, several apart as in PATH; else it is `config/`."""
        monkeypatch.chdir(tmp_path)
        for number, name in enumerate(("config", "one", "two"), start=1):
            (tmp_path / name).mkdir()
            (tmp_path / name / "traits.toml").write_text(f"[badge]\nsize = {number}\n", encoding="utf-8")
        assert tc.configure(environ={}).resolve(badge).size == 1
        assert tc.configure(environ={"TRAITCONF_CONFIG": "one:two"}).resolve(badge).size == 3
        assert tc.configure("one", environ={"TRAITCONF_CONFIG": "two"}).resolve(badge).size == 2

    def test_the_process_variables_are_the_default(self, tc_runtime, badge, tmp_path, monkeypatch):
        """Without `environ` the variables of the process are read."""
        monkeypatch.setenv("TRAITCONF_TRAITS__BADGE__SIZE", "7")
        assert tc.configure(tmp_path).resolve(badge).size == 7


class TestIsolated:
    def test_what_was_before_comes_back(self, tc_config, badge, card):
        """Inside the block another runtime is the process-wide one; afterwards the former is, as it was."""
        outer = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        with tc.tenant("acme"):
            with isolated(Runtime(environ={})) as inner:
                assert tc.process_runtime() is inner
                assert (tc.resolve(badge).size, tc.current_context().tenant) == (1, None)
                assert in_thread(lambda: tc.resolve(badge).size) == 1
            assert (tc.resolve(badge).size, tc.current_context().tenant) == (2, "acme")
        assert tc.process_runtime() is outer
        assert in_thread(lambda: card().save()) == ["plain:2", "saved"]

    def test_configuring_inside_does_not_leak(self, tc_config, badge, tmp_path):
        """A `configure` inside the block ends with it, and so do subscriptions."""
        outer = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        heard = []
        with isolated(Runtime(environ={})):
            tc.on("badge.shown")(heard.append)
            tc.configure(tmp_path, environ={"TRAITCONF_TRAITS__BADGE__SIZE": "9"})
            assert tc.resolve(badge).size == 9
            tc.resolve(badge).shown.emit(object())
        assert len(heard) == 1
        assert tc.process_runtime() is outer
        tc.resolve(badge).shown.emit(object())
        assert (tc.resolve(badge).size, len(heard)) == (2, 1)

    def test_an_exception_inside_ends_it(self, tc_config, badge):
        """The former runtime comes back when the block raises."""
        outer = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        with pytest.raises(KeyError), isolated(Runtime(environ={})):
            raise KeyError
        assert tc.process_runtime() is outer

    def test_a_refused_runtime_changes_nothing(self, tc_config, badge, tmp_path):
        """A runtime that does not start leaves everything as it was, running context and subscriptions included."""
        outer = tc_config({"traits.toml": "[badge]\nsize = 2\n"})
        heard = []
        tc.on("badge.shown")(heard.append)
        with tc.tenant("acme"):
            with pytest.raises(tc.ConfigError), isolated(Runtime((tmp_path / "nowhere",), environ={})):
                pass
            assert tc.current_context().tenant == "acme"
        assert tc.process_runtime() is outer
        reloaded = install(Runtime(environ={}))
        reloaded.resolve(badge).shown.emit(object())
        assert len(heard) == 1


FILES = {"tenants/a.toml": "[badge]\nsize = 2\nenabled = false\n[models.Card.badge]\nsize = 3\n"}


class TestResolve:
    def test_the_running_tenant_is_the_default(self, tc_config, tc_tenant, badge, card):
        """`resolve` and `enabled` mean the running tenant unless another one, or none, is given."""
        tc_config(FILES)
        tc_tenant("a")
        assert (tc.resolve(badge).size, tc.resolve(badge, card).size) == (2, 3)
        assert (tc.resolve(badge, tenant=None).size, tc.resolve(badge, card, None).size) == (1, 1)
        assert (tc.resolve(badge, tenant="b").size, tc.enabled(badge, tenant="b")) == (1, True)
        assert (tc.enabled(badge), tc.enabled(badge, card), tc.enabled(badge, tenant=None)) == (False, False, True)

    def test_no_binding_is_needed(self, tc_config, badge):
        """Any class or name may be asked about."""

        class Plain: ...

        tc_config({"models/Plain.toml": "[badge]\nsize = 4\n"}, complete=False)
        assert (tc.resolve(badge, Plain).size, tc.resolve(badge, "Plain").size) == (4, 4)

    def test_what_is_no_trait_is_refused(self, tc_runtime):
        """A class that was not declared with `@tc.trait` cannot be resolved."""
        with pytest.raises(TypeError, match="is not a trait"):
            tc.resolve(tc.TraitBase)

    def test_asking_twice_gives_the_same(self, tc_config, tc_tenant, badge, card):
        """The first look and every later one give one instance, with the tenant given or running."""
        tc_config(FILES)
        tc_tenant("a")
        first = tc.resolve(badge, card)
        assert tc.resolve(badge, card) is tc.resolve(badge, card, "a") is tc.resolve(badge, card, "a") is first
        assert tc.enabled(badge, card, "a") is tc.enabled(badge, card, "a") is False

    def test_a_reader_follows_context_and_reload(self, tc_config, badge, card):
        """`reader` reads what `resolve` reads, for the running tenant and the newest snapshot."""
        runtime = tc_config(FILES)
        read = tc.reader(badge)
        with tc.tenant("a"):
            assert read() is tc.resolve(badge)
            (runtime.paths[0] / "tenants/a.toml").write_text("[badge]\nsize = 8\n", encoding="utf-8")
            runtime.reload()
            assert read().size == 8
        assert read().size == 1


class TestOn:
    def test_it_returns_the_function(self, tc_runtime, badge):
        """The decorated function stays what it was."""

        def hear(event): ...

        assert tc.on("badge.shown")(hear) is hear

    def test_an_unknown_event_is_refused_at_once(self, tc_runtime, badge):
        """A known trait's unknown event is refused, and nothing is remembered for later runtimes."""
        with pytest.raises(LookupError, match="did you mean 'shown'"):
            tc.on("badge.show")(print)
        install(Runtime(environ={}))

    def test_a_priority_orders_subscribers(self, tc_runtime, badge):
        """Lower priorities are called first, also after another configuration."""
        heard = []
        tc.on("badge.shown", priority=5)(lambda event: heard.append("later"))
        tc.on("badge.shown")(lambda event: heard.append("first"))
        install(Runtime(environ={}))
        tc.resolve(badge).shown.emit(object())
        assert heard == ["first", "later"]

    def test_a_pending_name_is_checked_with_the_next_configuration(self, tc_config):
        """An event of a trait that is not known yet is accepted, and refused when the trait turns out to lack it."""
        former = tc_config({})
        tc.on("newcomer.arived")(print)

        @tc.trait(name="newcomer")
        class Newcomer(tc.TraitBase):
            """It came later."""

            arrived = tc.event(doc="It came.")

        with pytest.raises(LookupError, match="did you mean 'arrived'"):
            tc_config({})
        assert tc.process_runtime() is former
