"""``lintel user``: users of a device, managed on the device itself."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lintel.clock import SystemClock
from lintel.device.access.acts import LocalActs
from lintel.device.access.claim import ClaimCode
from lintel.device.access.gate import realm_of
from lintel.device.access.officer import OfficerKey
from lintel.device.access.tokens import Tokens
from lintel.device.access.users import UserRecord, Users
from lintel.device.vault import Vault
from lintel.errors import AccessError, InputError
from lintel.wire.v1.setting import Role

MAX_LINE = 4096

Data = Annotated[Path, typer.Option(help="Data folder of the device.")]
Name = Annotated[str, typer.Argument(help="Name of the user.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
OldClient = Annotated[
    bool, typer.Option("--old-client", help="Let this user sign in with MD5 too, for old clients.")
]

user_app = typer.Typer(
    help="Add, list, change and remove the users of a device, on the device itself.\n\n"
    "Works before the first start and while the service runs: the service notices at once.",
    no_args_is_help=True,
)


@user_app.command("add")
def add(
    name: Name,
    *,
    role: Annotated[Role, typer.Option(help="What the user may do.")],
    data: Data,
    old_client: OldClient = False,
    as_json: Json = False,
) -> None:
    """Add a user; the password is read from standard input, one line.

    On a device without users this takes the place of the claim code, for unattended installs.
    """
    vault = Vault.open(data)
    made = _users(vault).add(name, role, _password(), old_client=old_client)
    ClaimCode(vault).remove()
    note(vault, "users.added", f"{made.name}, {_spoken(made.role)}")
    _say(user_row(made), f"added {made.name} as {_spoken(made.role)}", as_json=as_json)


@user_app.command("list")
def list_users(*, data: Data, as_json: Json = False) -> None:
    """List the users."""
    records = _users(existing_vault(data)).all()
    if as_json:
        sys.stdout.write(json.dumps({"users": [user_row(record) for record in records]}) + "\n")
        return
    table = Table("name", "role", "added (UTC)", "MD5")
    for record in records:
        md5 = "yes" if record.ha1_md5 is not None else ""
        table.add_row(record.name, _spoken(record.role), f"{record.made_utc:%Y-%m-%d %H:%M}", md5)
    Console(markup=False, highlight=False).print(table)


@user_app.command("remove")
def remove(
    name: Name,
    *,
    data: Data,
    even_last: Annotated[
        bool,
        typer.Option("--even-last", help="Also when nobody who manages users is left."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Remove a user; his sessions and the tokens that he made end at once."""
    vault = existing_vault(data)
    _users(vault).remove(name, even_last=even_last)
    ended = Tokens(vault, clock=SystemClock()).remove_made_by(name)
    note(vault, "users.removed", f"{name}; tokens ended: {ended}")
    text = f"removed {name}; tokens ended: {ended}"
    _say({"removed": name, "tokens_ended": ended}, text, as_json=as_json)


@user_app.command("password")
def password(
    name: Name, *, data: Data, old_client: OldClient = False, as_json: Json = False
) -> None:
    """Give a user another password, read from standard input; his sessions end at once."""
    vault = existing_vault(data)
    _users(vault).set_password(name, _password(), old_client=old_client)
    note(vault, "users.password", name)
    _say({"changed": name}, f"changed the password of {name}", as_json=as_json)


@user_app.command("role")
def role(
    name: Name,
    new_role: Annotated[Role, typer.Argument(help="What the user may do from now on.")],
    *,
    data: Data,
    as_json: Json = False,
) -> None:
    """Change what a user may do; his sessions end at once."""
    vault = existing_vault(data)
    _users(vault).set_role(name, new_role)
    note(vault, "users.role", f"{name}: {_spoken(new_role)}")
    _say({"name": name, "role": new_role}, f"{name} is {_spoken(new_role)} now", as_json=as_json)


@user_app.command("officer-key")
def officer_key(
    *,
    data: Data,
    anew: Annotated[
        bool, typer.Option("--anew", help="Make another one; the old key is void.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the privacy officer's key and print it, this once.

    Without it nobody makes the device show more than before. It is made when the device is
    claimed in a browser; use this for unattended installs, or when it is lost.
    """
    vault = existing_vault(data)
    key = OfficerKey(vault, clock=SystemClock()).make(anew=anew)
    note(vault, "privacy.key", "made anew" if anew else "made")
    _say({"officer_key": key}, key, as_json=as_json)


def existing_vault(data: Path) -> Vault:
    """The vault of a device that is there.

    Raises:
        InputError: there is none.
    """
    if not (data / "keys" / "device.key").is_file():
        raise InputError(f"{data}: no device keeps its data here")
    return Vault.open(data)


def note(vault: Vault, what: str, detail: str) -> None:
    """Have a change written into the audit log."""
    LocalActs(vault).add(what, detail, utc=SystemClock().utc())


def user_row(record: UserRecord) -> dict[str, object]:
    """What ``--json`` prints of a user."""
    return {
        "name": record.name,
        "role": record.role,
        "made_utc": record.made_utc.isoformat(),
        "old_client": record.ha1_md5 is not None,
    }


def _users(vault: Vault) -> Users:
    return Users(vault, realm=realm_of(vault), clock=SystemClock())


def _password() -> str:
    """One line of standard input; from a terminal asked for twice, and not shown."""
    if sys.stdin.isatty():
        first = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != first:
            raise AccessError("the two passwords differ")
        return first
    try:
        line = sys.stdin.readline(MAX_LINE)
    except UnicodeDecodeError:
        raise AccessError("the password on standard input is not text in UTF-8") from None
    if not line:
        raise AccessError("expected the password on standard input, one line; nothing came")
    return line.removesuffix("\n").removesuffix("\r")


def _spoken(role: Role) -> str:
    return role.replace("_", " ")


def _say(row: dict[str, object], text: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(row) if as_json else text)
