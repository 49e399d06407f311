from __future__ import annotations

import pytest

import traitconf as tc
from report import Reported, Sales, main, report_for


def test_every_tenant_has_its_report(tc_runtime, capsys):
    """Without arguments the script goes through the tenants of the configuration."""
    main([])
    assert capsys.readouterr().out == "SALES OF ACME\n  5\n  3\nReport\n  5\n  3\n  2\n  1\n"


def test_options_can_be_tried_out(tc_runtime, tc_override):
    """An override changes what the code under test sees, until the end of the test."""
    tc_override({"reported.rows": 1, "reported.shout": False})
    with tc.tenant("acme"):
        assert Sales((5, 3)).report() == "Sales of Acme\n  5"


@pytest.mark.parametrize(("tenant", "rows"), [("acme", 2), ("globex", 4), (None, 2)])
def test_the_configuration_says_what_was_meant(tc_runtime, tenant, rows):
    """Values of the real files, resolved as the program does."""
    assert tc.resolve(Reported, Sales, tenant).rows == rows
    assert tc.explain("reported.rows", tenant=tenant).value == rows


def test_a_file_of_the_test_itself(tc_config):
    """A test may bring its own configuration."""
    tc_config({"tenants/initech.toml": '[reported]\ntitle = "TPS"\nrows = 1\n'})
    assert report_for("initech") == "TPS\n  5"


def test_a_slip_is_found(tc_config):
    """A wrong file is refused with its place before anything runs."""
    with pytest.raises(tc.ConfigError) as caught:
        tc_config({"traits.toml": "[reported]\nrowz = 2\n"})
    assert [problem.hint for problem in caught.value.problems] == ["did you mean 'rows'?"]
