"""Program: breaks copies of a configuration at random, validates them, and says what no user may ever see.

`python fuzzer.py files|variables|programs EDITS SEED` works in a new directory below the working directory and prints
one JSON document. Each run is drawn from its own seed, so a fault can be had again alone: `... files 1 SEED NUMBER`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from writers import WRITERS

ROOT: Final = Path(__file__).resolve().parents[2]
WATCHDOG: Final = 60
"""Seconds after which a single validation is said to hang."""
LONGEST: Final = 3000
"""How many characters a line for people may have, however long what it speaks of is."""
# What a random byte seldom hits: pieces that mean something in one of the formats, or in the grammar.
TOKENS: Final = (
    *(
        "[",
        "]",
        "[[",
        "{",
        "}",
        "{}",
        "[]",
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "\\u0000",
        "\\ud800",
        "\\U0001F600",
        "#",
        ",",
    ),
    *(
        ".",
        "..",
        "=",
        ":",
        ": ",
        "- ",
        "? ",
        "| ",
        "> ",
        "&a ",
        "*a",
        "<<: ",
        "!!python/object:os.system ",
        "%YAML 9",
        "---",
    ),
    *(
        "\t",
        "\r",
        "\r\n",
        "\n",
        "\n\n",
        "\0",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "\u202e",
        "é",
        "😀",
        "\ud7ff",
        "null",
        "~",
    ),
    *("true", "nan", "-inf", "1e999", "0xFFFFFFFFFFFFFFFFFFFF", "1_0", "2026-02-31", "12:99:99", "9" * 400, "1" * 5000),
    *("extends", "models", "class", "use", "traits", "groups", "tenants", "runtime", "enabled", "app", "__proto__"),
    *(
        ".lock",
        ".force",
        ".fallback",
        ".unset",
        ".append",
        ".add",
        ".remove",
        ".value",
        '"$lock"',
        '"$replace"',
        "@none",
    ),
    *(".until", ".reason", ".ticket", ".allow", ".secret", ".rollout", "@int ", "@json ", "@format ", "dynaconf_merge"),
)
# Beside the configuration of the repository, one that says something in every way that there is.
EVERYTHING: Final[Mapping[str, Any]] = {
    "runtime": {"unknown_tenants": "warn"},
    "traits": {
        "auditable": {"fields": {"append": ["title"]}, "log": {"level": "info"}, "queue": {"$lock": {"retries": 3}}}
    },
    "models": {"Article": {"sluggable": {"max_length": {"fallback": 40}, "reserved": {"value": ["a"]}}}},
    "groups": {
        "far": {"auditable": {"retention_days": {"lock": 30}, "cache": {"$unset": True}}},
        "near": {
            "extends": ["far"],
            "auditable": {"mask": {"add": ["a"], "remove": ["b"]}, "enabled": {"force": True}},
        },
    },
    "tenants": {
        "odd id, ünïcode": {"extends": ["near", "far"], "models": {"Article": {"auditable": {"only_changes": True}}}},
        "acme": {"extends": [], "sluggable": {"separator": {"unset": True}, "cache": {"ttl": "1h30m"}}},
    },
}


def bases(directory: Path) -> list[Path]:
    """Write the configurations that are broken: the repository's and one that says everything, in three formats."""
    texts = {path.relative_to(ROOT / "config"): path.read_text("utf-8") for path in (ROOT / "config").rglob("*.toml")}
    found = [directory / "as-it-is"]
    for relative, text in texts.items():
        put(found[0] / relative, text)
    for suffix, write in WRITERS.items():
        found.append(directory / f"as{suffix}")
        for relative, text in texts.items():
            put((found[-1] / relative).with_suffix(suffix), write(tomllib.loads(text)))
        put(found[-1] / f"everything{suffix}", write(EVERYTHING))
    return found


