"""`traitconf events list`, `tail` and `orphans`."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

APPLICATION = '''\
from __future__ import annotations

import traitconf as tc


@tc.trait(name="bookable")
class Bookable(tc.TraitBase):
    """Book a seat."""

    booked = tc.event(doc="A seat was booked; `seat`.")
    missed = tc.event(doc="Nobody came.")

    @tc.operation()
    def book(self, host, seat, *, price=0):
        """Book one seat."""
        self.booked.emit(host, seat=seat)
        return seat


@tc.use(Bookable)
class Show:
    pass


@tc.on("bookable.book.before", tenant="acme", priority=3)
def check(event):
    if event.payload["seat"] == "stage":
        return tc.Veto("that is the stage")


@tc.on("bookable.*", model=Show)
def note(event):
    pass
'''
MISSPELT = """
@tc.on("bookabel.booked")
def forgotten(event):
    pass
"""
JOURNAL = {"config/runtime.toml": '[events]\njournal = "run/events.jsonl"\n'}
PLAY = """\
import traitconf as tc
import theatre

tc.configure("config/")
show = theatre.Show()
with tc.tenant("acme"):
    show.book("a1")
    try:
        show.book("stage")
    except tc.Veto:
        pass
with tc.tenant("zen"):
    show.book("stage")
"""


def data(ended):
    """Return the data of a JSON reply."""
    return json.loads(ended.out)["data"]


@pytest.fixture
def theatre(project):
    """A project with an application that books seats, and keeps a journal."""
    project.write({"theatre.py": APPLICATION, "play.py": PLAY, **JOURNAL})
    return project


@pytest.fixture
def played(theatre):
    """The same after the application has run, in a process of its own."""
    subprocess.run([sys.executable, "play.py"], check=True)
    return theatre


class TestList:
    def test_events_with_phases_payload_and_subscribers(self, theatre, traitconf):
        """A line has the event with its phases, what is in the payload, what it says, and who subscribes."""
        found = {one["name"]: one for one in data(traitconf("events", "list", "--app", "theatre", "--json"))}
        book = found["bookable.book"]
        assert book["phases"] == ["before", "after", "failed", "denied", "committed"]
        assert (book["payload"], book["doc"], book["kind"]) == (["seat", "price"], "Book one seat.", "operation")
        (check,) = book["subscribers"]
        assert (check["subscriber"], check["tenants"], check["priority"]) == ("theatre.check", ["acme"], 3)
        (note,) = found["bookable.booked"]["subscribers"]
        assert (note["pattern"], note["model"]) == ("bookable.*", "Show")
        assert note["origin"].endswith("theatre.py:31")
        assert found["auditable.recorded"]["subscribers"] == []
        assert found["traitconf.config.changed"]["kind"] == "framework"

    def test_text(self, theatre, traitconf):
        """People get a table."""
        lines = traitconf("events", "list", "bookable.**", "--app", "theatre").out.splitlines()
        assert lines[0].split() == ["EVENT", "PAYLOAD", "SAYS", "SUBSCRIBERS"]
        (book,) = [line for line in lines if line.startswith("bookable.book.{")]
        assert "before,after,failed,denied,committed" in book
        assert "seat, price" in book
        assert "theatre.check" in book

    def test_a_name(self, theatre, cli, traitconf):
        """A name or pattern lists some only; one that means nothing is refused with a suggestion."""
        assert [one["name"] for one in data(cli("events", "list", "auditable.*", "--json"))] == ["auditable.recorded"]
        ended = cli("events", "list", "auditable.recorder")
        assert ended.code == 2
        assert "did you mean 'auditable.recorded'?" in ended.err


class TestOrphans:
    def test_events_that_nobody_hears(self, theatre, traitconf):
        """Events without subscriber are listed, and no fault."""
        ended = traitconf("events", "orphans", "--app", "theatre")
        assert ended.code == 0
        assert "bookable.booked" not in ended.out
        assert "auditable.recorded  nobody subscribes" in ended.out

    def test_subscriptions_to_nothing(self, theatre, traitconf):
        """A subscription to a name that nobody declares ends with exit code 1, with the function."""
        theatre.write({"theatre.py": APPLICATION + MISSPELT})
        ended = traitconf("events", "orphans", "--app", "theatre", "--json")
        assert ended.code == 1
        (one,) = data(ended)["subscriptions"]
        assert (one["pattern"], one["subscriber"]) == ("bookabel.booked", "theatre.forgotten")
        (problem,) = json.loads(ended.out)["diagnostics"]
        assert (problem["code"], "theatre.forgotten" in problem["message"]) == ("TC730", True)

    def test_without_application(self, theatre, traitconf):
        """Without an application it says that it knows no subscriptions."""
        assert "No application is imported" in traitconf("events", "orphans").err


class TestTail:
    def test_what_an_application_did(self, played, traitconf):
        """The last events of another process are shown, with tenant, model and the names of the payload."""
        lines = traitconf("events", "tail", "--no-follow").out.splitlines()
        assert [line.split()[1:4] for line in lines] == [
            ["bookable.book.before", "Show", "tenant=acme"],
            ["bookable.booked", "Show", "tenant=acme"],
            ["bookable.book.after", "Show", "tenant=acme"],
            ["bookable.book.committed", "Show", "tenant=acme"],
            ["bookable.book.denied", "Show", "tenant=acme"],
            ["bookable.book.before", "Show", "tenant=zen"],
            ["bookable.booked", "Show", "tenant=zen"],
            ["bookable.book.after", "Show", "tenant=zen"],
            ["bookable.book.committed", "Show", "tenant=zen"],
        ]
        assert "seat=…" in lines[0]
        assert "error=Veto" in lines[4]

    def test_some(self, played, traitconf):
        """Pattern, tenant and number choose what is shown, in JSON too."""
        ended = traitconf("events", "tail", "**.after", "--tenant", "zen", "--json")
        assert [(one["name"], one["tenant"]) for one in data(ended)] == [("bookable.book.after", "zen")]
        assert len(data(traitconf("events", "tail", "--lines", "3", "--json"))) == 3

    def test_following(self, played):
        """What happens while the command runs is shown as it comes, also after a full journal was put aside."""
        words = [sys.executable, "-u", "-m", "traitconf", "events", "tail", "later.**", "--lines", "0"]
        journal, done = played.directory / "run/events.jsonl", threading.Event()

        def go_on():
            number = 0
            while not done.wait(0.05):
                number += 1
                if number % 10 == 0:
                    journal.rename(journal.with_name("events.jsonl.1"))
                with journal.open("a") as file:
                    file.write(json.dumps({"name": f"later.number{number}", "tenant": "acme"}) + "\n")

        writer = threading.Thread(target=go_on)
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as tail:
            writer.start()
            try:
                lines = [tail.stdout.readline().split() for _ in range(25)]
            finally:
                done.set()
                writer.join()
                tail.kill()
        numbers = [int(line[0].removeprefix("later.number")) for line in lines]
        assert numbers == [*range(numbers[0], numbers[0] + 25)]

    def test_without_journal(self, project, cli):
        """Where no journal is kept, the command says how to keep one."""
        project.write({"config/traits.toml": ""})
        ended = cli("events", "tail")
        assert ended.code == 2
        assert 'journal = "run/events.jsonl"' in ended.err

    def test_a_torn_journal(self, theatre, cli):
        """Lines that are no events are passed over."""
        theatre.write({"run/events.jsonl": '{"name": "a.b"}\n{"name": \n[]\nnothing\n{"name": "c.d", "tenant": "x"}'})
        assert [one["name"] for one in data(cli("events", "tail", "--json"))] == ["a.b", "c.d"]
