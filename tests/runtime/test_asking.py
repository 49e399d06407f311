from __future__ import annotations

import asyncio
import threading

import pytest

from traitconf.runtime import asking as module
from traitconf.runtime.asking import Asking, TooManyError


@pytest.fixture
def asking():
    """Somebody who asks."""
    asking = Asking()
    yield asking
    asking.close()


def test_a_function_answers(asking):
    """The answer of a plain function is returned, and so is what it raises."""
    assert asking.ask("x", lambda subject: subject * 2, 30) == "xx"
    with pytest.raises(ZeroDivisionError):
        asking.ask("x", lambda subject: 1 // 0, 30)


def test_coroutines_share_one_loop(asking):
    """An async source runs on one event loop for ever, so that its clients stay usable."""

    async def question(subject):
        return asyncio.get_running_loop()

    assert asking.ask("x", question, 30) is asking.ask("y", question, 30)


def test_who_does_not_answer_is_given_up(asking):
    """After the timeout the asker goes on; who asks the same meanwhile waits for the same answer."""
    answer, calls = threading.Event(), []

    def question(subject):
        calls.append(subject)
        answer.wait(30)
        return "late"

    with pytest.raises(TimeoutError):
        asking.ask("x", question, 0.01)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(asking.ask("x", question, 30)))
    thread.start()
    answer.set()
    thread.join()
    assert (answers[0], calls[0]) == ("late", "x")


def test_open_questions_are_bounded(asking, monkeypatch):
    """A source that hangs fills no process with threads: beyond the bound nobody is asked."""
    monkeypatch.setattr(module, "AT_ONCE", 2)
    answer = threading.Event()
    for subject in "xy":
        with pytest.raises(TimeoutError):
            asking.ask(subject, lambda subject: answer.wait(30), 0.01)
    with pytest.raises(TooManyError):
        asking.ask("z", lambda subject: "z", 30)
    monkeypatch.setattr(module, "ABANDONED", 0)
    assert asking.ask("z", lambda subject: "z", 30) == "z"
    answer.set()


def test_a_source_cannot_end_who_asks(asking):
    """What would end a program is an ordinary error for whoever asks."""

    def question(subject):
        raise SystemExit(3)

    with pytest.raises(RuntimeError, match="SystemExit"):
        asking.ask("x", question, 30)
