"""How the demonstration speaks, plainly and on a terminal."""

from __future__ import annotations

import pytest

from traitconf.demo.screen import PlainScreen, RichScreen, open_screen


def test_plain_columns_line_up(capsys):
    """Cells of several lines stay in their column."""
    PlainScreen().table(("name", "values"), [("a", "one\ntwo"), ("longer", "three")])
    assert capsys.readouterr().out.splitlines() == [
        "name    values",
        "------  ------",
        "a       one",
        "        two",
        "longer  three",
    ]


def test_plain_progress_says_when_it_is_done(capsys):
    """Without a terminal there is no bar, only one line."""
    with PlainScreen().progress("work", 3) as advance:
        advance()
    assert capsys.readouterr().out == "work: 3 done\n"


def test_output_that_is_no_terminal_is_plain(capsys):
    """A pipe gets plain text, whether colours are available or not."""
    assert isinstance(open_screen(plain=False), PlainScreen)
    assert isinstance(open_screen(plain=True), PlainScreen)


def test_text_is_never_taken_for_markup(capsys):
    """What looks like markup in a title or quote is shown as it is."""
    pytest.importorskip("rich", reason="rich is not installed: the coloured screen cannot be tested")
    screen = RichScreen()
    screen.heading("The [bold] statement")
    screen.say("[red]not red[/red]")
    screen.quote("error[TC101]: [a]")
    screen.table(("number", "text"), [("1", "[b]")])
    with screen.progress("work", 1) as advance:
        advance()
    out = capsys.readouterr().out
    for text in ("The [bold] statement", "[red]not red[/red]", "error[TC101]: [a]", "[b]"):
        assert text in out
