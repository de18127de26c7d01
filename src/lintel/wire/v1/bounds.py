r"""Bounds of what may be asked: lengths of text, sizes of numbers, forms of names.

A pattern ends in ``(?!\n)$``: in Python a bare ``$`` would let a line break through.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta

YEAR_S = 366 * 86_400.0
LINE = r"^[^\x00-\x1f\x7f]*(?!\n)$"  # one line of text, without control characters

Utc: TypeAlias = Annotated[datetime, Meta(tz=True, description="RFC 3339, with its zone")]
Words: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500, pattern=LINE)]
Note: TypeAlias = Annotated[str, Meta(max_length=2000)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64, pattern=LINE)]
UserName: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*(?!\n)$")
]
Secret: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=LINE)]
Identifier: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+(?!\n)$")
]
Position: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.:=+-]+(?!\n)$")
]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Version: TypeAlias = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Seconds: TypeAlias = Annotated[float, Meta(gt=0.0, le=10 * YEAR_S)]
Pem: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64 * 1024)]
