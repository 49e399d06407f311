"""The application's module: who names it, and what happens when it cannot be imported."""

from __future__ import annotations

import pytest


def test_three_places_may_name_it(shop, traitconf):
    """--app beats TRAITCONF_APP, and that beats the option runtime.app."""
    shop.write({"config/runtime.toml": 'app = "missing_one"\n', "config/zz.toml": "[telepathic]\nfuzzy = true\n"})
    words = ("get", "telepathic.fuzzy")
    assert traitconf(*words, TRAITCONF_APP="shop").out == "true\n"
    assert traitconf(*words, "--app", "shop", TRAITCONF_APP="missing_two").out == "true\n"
    ended = traitconf(*words)
    assert ended.code == 4
    assert "error[TC614]: there is no module 'missing_one'" in ended.err
    assert "  --> config/runtime.toml:1:1" in ended.err


def test_an_empty_name_takes_none(handbook, cli):
    """`--app ""` works without the application that the configuration names."""
    handbook.write({"config/runtime.toml": 'app = "missing_one"\n'})
    assert cli("get", "auditable.enabled").code == 4
    assert cli("get", "auditable.enabled", "--app", "").out == "true\n"


def test_the_option_may_come_from_a_variable_or_a_whole_document(shop, traitconf):
    """`runtime.app` is read wherever options are: in a whole document, a local file, or a variable."""
    shop.write(
        {"config/all.toml": '[runtime]\napp = "missing_one"\n', "config/zz.toml": "[telepathic]\nfuzzy = true\n"}
    )
    words = ("get", "telepathic.fuzzy")
    assert "missing_one" in traitconf(*words).err
    assert traitconf(*words, TRAITCONF_RUNTIME__APP="shop").out == "true\n"
    shop.write({"config/runtime.local.toml": 'app = "shop"\n'})
    assert traitconf(*words).out == "true\n"


def test_what_it_prints_goes_aside(shop, traitconf):
    """Output of the application while it is imported does not mix with data."""
    shop.write({"loud.py": "print('hello')\nimport shop\n"})
    ended = traitconf("get", "auditable.enabled", "--app", "loud")
    assert (ended.code, ended.out, ended.err) == (0, "true\n", "hello\n")


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("nowhere", "there is no module 'nowhere'", "it is looked for in the working directory"),
        ("json.nowhere", "there is no module 'json.nowhere'", "it is looked for in the working directory"),
        ("models.py", "there is no module", "name it as Python imports it: models"),
        ("src/app-one.py", "'src/app-one.py' is not the name of a module", "name it as Python imports it: src.app_one"),
        ("shop:Leaflet", "'shop:Leaflet' is not the name of a module", "name it as Python imports it: shop"),
    ],
)
def test_a_module_that_is_not_there_is_a_fault(handbook, cli, name, message, hint):
    """A name that leads nowhere is a coded problem with a hint, and 4 is the code."""
    ended = cli("get", "auditable.enabled", "--app", name)
    assert (ended.code, ended.out) == (4, "")
    assert f"error[TC614]: {message}" in ended.err
    assert hint in ended.err
    assert f"  --> --app {name}" in ended.err


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("\ndef f():\n    raise KeyError('x')\n\nf()\n", "KeyError: 'x'", 3),
        ("a = 1\nb = = 2\n", "SyntaxError: invalid syntax", 2),
        ("import sys\nsys.exit('enough')\n", "SystemExit: enough", 2),
        ("\n\nimport not_installed_at_all\n", "ModuleNotFoundError: No module named 'not_installed_at_all'", 3),
    ],
)
def test_a_module_that_fails_is_a_fault_with_its_line(handbook, traitconf, text, message, line):
    """An exception of the application is shown with the line that raised it, and without a traceback."""
    handbook.write({"failing_app.py": text})
    ended = traitconf("validate", "--app", "failing_app")
    assert ended.code == 4
    assert f"error[TC614]: importing 'failing_app' failed: {message}" in ended.out
    assert f"  --> failing_app.py:{line}" in ended.out
    assert "Traceback" not in ended.out + ended.err


def test_the_traceback_is_there_for_those_who_ask(handbook, traitconf):
    """With --traceback the application's own traceback is shown."""
    handbook.write({"failing_app.py": "raise KeyError('x')\n"})
    assert "Traceback (most recent call last)" in traitconf("about", "--app", "failing_app", "--traceback").err


def test_wrong_traits_are_shown_with_their_own_problems(handbook, traitconf):
    """A module that defines a trait wrongly shows the fault of the trait, with its line."""
    handbook.write(
        {"wrong.py": "import traitconf as tc\nfrom traitconf.traits import Auditable\n\nAuditable(dayz=3)\n"}
    )
    ended = traitconf("validate", "--app", "wrong")
    assert ended.code == 4
    assert "error[TC101]: unknown option 'auditable.dayz'" in ended.out
    assert "  --> wrong.py:4" in ended.out


def test_faults_of_configuration_and_application_are_shown_together(handbook, cli):
    """That the application is missing hides no fault of a file; names that it may define are not complained about."""
    handbook.write({"config/zz.toml": "[auditable]\nretention_dayz = 1\n\n[telepathic]\nfuzzy = true\n"})
    out = cli("validate", "--app", "nowhere").out
    assert "error[TC614]" in out
    assert "error[TC101]" in out
    assert "telepathic" not in out