def put(path: Path, text: str) -> None:
    """Write a file, with the directories above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def edited(data: bytes, rng: random.Random) -> bytes:
    """Return bytes with one random edit."""
    at, length = rng.randint(0, len(data)), rng.choice((1, 1, 1, 2, 5, 30))
    piece = data[at : at + length]
    kind = rng.choice(("delete", "insert", "token", "token", "replace", "swap", "truncate", "lines", "lines"))
    if kind == "delete":
        return data[:at] + data[at + length :]
    if kind == "insert":
        return data[:at] + rng.randbytes(length) + data[at:]
    if kind == "token":
        token = rng.choice(TOKENS).encode("utf-8", "surrogatepass")
        return data[:at] + token + data[at + rng.choice((0, 0, length)) :]
    if kind == "replace":
        return data[:at] + rng.randbytes(len(piece)) + data[at + length :]
    if kind == "swap":
        other = rng.randint(0, len(data))
        low, high = sorted((at, other))
        return (
            data[:low]
            + data[high : high + length]
            + data[low + length : high]
            + data[low : low + length]
            + data[high + length :]
        )
    if kind == "truncate":
        return data[:at]
    lines = data.splitlines(keepends=True) or [b""]
    line = rng.choice(lines)
    return b"".join([*lines[: (place := rng.randrange(len(lines) + 1))], line * rng.choice((1, 1, 3)), *lines[place:]])


def validate(*words: str) -> tuple[int, str]:
    """Run the program in this process, as `main` does, and return its exit code and everything that it printed."""
    from traitconf.cli.main import program

    printed = io.StringIO()
    faulthandler.dump_traceback_later(WATCHDOG, exit=True)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        code = program.main([*words], standalone_mode=False)
    faulthandler.cancel_dump_traceback_later()
    return int(code), printed.getvalue()


def faults(code: int, printed: str, *, as_json: bool) -> Iterator[str]:
    """Yield what is wrong with an answer of `validate`."""
    if code not in {0, 4}:
        yield f"exit code {code}"
    if "Traceback" in printed or "internal error" in printed:
        yield "a traceback"
    if not as_json and (longest := max(map(len, printed.splitlines()), default=0)) > LONGEST:
        yield f"a line of {longest} characters"
    if as_json:
        found = json.loads(printed)["diagnostics"]
        codes = [one["code"] for one in found if one["severity"] == "error"]
        places = [place for one in found for place in (one, *one["related"])]
        yield from (f"no code: {one}" for one in codes if not re.fullmatch(r"TC\d{3}", one))
        yield from (f"nowhere in its file: {place}" for place in places if not stands(place))
    else:
        codes = re.findall(r"^error\[TC\d{3}\]", printed, re.MULTILINE)
    if bool(codes) is not (code == 4):
        yield f"exit code {code} with {len(codes)} errors"


def stands(place: Mapping[str, Any]) -> bool:
    """Whether a place is in its file."""
    if place["line"] is None or not Path(place["file"]).is_file():
        return True
    text = Path(place["file"]).read_bytes().decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    lines = (text if place["file"].endswith(".toml") else text.replace("\r", "\n")).split("\n")
    return place["line"] <= len(lines) and (place["column"] or 1) <= len(lines[place["line"] - 1]) + 1


def break_files(rng: random.Random, base: Path) -> tuple[int, Callable[[], None]]:
    """Edit some files of a configuration; return how many edits, and a function that undoes them."""
    files = sorted(path for path in base.rglob("*") if path.is_file())
    chosen = {path: path.read_bytes() for path in rng.sample(files, rng.choice((1, 1, 6, 8)))}
    for path, data in chosen.items():
        path.write_bytes(edited(data, rng))
    return len(chosen), lambda: [path.write_bytes(data) for path, data in chosen.items()] and None


def variable(rng: random.Random) -> tuple[str, str]:
    """Return a random variable."""
    words = (
        "TRAITS",
        "MODELS",
        "GROUPS",
        "TENANTS",
        "RUNTIME",
        "ARTICLE",
        "ACME",
        "ENTERPRISE",
        "NOBODY",
        "É",
        "",
        "_",
        "A" * 300,
    )
    options = (
        "AUDITABLE",
        "SLUGGABLE",
        "ENABLED",
        "RETENTION_DAYS",
        "RETENTION_DAYZ",
        "FIELDS",
        "MASK",
        "CACHE",
        "TTL",
        "RESERVED",
    )
    settings = (
        "DEFAULT_EXTENDS",
        "UNKNOWN_TENANTS",
        "CONFLICTS",
        "QUEUE",
        "MAX_LENGTH",
        "SEPARATOR",
        "LOG",
        "LEVEL",
        "ENV",
        "INLINE",
    )
    suffixes = (
        "LOCK",
        "FORCE",
        "UNSET",
        "APPEND",
        "PREPEND",
        "ADD",
        "REMOVE",
        "JSON",
        "FILE",
        "NORMAL",
        "FALLBACK",
        "lock",
    )
    chosen = [rng.choice(rng.choice((words, options, options, settings, suffixes))) for _ in range(rng.randint(1, 5))]
    sensible = ["TRAITS", "AUDITABLE", rng.choice(options), *rng.choices(suffixes, k=rng.randint(0, 2))]
    name = "TRAITCONF_" + "__".join(rng.choice((chosen, sensible)))
    values = (
        "",
        "true",
        "no",
        "7",
        "-1",
        "1e999",
        "9" * 5000,
        "a,b",
        "[",
        '["a"]',
        "[" * 3000,
        '{"a": 1, "a": 2}',
        "@none",
        "@int 3",
    )
    odd = (
        "\udcff",
        "é😀",
        "\x01\x7f",
        "x" * 70000,
        "1" * 40000,
        "/nowhere",
        "/dev/null",
        "/dev/zero",
        "/proc/self/mem",
        ".",
        '"\\ud800"',
        "1h" * 9000,
    )
    return name, rng.choice((*values, *odd, rng.randbytes(8).hex()))


def set_variables(rng: random.Random) -> tuple[int, Callable[[], None]]:
    """Set some random variables; return how many, and a function that removes them."""
    chosen = dict(variable(rng) for _ in range(rng.randint(1, 4)))
    os.environ.update(chosen)
    return len(chosen), lambda: [os.environ.pop(name) for name in chosen] and None


def run(kind: str, number: int, seed: int, configurations: list[Path]) -> tuple[int, int, list[str], str]:
    """Break something, validate, and mend it again."""
    rng = random.Random(f"{seed}/{number}")  # noqa: S311 -- repeatable, and no secret
    base = configurations[number % len(configurations)]
    count, mend = set_variables(rng) if kind == "variables" else break_files(rng, base)
    words = ["validate", "--config", str(base), *(["--json"] if number % 2 else [])]
    code, printed = program(*words) if kind == "programs" else validate(*words)
    found = list(faults(code, printed, as_json=number % 2 == 1))
    if code == 0 and number % 8 < 2:
        shown, printed = validate("list", "--config", str(base), "--tenant", "acme", "--json")
        found += [f"list exits {shown}"] if shown != 0 else []
    mend()
    return count, code, found, printed


def program(*words: str) -> tuple[int, str]:
    """Run the real program."""
    command = [sys.executable, "-W", "error", "-m", "traitconf", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=WATCHDOG, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def main() -> None:
    """Do as the command line says."""
    kind, wanted, seed, first = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int((*sys.argv, "0")[4])
    directory = Path("fuzzed")
    shutil.rmtree(directory, ignore_errors=True)
    configurations = bases(directory)
    sound = [str(base) for base in configurations if validate("validate", "--config", str(base))[0] != 0]
    edits, codes, bad = 0, Counter[int](), [f"not valid as it was written: {base}" for base in sound]
    for number in itertools.count(first):
        if edits >= wanted:
            break
        count, code, found, printed = run(kind, number, seed, configurations)
        edits, codes[code] = edits + count, codes[code] + 1
        bad += [f"run {number}: {one}\n{printed[-2000:]}" for one in found]
    print(json.dumps({"edits": edits, "codes": codes, "faults": bad[:20]}, indent=1))  # noqa: T201 -- its answer


if __name__ == "__main__":
    main()
