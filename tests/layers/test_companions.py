from __future__ import annotations

import datetime

import pytest

from traitconf.layers.companions import ALONE, Companions, companions_in, moment, moment_text, read_companions

NOON = datetime.datetime(2027, 1, 1, 12, tzinfo=datetime.UTC)
EAST = datetime.timezone(datetime.timedelta(hours=2))


class TestMoment:
    @pytest.mark.parametrize(
        "written",
        [
            NOON,
            NOON.replace(tzinfo=None),
            NOON.replace(hour=14, tzinfo=EAST),
            "2027-01-01T12:00:00Z",
            "2027-01-01 12:00",
            "2027-01-01T14:00+02:00",
        ],
    )
    def test_of_a_date_with_time(self, written):
        """A date with time is taken as it is, in UTC where it names no zone, from TOML's type or as text."""
        assert moment(written) == NOON
        assert moment(written).utcoffset() == datetime.timedelta(0)

    @pytest.mark.parametrize("written", [datetime.date(2027, 1, 1), "2027-01-01"])
    def test_of_a_date(self, written):
        """A date is its midnight in UTC."""
        assert moment(written) == NOON.replace(hour=0)

    @pytest.mark.parametrize("written", [5, True, None, "soon", "", "12:00", datetime.time(1), ["2027-01-01"]])
    def test_of_something_else(self, written):
        """What is no date is refused with a hint."""
        with pytest.raises(ValueError, match="must be a date or a date with time") as caught:
            moment(written)
        assert caught.value.args[1] == "write until = 2027-01-01"

    @pytest.mark.parametrize("written", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
    def test_at_the_ends_of_time(self, written):
        """A moment that UTC has no name for is refused, not a traceback."""
        with pytest.raises(ValueError, match="must be a date"):
            moment(written)

    def test_text(self):
        """Midnight is written as a date, everything else with its time."""
        assert moment_text(moment("2027-01-01")) == "2027-01-01"
        assert moment_text(NOON) == "2027-01-01T12:00:00Z"


class TestCompanions:
    def test_expire_at_their_moment(self):
        """A definition counts until its moment, and no longer when it has come."""
        ends = Companions(until=NOON)
        assert not ends.expired(NOON - datetime.timedelta(microseconds=1))
        assert ends.expired(NOON)
        assert not ALONE.expired(NOON)

    def test_inner_ones_win(self):
        """Those of a table further in complete and replace those further out."""
        outer = Companions(until=NOON, reason="outer", ticket="OPS-1")
        assert Companions(reason="inner").within(outer) == Companions(NOON, "inner", "OPS-1")
        assert ALONE.within(outer) == outer

    def test_are_read(self):
        """The three are read from a table whatever else it holds, with or without a dollar sign."""
        table = {"until": "2027-01-01T12:00", "reason": "why", "ticket": "OPS-1", "value": 5}
        assert read_companions(table) == (Companions(NOON, "why", "OPS-1"), [])
        assert [*companions_in(table)] == ["until", "reason", "ticket"]
        assert read_companions({"$reason": "why", "reason": "data"}, "$") == (Companions(reason="why"), [])

    def test_faults_are_all_told(self):
        """Every companion that cannot be read is told by its key; the others are kept."""
        companions, faults = read_companions({"until": 5, "reason": 3, "ticket": "OPS-1"})
        assert companions == Companions(ticket="OPS-1")
        assert [(key, message) for key, message, _ in faults] == [
            ("until", "'until' must be a date or a date with time, got int"),
            ("reason", "'reason' must be text, got int"),
        ]
