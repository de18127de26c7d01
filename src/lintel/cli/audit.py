"""``lintel audit``: checks a device against its promises."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lintel.cli.writing import writing
from lintel.device.self_audit import AuditSettings
from lintel.device.self_audit import audit as audit_device
from lintel.device.self_audit.software import write_sbom
from lintel.wire.v1.answer import Findings
from lintel.wire.v1.health import Finding

WORDS = {True: ("pass", "green"), False: ("FAIL", "red"), None: ("not checked", "yellow")}


def audit(
    *,
    data: Annotated[Path, typer.Option(help="Folder of all that the device keeps.")],
    address: Annotated[
        str | None,
        typer.Option(help="Where it answers, https://host:port; without it no network check."),
    ] = None,
    advisories: Annotated[
        Path | None,
        typer.Option(
            help="Known vulnerabilities, a file or folder in OSV format; without it 'not checked'."
        ),
    ] = None,
    sbom: Annotated[
        Path | None, typer.Option(help="Write what is installed here, as CycloneDX JSON.")
    ] = None,
    store_key: Annotated[
        str | None,
        typer.Option(help="Key of the store: a path, keyring:NAME or credential:NAME."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False,
) -> None:
    """Check a device: files, encryption, retention, mode, secrets, audit log, TLS, software.

    Exit code 1 when a check fails. What could not be checked does not pass and does not fail.
    """
    findings = audit_device(AuditSettings(data, address, advisories, store_key))
    if sbom is not None:
        with writing(sbom):
            write_sbom(sbom)
    if as_json:
        typer.echo(msgspec.json.encode(Findings(findings)).decode())
    else:
        Console(soft_wrap=True).print(_table(findings))
        typer.echo(_summary(findings))
    if any(finding.passed is False for finding in findings):
        raise typer.Exit(1)


def _table(findings: tuple[Finding, ...]) -> Table:
    table = Table("check", "result", "what was found", "what to do")
    for finding in findings:
        word, colour = WORDS[finding.passed]
        said = (finding.check, finding.detail, finding.advice)
        check, detail, advice = (Text(text) for text in said)
        table.add_row(check, Text(word, style=colour), detail, advice)
    return table


def _summary(findings: tuple[Finding, ...]) -> str:
    count = {value: sum(f.passed is value for f in findings) for value in (True, False, None)}
    return f"{count[True]} passed, {count[False]} failed, {count[None]} not checked"
