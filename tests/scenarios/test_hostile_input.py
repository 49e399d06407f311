"""Input that was made to harm ends within bounds of time and memory, with a coded error, and never with a traceback."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

MEMORY = 1024 * 2**20
SECONDS = 120
"""Many times what it takes: whatever takes longer has no end that anybody would wait for."""
DEEP = 1000
NINE = "abcdefghi"


def limit():
    """Hold a process to some memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def validate(directory, *words, **variables):
    """Run `validate` on the directory's `config`, within bounds; return its exit code and what it said."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRAITCONF_", "DYNACONF_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "traitconf", "validate", *words],
        cwd=directory,
        env=environ | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        preexec_fn=limit,
        check=False,
    )
    said = done.stdout.decode("utf-8", "strict")
    assert done.returncode in {0, 4}, said[-2000:]
    assert "Traceback" not in said
    assert "internal error" not in said
    assert max(map(len, said.splitlines()), default=0) < 3000
    assert (done.returncode == 4) == ("error[TC" in said)
    return done.returncode, said


@pytest.fixture
def config(tmp_path):
    """An empty configuration directory."""
    (tmp_path / "config").mkdir()
    return tmp_path / "config"


def nested(opening, inner, closing):
    """Return a text that is nested a thousand deep."""
    return opening * DEEP + inner + closing * DEEP


NESTED = {
    "toml-inline.toml": "x = " + nested("{a=", "1", "}"),
    "toml-array.toml": "x = " + nested("[", "", "]"),
    "toml-dotted.toml": nested("a.", "b = 1\n", ""),
    "toml-header.toml": f"[{nested('a.', 'b', '')}]\nx = 1\n",
    "toml-longer.toml": "a." * 100_000 + "b = 1\n",
    "toml-option.toml": f"auditable.cache.{nested('a.', 'b = 1', '')}\n",
    "toml-directive.toml": f"auditable.enabled.{'force.' * 990}value = true\n",
    "toml-dollared.toml": "auditable.cache." + '"$force".' * 990 + "enabled = true\n",
    "toml-open.toml": "x = " + "[" * 100_000,
    "yaml-flow.yaml": "x: " + nested("{a: ", "1", "}"),
    "yaml-list.yaml": "x: " + nested("[", "", "]"),
    "yaml-block.yaml": "".join(f"{' ' * depth}a:\n" for depth in range(DEEP)),
    "yaml-dashes.yaml": f"x:\n {nested('- ', '1', '')}\n",
    "json-table.json": nested('{"x":', "1", "}"),
    "json-list.json": nested("[", "", "]"),
    "json-directive.json": f'{{"auditable": {{"enabled": {nested("""{"force":""", "true", "}")}}}}}',
    "json-option.json": f'{{"auditable": {{"fields": {"[" * 900}{"]" * 900}}}}}',
    "json-open.json": "[" * 100_000,
}


@pytest.mark.parametrize("name", NESTED)
def test_deep_nesting_ends(config, name):
    """A file nested a thousand deep is read, or refused with a code; a name a hundred thousand long is refused."""
    (config / name).write_text(NESTED[name], encoding="utf-8")
    code, said = validate(config.parent)
    assert code == 4 or "TC102" in said


@pytest.mark.parametrize("suffix", [".toml", ".yaml", ".json"])
def test_a_file_of_fifty_megabytes_is_refused(config, suffix):
    """A file that is larger than a configuration can be is TC002, without being read."""
    line = {".toml": 'k = "', ".yaml": 'k: "', ".json": '{"k": "'}[suffix]
    with (config / f"large{suffix}").open("w", encoding="utf-8") as file:
        file.write(line)
        for _ in range(50):
            file.write("x" * 2**20)
        file.write('"}\n' if suffix == ".json" else '"\n')
    code, said = validate(config.parent)
    assert (code, "cannot read large" in said, "it is larger than" in said) == (4, True, True)


def fill_fifo(config):
    """Put a pipe where a file should be."""
    os.mkfifo(config / "x.toml")
    return "it is no regular file"


def fill_device(config):
    """Put a link to an endless device where a file should be."""
    (config / "x.yaml").symlink_to("/dev/zero")
    return "it is no regular file"


def fill_socket(config):
    """Put a socket where a file should be."""
    here = Path.cwd()
    os.chdir(config)  # the address of a socket must be short
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind("x.json")
    os.chdir(here)
    return "cannot read x.json"


def fill_folder(config):
    """Put a directory where a file should be."""
    (config / "x.toml").mkdir()
    return "Is a directory"


def fill_circle(config):
    """Let files and directories link to each other in circles."""
    (config / "a.toml").symlink_to("b.toml")
    (config / "b.toml").symlink_to("a.toml")
    (config / "self").symlink_to(".")
    (config / "up").symlink_to("..")
    return "Too many levels of symbolic links"


def fill_maze(config):
    """Let a few directories link to each other, so that there are endlessly many ways through them."""
    for one in range(12):
        (config / f"d{one}").mkdir()
        for other in range(12):
            (config / f"d{one}" / f"l{other}").symlink_to(f"../d{other}")
    return "links that lead upwards"


def fill_depth(config):
    """Nest directories as deep as paths can be long."""
    for _ in range(900):
        config = config / "d"
    config.mkdir(parents=True)
    (config / "x.toml").write_text("auditable = 1\n", encoding="utf-8")
    return "error[TC103]"


@pytest.mark.parametrize("fill", [fill_fifo, fill_device, fill_socket, fill_folder, fill_circle, fill_maze, fill_depth])
def test_what_is_no_file_is_refused(config, fill):
    """Pipes, devices, sockets, directories and circles of links are coded errors; none is waited for."""
    wanted = fill(config)
    code, said = validate(config.parent)
    assert (code, wanted in said) == (4, True)


@pytest.mark.parametrize("file", ["/dev/zero", "pipe", "config", "/nowhere", "with\\null", "x" * 5000])
def test_a_variable_names_no_odd_file(config, file):
    """A variable that takes its value from a file refuses what is no file."""
    os.mkfifo(config.parent / "pipe")
    code, said = validate(config.parent, TRAITCONF_TRAITS__SLUGGABLE__SEPARATOR__FILE=file)
    assert (code, "cannot read the file" in said) == (4, True)


IDS = {
    "control": "a\x01\x1b[31mb",
    "lines": "a\nb\r\n\u2028c",
    "long": "x" * 10_000,
    "longest": "x" * 200,
    "wide": "😀" * 200,
    "proto": "__proto__",
    "dots": "..",
    "path": "../../etc/passwd",
    "emoji": "👩‍👩‍👧",
    "right-to-left": "\u202eabc\u2066",
    "null": "a\0b",
    "half": "\ud800",
    "template": "%s{0}$(id)`id`",
    "star": "*",
    "empty": "",
    "blank": " ",
    "grown": "ß" * 150,
    "digits": "\uff11\uff12\uff13",
}


@pytest.mark.parametrize("name", IDS)
def test_odd_ids_are_ids_or_refused(config, name):
    """Whatever stands for an id, a trait, an option, a value or a group is used or refused, and steers no terminal."""
    odd = IDS[name]
    own = {"auditable": {"enabled": False}}
    ids = {"tenants": {odd: own}, "groups": {odd: own}, "models": {odd: own}}
    (config / "ids.json").write_text(json.dumps(ids), encoding="utf-8")
    options = {odd: 1, "cache": {odd: 2}, "enabled": {odd: 3}, "fields": [odd], "only_changes": odd}
    names = {odd: {"x": 1}, "auditable": options, "tenants": {"a": {"extends": [odd]}}, "runtime": {"app": odd}}
    (config / "names.json").write_text(json.dumps(names), encoding="utf-8")
    code, said = validate(config.parent)
    assert code == 4
    assert not [letter for letter in said if not letter.isprintable() and letter != "\n"]


def bomb(first, line):
    """Return a YAML text of which each line says the one before nine times."""
    return first + "".join(line(below, name) for below, name in zip(NINE, NINE[1:] + "j", strict=True))


LISTS = bomb("a: &a [x]\n", lambda below, name: f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n")
BOMBS = {
    "lists": LISTS,
    "extends": LISTS + "tenants: {t: {extends: *j}}\nmodels: {M: {class: *j, use: *j}}\n",
    "values": LISTS + "auditable: {fields: *j, enabled: *j, retention_days: {lock: *j}}\n",
    "text": LISTS + 'auditable: {fields: ["\\ud800x"]}\n',
    "tables": bomb("a: &a {x: 1}\n", lambda below, name: f"{name}: &{name} {{p: *{below}, q: *{below}, r: *{below}}}\n")
    + "auditable: *j\n",
    "merges": bomb("a: &a {x: 1}\n", lambda below, name: f"{name}: &{name} {{<<: [{', '.join([f'*{below}'] * 9)}]}}\n"),
    "circle": "auditable: {fields: &f [*f], enabled: *f, cache: &c {ttl: *c}}\ntenants: {t: {extends: &e [*e]}}\n",
    "directives": "auditable: {enabled: &d {force: *d}, queue: &q {$lock: *q}}\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_aliases_do_not_explode(config, name):
    """A small YAML file that says more than memory holds is never unfolded, and a circle never followed round."""
    (config / "a.yaml").write_text(BOMBS[name], encoding="utf-8")
    code, said = validate(config.parent)
    assert code == 4 or "TC102" in said


LONG = {
    "value.toml": f"auditable.enabled = '{'x' * 2_000_000}'\n",
    "key.toml": f"auditable.{'x' * 1_000_000} = 1\n",
    "keys.toml": f"auditable = {{{', '.join(f'k{number} = 1' for number in range(300))}}}\n",
    "syntax.toml": f"x = {'y' * 1_000_000}\n",
    "syntax.yaml": f"x: {'y' * 500_000}: z: [\n",
    "value.yaml": f"{{auditable: {{{'x' * 500_000}: 1, enabled: {'y' * 500_000}}}}}\n",
    "value.json": f'{{"auditable": {{"{"x" * 1_000_000}": 1, "enabled": "{"y" * 1_000_000}"}}}}',
    "duration.toml": f"auditable.cache.ttl = '{'1' * 300_000}'\n",
    "number.toml": f"auditable.retention_days = 0x{'f' * 6000}\nsluggable.max_length = 0x{'f' * 6000}\n",
    "number.yaml": f"auditable: {{retention_days: {'9' * 6000}}}\n",
    "number.json": f'{{"auditable": {{"retention_days": {"9" * 6000}, "events": {{"sample": 1e999}}}}}}',
    "twice.json": "{" + ", ".join(f'"k{number}": 1' for number in range(60_000)) + ', "k59999": 2}',
}


@pytest.mark.parametrize("name", LONG)
def test_long_lines_are_shown_short(config, name):
    """Of a line of a megabyte only the part around its fault is shown, with few carets, and soon."""
    (config / name).write_text(LONG[name], encoding="utf-8")
    code, said = validate(config.parent)
    assert code == 4
    assert max(line.count("^") for line in said.splitlines()) <= 120


def test_ten_thousand_files_are_read(config):
    """A directory of ten thousand files, each of them faulty in its own way, is checked to the end."""
    (config / "tenants").mkdir()
    for number in range(10_000):
        text = f"extends = ['g{number}']\n[auditable]\nenabled = {number}\n"
        (config / f"tenants/t{number}.toml").write_text(text, encoding="utf-8")
    code, said = validate(config.parent)
    assert (code, "20000 errors in 10000 files" in said) == (4, True)


GRAPHS = {
    "chain": {f"g{number}": {"extends": [f"g{number + 1}"]} for number in range(2000)} | {"g2000": {}},
    "circle": {f"g{number}": {"extends": [f"g{(number + 1) % 2000}"]} for number in range(2000)},
    "ladder": {f"g{n}": {"extends": [f"g{m}" for m in range(n + 1, min(n + 60, 90))]} for n in range(90)},
}


@pytest.mark.parametrize("name", GRAPHS)
def test_groups_of_groups_end(config, name):
    """Two thousand groups in a row or a circle, and groups that all extend each other, are accepted or refused."""
    (config / "groups.json").write_text(json.dumps({"groups": GRAPHS[name]}), encoding="utf-8")
    code, said = validate(config.parent)
    assert code == (0 if name == "ladder" else 4), said[:500]
