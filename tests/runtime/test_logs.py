from __future__ import annotations

import logging

import pytest

import traitconf as tc
from traitconf.resolve import shadowed
from traitconf.runtime import logs
from traitconf.traits import Auditable

FILES = {"traits.toml": "[auditable]\nretention_days = 90\n[sluggable]\nmax_length = 40\n"}
DAYS = {"TRAITCONF_TRAITS__AUDITABLE__RETENTION_DAYS": "9"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, []),
        (DAYS, ["1 definition of a file has no effect: environment variables are stronger; traitconf lint shows more"]),
        (
            DAYS | {"TRAITCONF_TRAITS__SLUGGABLE__MAX_LENGTH": "9"},
            ["2 definitions of files have no effect: environment variables are stronger; traitconf lint shows more"],
        ),
    ],
)
def test_the_start_says_what_the_environment_shadows(tc_config, caplog, environ, expected):
    """Configuring logs, through `traitconf` at INFO, how many definitions of files have no effect; none is no news."""
    with caplog.at_level(logging.INFO, "traitconf"):
        tc_config(FILES, environ)
    assert [(one.name, one.levelno, one.getMessage()) for one in caplog.records] == [
        ("traitconf", logging.INFO, text) for text in expected
    ]


def test_nothing_is_counted_for_nobody(tc_config, monkeypatch):
    """Where INFO is not heard, the count is not even made."""

    def fail(*_):
        raise AssertionError

    monkeypatch.setattr(shadowed, "environment_shadows", fail)
    level = logs.log.level
    logs.log.setLevel(logging.WARNING)
    try:
        tc_config(FILES, DAYS)
    finally:
        logs.log.setLevel(level)
    assert tc.resolve(Auditable).retention_days == 9


def test_an_application_without_logging_hears_nothing():
    """The logger has a handler that does nothing, so that Python's last resort is never asked."""
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("traitconf").handlers)
