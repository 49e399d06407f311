from __future__ import annotations

import logging
import threading

import pytest

import traitconf as tc
from traitconf.schema import logger as loggers
from traitconf.schema.logger import redacted


@pytest.fixture
def page(tc_runtime):
    """A trait that logs."""

    @tc.trait(name="page")
    class Page(tc.TraitBase):
        """Give pages."""

        @tc.operation()
        def render(self, host, text):
            if not text:
                raise ValueError(text)
            self.logger.info("rendered %s", text, host=host, words=2)

    return Page


@pytest.fixture
def host(page):
    """An object that has the trait."""

    @tc.use(page)
    class Host:
        title, password, api_token = "One", "hunter2", "t0ken"

    return Host()


@pytest.fixture
def lines(caplog):
    """What was logged, each with its fields."""
    caplog.set_level(logging.DEBUG, "traitconf.trait")

    def of():
        found = []
        for record in caplog.records:
            fields = {name: value for name, value in vars(record).items() if name.startswith("tc_")}
            found.append((record.levelname, record.getMessage(), fields))
        return found

    return of


def test_a_line_says_for_whom(host, lines):
    """Trait, model, tenant, actor and request are fields of every line, and the caller's own beside them."""
    with tc.context(tenant="acme", actor=tc.Actor("u1", "Ada"), request_id="r9"):
        host.render("x")
    host.render("y")
    about = {"tc_trait": "page", "tc_model": "Host", "tc_words": 2}
    assert lines() == [
        ("INFO", "rendered x", {**about, "tc_tenant": "acme", "tc_actor": "u1", "tc_request_id": "r9"}),
        ("INFO", "rendered y", about),
    ]


def test_the_line_is_the_callers(host, caplog, lines):
    """File and function of a record are those of the code that logs."""
    host.render("x")
    assert [(record.filename, record.funcName) for record in caplog.records] == [("test_logger.py", "render")]


def test_fields_are_never_those_of_a_record(page, lines):
    """A field may be called name, args or message: standard logging refuses those, the prefix does not."""
    tc.resolve(page).logger.warning("odd", name="x", args=1, message="m", extra={"module": "z"})
    ((_, _, fields),) = lines()
    assert fields == {"tc_trait": "page", "tc_name": "x", "tc_args": 1, "tc_message": "m", "tc_module": "z"}


def test_secrets_are_dots(page, host, lines):
    """What is a Secret, and what has the name of one, is never in a record, however deep it lies."""
    more = {"user": "ada", "Authorization": "Bearer x", "inner": [{"db_password": "x"}], "key": tc.Secret("x")}
    with tc.override({"page.log.fields": ("title", "password", "api_token", "absent")}):
        tc.resolve(page, type(host)).logger.info("hello", host=host, more=more, cookie="c", value=tc.Secret("x"))
    ((_, _, fields),) = lines()
    hidden = {"tc_password": "•••", "tc_api_token": "•••", "tc_cookie": "•••", "tc_value": "•••"}
    inner = {"user": "ada", "Authorization": "•••", "inner": [{"db_password": "•••"}], "key": "•••"}
    assert fields == {"tc_trait": "page", "tc_model": "Host", "tc_title": "One", "tc_more": inner, **hidden}


@pytest.mark.parametrize(
    "name", ["password", "passwd", "client_secret", "access_token", "apikey", "api_key", "private_key", "db_pw", "pwd"]
)
def test_names_of_secrets(name):
    """What people call a secret is known as one."""
    assert redacted("x", name) == "•••"
    assert redacted({name: "x"}) == {name: "•••"}


@pytest.mark.parametrize("name", ["passenger", "compass", "keyboard", "author", "primary_key", "power"])
def test_names_of_no_secrets(name):
    """What only looks like one is shown."""
    assert redacted("x", name) == "x"


def test_what_contains_itself_ends():
    """A list that holds itself is cut off, not followed for ever."""
    loop = []
    loop.append(loop)
    assert "•••" in repr(redacted(loop))


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", ["DEBUG", "INFO", "WARNING", "ERROR"]), ("info", ["INFO", "WARNING", "ERROR"]), ("off", [])],
)
def test_the_level_is_an_option(page, lines, level, heard):
    """`log.level` is the lowest level that is written, for each model and tenant; `off` writes nothing."""
    with tc.override({"page.log.level": level}):
        logger = tc.resolve(page).logger
        for name in ("debug", "info", "warning", "error"):
            getattr(logger, name)("x")
    assert [name for name, _, _ in lines()] == heard


def test_a_sample_never_leaves_out_a_warning(page, lines, monkeypatch):
    """`log.sample` is the share of the lines below WARNING that are written."""
    draws = iter([0.1, 0.9])
    monkeypatch.setattr(loggers.random, "random", lambda: next(draws))
    with tc.override({"page.log.sample": 0.5}):
        logger = tc.resolve(page).logger
        logger.info("first")
        logger.info("second")
        logger.warning("third")
    assert [text for _, text, _ in lines()] == ["first", "third"]


def test_operations_are_logged_at_debug(host, lines):
    """At `debug` every call of an operation has a line with its outcome and time; arguments are not in it."""
    host.render("x")
    with tc.override({"page.log.level": "debug"}), tc.tenant("acme"):
        host.render("hidden argument")
        with pytest.raises(ValueError, match=r"^$"):
            host.render("")
    found = [(text, fields) for level, text, fields in lines() if level == "DEBUG"]
    assert [text for text, _ in found] == ["page.render: ok", "page.render: ValueError"]
    assert all(fields["tc_duration_ms"] >= 0 for _, fields in found)
    assert [fields["tc_tenant"] for _, fields in found] == ["acme", "acme"]
    assert "hidden" not in repr(found)


def test_no_line_is_of_another_tenant(host, lines):
    """Of a thousand lines of two tenants in four threads, each has the tenant that it speaks of."""
    gate = threading.Barrier(4)

    def work(tenant):
        with tc.tenant(tenant):
            gate.wait()
            for _ in range(250):
                host.render(tenant)

    threads = [threading.Thread(target=work, args=(tenant,)) for tenant in ("acme", "globex") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = lines()
    assert len(found) == 1000
    assert all(text == f"rendered {fields['tc_tenant']}" for _, text, fields in found)


def test_a_trait_that_nobody_resolved_logs_too(page, lines):
    """Outside of a runtime there is only the trait to tell of."""
    page().logger.info("hello")
    assert lines() == [("INFO", "hello", {"tc_trait": "page"})]
