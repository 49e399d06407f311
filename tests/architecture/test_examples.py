"""Every example in the documentation runs: Python blocks of Markdown files, and doctests of the package.

The Python blocks of one file are one program, run in order in a new process and an empty directory. Its lines
keep their numbers, so a traceback and every origin point into the Markdown file. A block of configuration
whose lines `# config/<path>` name files is written there first, and so is a Python block that begins with
`# <name>.py`. Commands of console blocks run after it and must print what stands below them.
`<!-- not executed: reason -->` right before a block leaves it out.
"""

from __future__ import annotations

import doctest
import importlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {ROOT / "docs/rules.md"}  # wrong examples on purpose; test_rules.py runs each of them by itself
DOCUMENTS = sorted({*ROOT.glob("README.md"), *(ROOT / "docs").glob("**/*.md")} - GENERATED)
MODULES = sorted(
    path for path in (ROOT / "traitconf").glob("**/*.py") if path.name not in {"__init__.py", "__main__.py"}
)
CONFIGURATION = {"json", "toml", "yaml"}

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w+-]*)")
_LEFT_OUT = re.compile(r"^<!-- not executed: \S.* -->$")
_MODULE = re.compile(r"^# (?P<path>\w+\.py)$")
_COMMAND = re.compile(r"^\$ (?P<variables>(?:[A-Z_]+=\S+ )*)(?P<program>traitconf|python) (?P<arguments>.*)$")
_FILE = re.compile(r"^# (?P<path>config/\S+\.(?:json|toml|ya?ml))\b")


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        language: the word after the fence.
        line: number of its first line, from 1.
        lines: what it holds.
        executed: whether it is not left out on purpose.
    """

    language: str
    line: int
    lines: list[str]
    executed: bool


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a Markdown text."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        if opening is None:
            number += 1
            continue
        start = number + 1
        end = start
        while end < len(lines) and not lines[end].startswith(opening["fence"]):
            end += 1
        before = next((line.strip() for line in reversed(lines[:number]) if line.strip()), "")
        yield Block(opening["language"], start + 1, lines[start:end], not _LEFT_OUT.match(before))
        number = end + 1


def program(text: str) -> str:
    """Return the Python blocks of a text as one program in which every line keeps its number."""
    lines = [""] * len(text.splitlines())
    for block in blocks(text):
        if block.language == "python" and block.executed:
            lines[block.line - 1 : block.line - 1 + len(block.lines)] = block.lines
    return "\n".join(lines) + "\n"


def configuration(text: str) -> dict[str, str]:
    """Return path → content of the configuration files that the blocks of a text show."""
    files: dict[str, list[str]] = {}
    for block in blocks(text):
        if block.language not in CONFIGURATION or not block.executed:
            continue
        current: list[str] | None = None
        for line in block.lines:
            heading = _FILE.match(line)
            # The heading is no line of the file: `file:2:1` means the second line below it.
            if heading is not None:
                current = files.setdefault(heading["path"], [])
            elif current is not None:
                current.append(line)
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def modules(text: str) -> dict[str, str]:
    """Return name → content of the Python blocks of a text that are files of their own."""
    files = {}
    for block in blocks(text):
        heading = _MODULE.match(block.lines[0]) if block.language == "python" and block.lines else None
        if heading is not None and block.executed:
            files[heading["path"]] = "\n".join(block.lines) + "\n"
    return files


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield (command, output) of the console blocks of a text; what no one may run here must be left out."""
    for block in blocks(text):
        if block.language != "console" or not block.executed:
            continue
        command, output = "", []
        for line in [*block.lines, "$ "]:
            if line.startswith("$ "):
                if command:
                    yield command, "\n".join(output).strip()
                command, output = line, []
            else:
                output.append(line)


def _identifier(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_to_run():
    """The README has Python blocks that are executed."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [block for block in blocks(readme) if block.language == "python" and block.executed]


@pytest.mark.parametrize("path", DOCUMENTS, ids=_identifier)
def test_documents_run(path, tmp_path):
    """The Python blocks of a document run in order, and warn of nothing."""
    text = path.read_text(encoding="utf-8")
    for name, content in (configuration(text) | modules(text)).items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    # Below the same directory, so that every origin that the commands print is relative.
    (tmp_path / "traitconf").symlink_to(ROOT / "traitconf")
    name = path.stem.replace("-", "_")
    script = tmp_path / f"{name}{'_page' * (name in sys.stdlib_module_names)}.py"  # logging.py would hide Python's own
    script.write_text(program(text), encoding="utf-8")
    answer = _run([sys.executable, "-W", "error", str(script)], tmp_path)
    assert answer.returncode == 0, f"{path.relative_to(ROOT)}\n{answer.stderr}"
    for command, output in commands(text):
        match = _COMMAND.match(command)
        assert match is not None, f"{path.relative_to(ROOT)}: cannot run {command!r} here; leave it out with a reason"
        start = ["-m", "traitconf"] if match["program"] == "traitconf" else []
        answer = _run([sys.executable, *start, *shlex.split(match["arguments"])], tmp_path, match["variables"].split())
        assert (answer.stdout + answer.stderr).strip() == output, command


def _run(command: list[str], cwd: Path, variables: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command with the environment of a newcomer and the given NAME=value pairs."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRAITCONF_", "DYNACONF_"))}
    environ |= dict(pair.split("=", 1) for pair in variables)
    environ["PYTHONPATH"] = str(cwd)
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("path", MODULES, ids=_identifier)
def test_doctests_hold(path, tc_runtime, monkeypatch):
    """The examples in a module's docstrings print what they say."""
    monkeypatch.chdir(ROOT)
    if ">>>" not in path.read_text(encoding="utf-8"):
        return  # nothing to run: the module need not be importable without its extra
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if path.parent.name != "adapters" or (error.name or "traitconf").startswith("traitconf"):
            raise
        pytest.skip(f"{error.name}, the product of this adapter, is not installed")
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


def test_blocks_keep_their_line_numbers():
    """A program made of blocks has every line where the document has it."""
    text = "# T\n\n```python\na = 1\n```\n\ntext\n\n```python\nb = a\n```\n"
    assert program(text).splitlines() == ["", "", "", "a = 1", "", "", "", "", "", "b = a", ""]


def test_a_block_is_left_out_only_with_a_reason():
    """The comment leaves a block out; without a reason it does not."""
    block = "```python\na = 1\n```\n"
    assert not program(f"<!-- not executed: needs a server -->\n{block}").strip()
    assert program(f"<!-- not executed: -->\n{block}").strip() == "a = 1"


def test_configuration_blocks_become_files():
    """One block may show several files; each starts below its heading."""
    text = "```toml\n# config/traits.toml - global\n[a]\n\n# config/tenants/acme.toml\n[b]\n```\n"
    assert configuration(text) == {
        "config/traits.toml": "[a]\n\n",
        "config/tenants/acme.toml": "[b]\n",
    }


def test_commands_are_found_with_their_output():
    """A console block may hold several commands; each is run with what stands below it."""
    text = "```console\n$ traitconf about\na\nb\n$ python x.py\n```\n"
    assert list(commands(text)) == [("$ traitconf about", "a\nb"), ("$ python x.py", "")]
