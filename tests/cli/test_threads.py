"""Work that is handed to threads without the running context, found in source text."""

from __future__ import annotations

import pytest

from traitconf.cli.threads import handovers

HEAD = """\
import asyncio, contextvars, threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import traitconf as tc
def work(x): ...
@tc.propagate
def carried(x): ...
copied = tc.propagate(work)
context = contextvars.copy_context()
pool = ThreadPoolExecutor()
others = ProcessPoolExecutor()
"""
SENDER = """\
class Sender:
    def __init__(self):
        self.pool = ThreadPoolExecutor()
    def go(self):
        self.pool.submit(self.send)
"""


@pytest.fixture
def found(tmp_path):
    """A function that returns what is found in a text below the head: the work that is handed over, by line."""

    def find(text):
        file = tmp_path / "module.py"
        file.write_text(HEAD + text, encoding="utf-8")
        lines = (HEAD + text).splitlines()
        problems = handovers(file)
        assert all((one.code, one.severity.value) == ("TC645", "warning") for one in problems)
        return [lines[one.origin.line - 1][one.origin.column - 1 :] for one in problems]

    return find


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("pool.submit(work, 1)", "work, 1)"),
        ("pool.map(work, [1])", "work, [1])"),
        ("with ThreadPoolExecutor(4) as workers:\n    workers.submit(work)", "work)"),
        (SENDER, "self.send)"),
        ("def go(given: ThreadPoolExecutor):\n    given.submit(lambda: work(1))", "lambda: work(1))"),
        ("async def go():\n    await asyncio.get_running_loop().run_in_executor(None, work, 1)", "work, 1)"),
        ("threading.Thread(target=work, args=(1,))", "work, args=(1,))"),
        ("mine: ThreadPoolExecutor = ThreadPoolExecutor()\nmine.submit(work)", "work)"),
    ],
)
def test_bare_work_is_found(found, text, at):
    """Each way to hand work to a thread is found, at the work itself."""
    assert found(text) == [at]


@pytest.mark.parametrize(
    "text",
    [
        "pool.submit(tc.propagate(work), 1)",
        "pool.submit(carried, 1)",
        "pool.submit(copied, 1)",
        "pool.submit(context.run, work, 1)",
        "pool.submit(contextvars.copy_context().run, work, 1)",
        "threading.Thread(target=tc.propagate(work))",
        "threading.Thread()",
        "others.submit(work, 1)",
        "form.submit(work)",
        "list(map(work, [1]))",
        "asyncio.to_thread(work, 1)",
    ],
)
def test_work_that_takes_the_context_along_is_well(found, text):
    """Propagated work, a copy of the context, other pools and things that only look alike are not reported."""
    assert found(text) == []


def test_what_cannot_be_read_has_no_problems(tmp_path):
    """A missing file, and one that is no Python, are passed over."""
    (tmp_path / "bad.py").write_text("def (", encoding="utf-8")
    (tmp_path / "nul.py").write_bytes(b"a\0")
    assert [handovers(tmp_path / name) for name in ("none.py", "bad.py", "nul.py")] == [[], [], []]
