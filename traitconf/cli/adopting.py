"""What `traitconf adopt` writes: a module that adopts, and a configuration in which the new traits are in shadow."""

from __future__ import annotations

import contextlib
import difflib
import fnmatch
import hashlib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from traitconf.bind.adopt import adopting_problems
from traitconf.bind.survey import Candidate, Survey, asked_by, survey
from traitconf.cli.asked import Asked
from traitconf.cli.session import Session, look
from traitconf.errors import ConfigError, Problem
from traitconf.schema.catalog import catalog
from traitconf.types import Origin, Severity, Source, shown_path

MARK: Final = "written by traitconf adopt apply"
CONFIGURATION: Final = "adopted.toml"
_MODULE_HEAD: Final = '''\
"""Mixins of other packages that are traits here; import this module where the application starts."""

from __future__ import annotations

import traitconf as tc
'''
_CONFIGURATION_HEAD: Final = """\
# In shadow a trait changes nothing: tc.shadow_report() says what it would.
# Delete its table when the report is as you want it.
"""
_TARGET: Final = re.compile(r'^ *(?:tc\.adopt\()?"([^"]+)",', re.MULTILINE)


@contextlib.contextmanager
def surveyed(asked: Asked, package: str) -> Iterator[tuple[Survey, Session]]:
    """Return a block in which the mixins of a package are known, the application being imported.

    Args:
        asked: where the configuration is.
        package: name of the package.

    Raises:
        ConfigError: when the package cannot be imported.
    """
    with look(asked, may_be_absent=True) as session:
        directory = str(Path.cwd())
        if directory not in sys.path:
            sys.path.insert(0, directory)
        yield survey(package, asked_by(package)), session


def told_of(session: Session) -> tuple[Problem, ...]:
    """Return what is worth saying of the configuration: its errors; traits that are not adopted yet are none.

    Args:
        session: where the configuration is.
    """
    return tuple(problem for problem in session.problems if problem.is_error)


@attrs.frozen
class Written:
    """A file as it would be.

    Attributes:
        path: of the file.
        text: what it would hold.
        former: what it holds, `None` where it does not exist.
    """

    path: Path
    text: str
    former: str | None

    @property
    def is_pending(self) -> bool:
        """Whether it would change."""
        return self.text != self.former

    def diff(self) -> str:
        """Return the difference as a unified diff."""
        name = shown_path(str(self.path))
        before = "/dev/null" if self.former is None else name
        lines = difflib.unified_diff(
            (self.former or "").splitlines(), self.text.splitlines(), before, name, lineterm=""
        )
        return "\n".join(lines)

    def conflict(self) -> Problem | None:
        """Return why it must not be written: somebody else's work stands there."""
        if self.former is None or self.path.suffix != ".py" or _is_ours(self.former):
            return None
        changed = MARK in self.former.partition("\n")[0]
        how = "was changed by hand since it was written" if changed else "was written by somebody else"
        text = f"{shown_path(str(self.path))} {how}, and would be overwritten"
        hint = "move it away, or write to another file: --to"
        return Problem("TC652", text, Origin(Source.FILE, str(self.path), 1), hint=hint)


@attrs.frozen(eq=False)
class AdoptionPlan:
    """What adopting the mixins of a package takes.

    Attributes:
        chosen: the mixins, by the name of the trait.
        skipped: why others are left out.
        files: the files.
    """

    chosen: dict[str, Candidate]
    skipped: tuple[Problem, ...]
    files: tuple[Written, ...]

    @property
    def pending(self) -> list[Written]:
        """The files that would change."""
        return [file for file in self.files if file.is_pending]

    @property
    def conflicts(self) -> tuple[Problem, ...]:
        """Why files must not be written."""
        found = (file.conflict() for file in self.pending)
        return tuple(problem for problem in found if problem is not None)


def planned(found: Survey, session: Session, only: Sequence[str], also: Sequence[str], to: str) -> AdoptionPlan:
    """Return what adopting the mixins of a package takes.

    Args:
        found: the mixins.
        session: where the configuration is.
        only: globs of class names; all when there is none.
        also: names with an underscore that are wanted.
        to: path of the module.
    """
    chosen: dict[str, Candidate] = {}
    skipped: list[Problem] = []
    for one in found.candidates:
        if only and not any(fnmatch.fnmatchcase(one.cls.__qualname__, pattern) for pattern in only):
            continue
        name = one.trait if one.adopted else _free(one, chosen)
        problems = [] if one.adopted else _problems(one, name, also)
        if problems:
            skipped += [attrs.evolve(problem, severity=Severity.WARNING) for problem in problems]
        else:
            chosen[name] = one
    if not chosen:
        return AdoptionPlan(chosen, tuple(skipped), ())
    path, former = Path(to), _former(Path(to))
    module = Written(path, _marked(_module(_blocks(former) | _calls(chosen, also))), former)
    known = [name for name in chosen if former is not None and f'as_trait="{name}"' in former]
    new = [name for name in chosen if name not in known]
    directory = next((path for path in session.place.paths if not path.is_file()), None)
    if directory is None:
        return AdoptionPlan(chosen, (*skipped, *_unshadowed(new)), (module,))
    return AdoptionPlan(chosen, tuple(skipped), (module, _configuration(directory / CONFIGURATION, new)))


