"""`Command`: a click command that shares options with all others and whose reply is printed in one place."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from traitconf.cli.asked import FORMS, Asked, Form
from traitconf.cli.complete import complete_address, complete_model, complete_tenant

if TYPE_CHECKING:
    from traitconf.cli.reply import Reply

Callback = Callable[..., "Reply"]

CONFIGURED: Final = (
    click.Option(
        ["--config"],
        multiple=True,
        metavar="PATH",
        type=click.Path(),
        help="Configuration directory or file; more than one, the weakest first.",
    ),
    click.Option(
        ["--app"],
        metavar="MODULE",
        help="Module that defines the application's traits and models. Default: TRAITCONF_APP, then the option"
        ' runtime.app. --app "" takes none.',
    ),
)
ALWAYS: Final = (
    click.Option(["as_json", "--json"], is_flag=True, help="Print one JSON document, for programs."),
    click.Option(["--traceback"], is_flag=True, help="Show the traceback when something fails unexpectedly."),
)


class Command(click.Command):
    """A command whose function takes `Asked` and its own options, and returns a `Reply`.

    Args:
        configured: whether it reads a configuration.
    """

    def __init__(self, *args: Any, configured: bool = True, **settings: Any) -> None:
        """Add the options that all commands share behind its own."""
        super().__init__(*args, **settings)
        self.params += [*(CONFIGURED if configured else ()), *ALWAYS]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, print its reply, and exit with its code."""
        from traitconf.cli.reply import deliver

        own = ctx.params
        form, config = _form(ctx), _config(ctx)
        traceback = own.pop("traceback") or bool(os.environ.get("TRAITCONF_DEBUG"))
        ctx.obj = Asked(config, own.pop("app", None), form != "text", traceback)
        name = ctx.command_path.partition(" ")[2] or self.name or ""  # `adopt scan`, where it is below another
        ctx.exit(deliver(name, lambda: super(Command, self).invoke(ctx), form))


def _form(ctx: click.Context) -> Form:
    as_json, form = ctx.params.pop("as_json"), ctx.params.pop("form", None)
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json contradicts --format {form}; say one", ctx)
    return "json" if as_json else form or "text"


def _config(ctx: click.Context) -> tuple[str, ...]:
    named, paths = ctx.params.pop("config", ()), ctx.params.pop("paths", ())
    if named and paths:
        raise click.UsageError("name the configuration by --config or as arguments, not both", ctx)
    return tuple(named or paths)


def command(name: str, text: str, *, configured: bool = True) -> Callable[[Callback], click.Command]:
    """Make a function a command.

    Args:
        name: as people type it.
        text: its help page.
        configured: whether it reads a configuration.
    """

    def decorate(function: Callback) -> click.Command:
        made: click.Command = click.command(name, cls=Command, help=text, configured=configured)(
            click.pass_obj(function)
        )
        return made

    return decorate


def address_argument(*, required: bool = True) -> Callable[[Callback], Callback]:
    """Return a decorator that adds the address.

    Args:
        required: whether the command needs one.
    """
    return click.argument("address", required=required, shell_complete=complete_address)


def scope_options(function: Callback) -> Callback:
    """Add `--model` and `--tenant`."""
    model = click.option(
        "--model",
        metavar="NAME",
        shell_complete=complete_model,
        help="Model: a class name, or module:QualName where the name is ambiguous.",
    )
    tenant = click.option("--tenant", metavar="ID", shell_complete=complete_tenant, help="Tenant's id.")
    return model(tenant(function))


def report_options(function: Callback) -> Callback:
    """Add the paths of a configuration, and `--format`."""
    paths = click.argument("paths", nargs=-1, type=click.Path())
    form = click.option(
        "--format",
        "form",
        type=click.Choice(FORMS),
        help="text for people, json (the same as --json) and sarif for programs, github for workflows. [text]",
    )
    return paths(form(function))
