"""`traitconf model show`: who bound what to a class where, and what a call of each method meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import Asked
from traitconf.cli.command import command
from traitconf.cli.complete import complete_model

if TYPE_CHECKING:
    from traitconf.bind.info import BindingInfo
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import Session

HELP: Final = """Show a class: its traits in order, who bound each and where; the members that it has from them;
its methods with the hooks that a call meets, outermost first; and where each of these is written.

What the options are for it: traitconf list --model NAME.

\b
Examples:
  traitconf model show Article --app shop
  traitconf model show shop.models:Article --app shop --json
"""


@command("show", HELP)
@click.argument("name", shell_complete=complete_model)
def run(asked: Asked, name: str) -> Reply:
    """Show one class and its bindings.

    Args:
        asked: where the configuration is.
        name: of the model.
    """
    from traitconf.bind.hosts import fields_of
    from traitconf.bind.info import binding_of, home_of, qualified
    from traitconf.bind.view import traits_of
    from traitconf.cli.reply import Reply
    from traitconf.cli.session import opened
    from traitconf.cli.subject import subject_of

    with opened(asked, may_be_absent=True) as session:
        model = subject_of(session, "", name, None).model
        if not isinstance(model, type):
            raise _unknown(session, name)
        bindings = sorted((binding_of(model, trait) for trait in traits_of(model)), key=lambda one: one.position)
        bases = [qualified(base) for base in model.__mro__[1:-1]]
        data = {
            "name": model.__name__,
            "class": qualified(model),
            "origin": str(home_of(model)),
            "bases": bases,
            "fields": sorted(fields_of(model)),
            "bindings": [one.as_dict() for one in bindings],
            "methods": _methods(bindings),
        }
    return Reply(data, lambda: _page(data, bindings), session.problems)


def _unknown(session: Session, name: str) -> Exception:
    from traitconf.cli.reply import UsageFault
    from traitconf.errors import Problem

    hint = "traitconf model list shows those that are known"
    if not session.application.module:
        hint = "--app names the module that defines it"
    return UsageFault([Problem("TC131", f"the class of the model {name!r} is not known", hint=hint)])


def _methods(bindings: list[BindingInfo]) -> list[dict[str, Any]]:
    """Return the methods with their hooks, outermost first."""
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    bodies: dict[str, str] = {}
    for one in bindings:
        for hook in one.hooks:
            record = {"trait": one.trait.__traitconf_spec__.name, "kind": hook.kind, "hook": hook.hook}
            found.setdefault(hook.method, []).append((hook.position, record | {"origin": str(hook.origin)}))
            bodies[hook.method] = str(hook.body)
    return [
        {"method": method, "body": bodies[method], "hooks": [record for _, record in sorted(hooks, key=_place)]}
        for method, hooks in sorted(found.items())
    ]


def _place(hook: tuple[int, Any]) -> int:
    return hook[0]


def _page(data: dict[str, Any], bindings: list[BindingInfo]) -> str:
    from traitconf.bind.info import qualified
    from traitconf.cli.terminal import pairs, table

    head = [
        ("model", data["name"]),
        ("class", data["class"]),
        ("defined", data["origin"]),
        ("bases", ", ".join(data["bases"])),
        ("fields", ", ".join(data["fields"])),
    ]
    parts = [pairs([line for line in head if line[1]])]
    traits = [
        (str(one["position"]), one["trait"], one["bound_by"], _how(one, info.owner), _given(one["given"]))
        for one, info in zip(data["bindings"], bindings, strict=True)
    ]
    members = [
        (member.name + member.signature, one.trait.__traitconf_spec__.name, str(member.origin), _note(member))
        for one in bindings
        for member in one.members
    ]
    calls = [
        (method["method"], f"{number}. {hook['trait']}", f"{hook['kind']} {hook['hook']}", hook["origin"])
        for method in data["methods"]
        for number, hook in enumerate([*method["hooks"], _body(method)], start=1)
    ]
    for columns, rows, folds in (
        (("#", "trait", "bound by", "on", "options given"), traits, 4),
        (("member", "from", "where", "note"), members, 3),
        (("call of", "meets", "how", "where"), calls, 3),
    ):
        if rows:
            parts.append(table(columns, rows, [False] * len(rows), folds=folds))
    parts.append(
        f"What the options are here: traitconf list --model {qualified(bindings[0].model)}" if bindings else ""
    )
    return "\n\n".join(part for part in parts if part) or ""


def _body(method: dict[str, Any]) -> dict[str, str]:
    return {"trait": "the method", "kind": "itself", "hook": "", "origin": method["body"]}


def _how(binding: dict[str, Any], owner: type) -> str:
    return owner.__name__ if binding["inherited"] else "itself"


def _given(given: dict[str, Any]) -> str:
    import json

    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in given.items())


def _note(member: Any) -> str:
    if member.hidden:
        return f"only by T.of(host): {member.hidden}"
    return "" if member.name == member.member else f"alias of {member.member}"
