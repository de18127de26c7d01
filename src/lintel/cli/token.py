"""``lintel token``: API tokens of a device, managed on the device itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lintel.cli.user import existing_vault, note
from lintel.clock import SystemClock
from lintel.device.access.roles import SCOPES, scope_of
from lintel.device.access.tokens import TokenRecord, Tokens
from lintel.device.vault import Vault

DAY_S = 86_400.0

Data = Annotated[Path, typer.Option(help="Data folder of the device.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

token_app = typer.Typer(
    help="Add, list and remove API tokens of a device, on the device itself.\n\n"
    "Works while the service runs: the service notices at once.",
    no_args_is_help=True,
)


@token_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    *,
    scope: Annotated[
        list[str], typer.Option(help=f"What it may do, repeated: {', '.join(sorted(SCOPES))}.")
    ],
    data: Data,
    days: Annotated[float, typer.Option(help="How long it lives, days; 0: without an end.")] = 365,
    as_json: Json = False,
) -> None:
    """Make a token and print it, this once; send it as ``Authorization: Bearer TOKEN``."""
    vault = existing_vault(data)
    scopes = frozenset(scope_of(text) for text in scope)
    record, word = _tokens(vault).add(name, scopes, for_s=days * DAY_S if days else None)
    note(vault, "tokens.added", f"{record.token_id} {record.name}: {' '.join(record.scopes)}")
    typer.echo(json.dumps({**token_row(record), "token": word}) if as_json else word)


@token_app.command("list")
def list_tokens(*, data: Data, as_json: Json = False) -> None:
    """List the tokens; the tokens themselves are not kept, only hashes of them."""
    tokens = _tokens(existing_vault(data))
    if as_json:
        sys.stdout.write(json.dumps({"tokens": [token_row(r) for r in tokens.all()]}) + "\n")
        return
    table = Table("id", "name", "scopes", "made by", "ends (UTC)")
    for record in tokens.all():
        end = "never" if record.expires_utc is None else f"{record.expires_utc:%Y-%m-%d %H:%M}"
        over = ", over" if tokens.is_over(record) else ""
        made_by = record.made_by or "(on the device)"
        table.add_row(record.token_id, record.name, " ".join(record.scopes), made_by, end + over)
    Console(markup=False, highlight=False).print(table)


@token_app.command("remove")
def remove(
    token_id: Annotated[str, typer.Argument(help="Id of the token, as the list shows it.")],
    *,
    data: Data,
    as_json: Json = False,
) -> None:
    """End a token at once."""
    vault = existing_vault(data)
    _tokens(vault).remove(token_id)
    note(vault, "tokens.removed", token_id)
    typer.echo(json.dumps({"removed": token_id}) if as_json else f"ended {token_id}")


def token_row(record: TokenRecord) -> dict[str, object]:
    """What ``--json`` prints of a token."""
    end = record.expires_utc
    return {
        "id": record.token_id,
        "name": record.name,
        "scopes": list(record.scopes),
        "made_by": record.made_by or None,
        "made_utc": record.made_utc.isoformat(),
        "expires_utc": end.isoformat() if end is not None else None,
    }


def _tokens(vault: Vault) -> Tokens:
    return Tokens(vault, clock=SystemClock())