def _unshadowed(names: Sequence[str]) -> Iterator[Problem]:
    """Say what to do where the configuration is a single file, which is not ours to change."""
    if names:
        text = f"the configuration is no directory, so nothing says that {', '.join(names)} begin in shadow"
        hint = f"write shadow = true under [traits.{names[0]}]"
        yield Problem("TC652", text, severity=Severity.WARNING, hint=hint)


def write(plan: AdoptionPlan) -> None:
    """Write the files of a plan, each whole or not at all.

    Args:
        plan: one without conflicts.

    Raises:
        ConfigError: when a file cannot be written (TC652).
    """
    for file in plan.pending:
        draft = file.path.with_name(f".{file.path.name}.draft")
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(file.text, encoding="utf-8")
            draft.replace(file.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            text = f"{shown_path(str(file.path))} cannot be written: {error.strerror or error}"
            raise ConfigError([Problem("TC652", text, Origin(Source.FILE, str(file.path)))]) from None


def _problems(one: Candidate, name: str, also: Sequence[str]) -> list[Problem]:
    options, methods = tuple(one.attributes(also)), tuple(one.methods(also))
    return adopting_problems(one.cls, name, options, methods, asked_by(one.target))


def _free(one: Candidate, chosen: dict[str, Candidate]) -> str:
    """Return a name that no trait has yet."""
    taken = {*catalog.names(), *chosen}
    if one.trait not in taken:
        return one.trait
    prefixed = f"{one.cls.__module__.partition('.')[0].strip('_').lower()}_{one.trait}"
    return next(name for name in (prefixed, *(f"{prefixed}_{n}" for n in range(2, 1000))) if name not in taken)


def _module(blocks: Mapping[str, str]) -> str:
    return "\n\n".join((_MODULE_HEAD, *blocks.values())) + "\n"


def _blocks(former: str | None) -> dict[str, str]:
    """Return what the module holds already, by the class: what was adopted stays so."""
    body = (former or "").partition(_MODULE_HEAD)[2].strip("\n")
    found = ((_TARGET.search(block), block) for block in body.split("\n\n") if block)
    return {match[1]: block for match, block in found if match is not None}


def _calls(chosen: Mapping[str, Candidate], also: Sequence[str]) -> dict[str, str]:
    return {one.target: "\n".join((*_comments(one, also), *_call(name, one, also))) for name, one in chosen.items()}


def _comments(one: Candidate, also: Sequence[str]) -> Iterator[str]:
    options = [f"{name} ({offer.option})" for name, offer in one.attributes(also).items()]
    for title, names in (("options", options), ("methods", list(one.methods(also)))):
        if names:
            yield f"# {title}: {', '.join(names)}"
    if rest := [name for name in one.private() if name not in also]:
        yield f"# not adopted, because they begin with an underscore: {', '.join(rest)}"


def _call(name: str, one: Candidate, also: Sequence[str]) -> Iterator[str]:
    arguments = [f'"{one.target}"', f'as_trait="{name}"']
    if any(found in also for found in one.private()):
        for word, wanted in (("options", one.attributes(also)), ("methods", one.methods(also))):
            quoted = ", ".join(f'"{each}"' for each in wanted)
            arguments.append(f"{word}=[{quoted}]")
    whole = f"tc.adopt({', '.join(arguments)})"
    if len(whole) <= 100:
        yield whole
        return
    yield "tc.adopt("
    yield from (f"    {argument}," for argument in arguments)
    yield ")"


def _configuration(path: Path, names: Sequence[str]) -> Written:
    """Return the configuration in which traits of these names are in shadow; what stands there stays."""
    former = _former(path)
    tables = [f"[traits.{name}]\nshadow = true\n" for name in names if f"[traits.{name}]" not in (former or "")]
    head = [former.rstrip("\n") + "\n"] if former else [_CONFIGURATION_HEAD]
    return Written(path, "\n".join((*head, *tables)) if tables else former or "", former or "")


def _marked(body: str) -> str:
    """Return a file that begins with a line by which we know it again, and see whether it was changed."""
    return f"# {MARK}, {_digest(body)}\n{body}"


def _former(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        text = f"{shown_path(str(path))} cannot be read: {error}"
        raise ConfigError([Problem("TC652", text, Origin(Source.FILE, str(path)))]) from None


def _is_ours(text: str) -> bool:
    head, _, body = text.partition("\n")
    return head.endswith(f"{MARK}, {_digest(body)}")


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def next_steps(to: str) -> str:
    """Return what to do with the files.

    Args:
        to: path of the module.
    """
    return f"import {to.removesuffix('.py').replace('/', '.')} where the application starts"
