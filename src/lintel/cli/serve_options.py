"""What ``lintel serve`` can be told on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LEAST_MIB = 16

DataOption = Annotated[
    Path, typer.Option(help="Folder of all that the device keeps; made, for you alone.")
]
SourceOption = Annotated[
    str,
    typer.Option(
        help="Recording folder, sim:SCENARIO, analytic:NAME, camera:0,1 or "
        "'rtsp://.../left|rtsp://.../right'."
    ),
]
CalibrationOption = Annotated[
    Path | None, typer.Option(help="Calibration file; a camera needs one.")
]
SiteOption = Annotated[
    Path | None,
    typer.Option(help="Site file of the first start; later it is changed over the web."),
]
HostOption = Annotated[str, typer.Option(help="Address to listen at.")]
PortOption = Annotated[int, typer.Option(help="HTTPS port; 0: any.", min=0, max=65535)]
RedirectPortOption = Annotated[
    int | None,
    typer.Option(help="Answer plain HTTP here with the way to HTTPS.", min=0, max=65535),
]
NameOption = Annotated[
    list[str] | None, typer.Option(help="Host name for the certificate; may be repeated.")
]
LoopOption = Annotated[bool, typer.Option("--loop", help="Begin again when a recording is over.")]
TimeZoneOption = Annotated[
    str, typer.Option(help="IANA zone that intervals are aligned to, at the first start.")
]
DetectorOption = Annotated[
    str, typer.Option(help="What finds heads: learned, classical, or the file of a model.")
]
MaxStoreMibOption = Annotated[
    int, typer.Option(help="Most that the store may take on the disk.", min=LEAST_MIB)
]
StoreKeyOption = Annotated[
    str | None,
    typer.Option(help="Key of the store: FILE, keyring:NAME or credential:NAME."),
]
RespawnOption = Annotated[
    bool, typer.Option("--respawn", help="Start the device again when it ends by a fault.")
]
SecondsOption = Annotated[
    float, typer.Option(help="End by itself after so long; 0: never.", min=0.0)
]
LogOption = Annotated[
    bool, typer.Option("--log", help="Write the log to standard error too, as JSON lines.")
]
CountsOption = Annotated[
    bool, typer.Option("--counts", help="Print the running counts whenever they change.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the address as one JSON object.")]
