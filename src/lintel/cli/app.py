"""The root of the command line: registers the commands, turns LintelError into exit code 2."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lintel import __version__
from lintel.cli.audit import audit
from lintel.cli.calibrate import calibrate
from lintel.cli.count import count
from lintel.cli.evaluate import evaluate
from lintel.cli.inspect import inspect
from lintel.cli.plan import plan
from lintel.cli.report import report
from lintel.cli.serve import serve
from lintel.cli.simulate import simulate
from lintel.cli.teach import teach
from lintel.cli.token import token_app
from lintel.cli.user import user_app
from lintel.errors import LintelError

app = typer.Typer(
    name="lintel",
    help="Count people from calibrated stereo and keep nobody's picture.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the flag's value
    if wanted:
        typer.echo(f"lintel {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print version."),
    ] = False,
) -> None:
    """Count people from calibrated stereo and keep nobody's picture."""


app.command("count")(count)
app.command("inspect")(inspect)
app.command("evaluate")(evaluate)
app.command("calibrate")(calibrate)
app.command("simulate")(simulate)
app.command("teach")(teach)
app.command("plan")(plan)
app.command("report")(report)
app.command("serve")(serve)
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
app.command("audit")(audit)


def main() -> None:
    """Run the command line; an expected error is one line on standard error and exit code 2."""
    try:
        app()
    except LintelError as error:
        sys.stderr.write(f"lintel: error: {_one_line(str(error))}\n")
        sys.exit(2)


def _one_line(text: str) -> str:
    """The text without line breaks and without what a terminal would obey."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
