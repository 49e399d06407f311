"""`traitconf lint`: what a configuration may say, and yet probably should not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command, report_options
from traitconf.cli.rule import complete_code

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import Session
    from traitconf.errors import Problem
    from traitconf.resolve.lint import Surroundings

HELP: Final = """Show what is allowed and yet doubtful: definitions without effect, forgotten forces, secrets in git.

Exits with 1 when there are warnings, with 0 when there are none, with 4 when the configuration is invalid. Notes,
such as active forces and locks, are listed and do not count, unless --fail-on note says so. What `validate` warns of
is listed as well.

PATHS are directories or files, the weakest first, as with --config. CODE may be the beginning of some: TC3. With
--app, also what concerns models and decorators is looked at. `traitconf rule CODE` says more about a code.

\b
Examples:
  traitconf lint
  traitconf lint config/ --ignore TC304
  traitconf lint --app shop.models --select TC306,TC307 --json
  traitconf lint --format github
"""
CODES: Final[dict[str, Any]] = {"multiple": True, "metavar": "CODE", "shell_complete": complete_code}


@command("lint", HELP)
@report_options
@click.option("--select", **CODES, help="Show only these codes; several by commas, or by saying it again.")
@click.option("--ignore", **CODES, help="Leave these codes out.")
@click.option(
    "--fail-on",
    type=click.Choice(("warning", "note")),
    default="warning",
    help="Exit with 1 for warnings only, or for notes as well. [warning]",
)
def run(asked: Asked, select: Sequence[str], ignore: Sequence[str], fail_on: str) -> Reply:
    """Look for what is doubtful.

    Args:
        asked: where the configuration is.
        select: the only codes that are shown.
        ignore: the codes that are left out.
        fail_on: the least severity that counts as a finding.
    """
    from traitconf.cli.exit_code import ExitCode
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import look
    from traitconf.types import Severity

    selected, ignored = known_codes(select), known_codes(ignore)
    with look(asked) as session:
        if session.is_broken:
            data = _data(session, session.problems)
            return Reply(data, lambda: _summary(data), session.problems, ExitCode.INVALID, None, "data")
        found = [one for one in _findings(session) if is_wanted(one, selected, ignored)]
        counts = any(one.severity is Severity.WARNING or fail_on == "note" for one in found)
        data = _data(session, found)
        code = ExitCode.FINDINGS if counts else ExitCode.DONE
        return Reply(data, lambda: _summary(data), tuple(found), code, session.generation, "data")


def known_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Return codes, or beginnings of codes, as they are compared.

    Args:
        codes: as they were typed, perhaps several by commas.

    Raises:
        UsageFault: for one that no rule has.
    """
    from traitconf.cli.rule import unknown_code
    from traitconf.errors.rules import RULES

    found = tuple(part.strip().upper() for code in codes for part in code.split(",") if part.strip())
    for code in found:
        if not (code.startswith("TC") and any(known.startswith(code) for known in RULES)):
            raise unknown_code(code)
    return found


def is_wanted(problem: Problem, selected: tuple[str, ...], ignored: tuple[str, ...]) -> bool:
    """Whether a problem is to be shown.

    Args:
        problem: the problem.
        selected: the only codes that are; none for all.
        ignored: the codes that are not.
    """
    is_selected = not selected or problem.code.startswith(selected)
    return is_selected and not (ignored and problem.code.startswith(ignored))


def _findings(session: Session) -> list[Problem]:
    from traitconf.cli.progress import working
    from traitconf.resolve.check import unique
    from traitconf.resolve.lint import lint, place_of
    from traitconf.schema.catalog import catalog

    assert session.snapshot is not None
    with working("looking for doubtful definitions"):
        found = lint(session.snapshot.resolver, catalog, _surroundings(session))
    tracked = {place_of(one)[:-1] for one in found if one.code == "TC310"}
    others = (one for one in session.problems if one.code != "TC401" or place_of(one)[:-1] not in tracked)
    return unique(sorted([*others, *found], key=place_of))


def _surroundings(session: Session) -> Surroundings:
    from traitconf.bind.view import traits_of
    from traitconf.layers.tracked import tracked_files
    from traitconf.resolve.lint import Surroundings
    from traitconf.schema.spec import spec_of

    return Surroundings(
        local=frozenset(session.files(only_local=True)),
        tracked=tracked_files(session.place.paths),
        bound=lambda cls: [spec_of(trait).name for trait in traits_of(cls)],
    )


def _data(session: Session, found: Sequence[Problem]) -> dict[str, Any]:
    severities = Counter(problem.severity.value for problem in found)
    files = {problem.origin.file for problem in found if problem.origin and problem.origin.file}
    return {
        **{f"{name}s": severities[name] for name in ("error", "warning", "note")},
        "files": len(session.files()),
        "faulty_files": len(files),
        "application": session.application.module or None,
        "codes": dict(sorted(Counter(problem.code for problem in found).items())),
    }


def _summary(data: dict[str, Any]) -> str:
    from traitconf.cli.terminal import pairs
    from traitconf.cli.wording import counted, listed
    from traitconf.errors.rules import RULES

    checked = f"{counted(data['files'], 'file')} checked"
    kinds = [kind for kind in ("error", "warning", "note") if data[f"{kind}s"]]
    if not kinds:
        return f"nothing doubtful ({checked})"
    width = len(str(max(data["codes"].values())))
    lines = [(code, f"{count:{width}}  {RULES[code].title}") for code, count in data["codes"].items() if code in RULES]
    where = f" in {counted(data['faulty_files'], 'file')}" if data["faulty_files"] else ""
    found = listed(counted(data[f"{kind}s"], kind) for kind in kinds)
    return f"{pairs(lines)}\n\n{found}{where} ({checked}); traitconf rule CODE says more"
