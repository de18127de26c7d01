"""The Authorization header of RFC 7616, read strictly: what is odd is refused, not guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from lintel.errors import AccessError

Algorithm: TypeAlias = Literal["SHA-256", "SHA-256-sess", "MD5", "MD5-sess"]

ALGORITHMS: tuple[Algorithm, ...] = get_args(Algorithm)
MAX_HEADER = 8192
MAX_PARAMETERS = 24
MAX_CNONCE = 256
MAX_NC = 0xFFFF_FFFF
REQUIRED = ("username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce")

# RFC 9110, sections 5.6.2 and 5.6.4, without obs-text: user names are ASCII here
TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - not a secret
QUOTED = r'"(?:[\t !#-\[\]-~]|\\[\t -~])*"'
PARAMETER = re.compile(rf"({TOKEN})[\t ]*=[\t ]*({TOKEN}|{QUOTED})")
BETWEEN = re.compile(r"[\t ]*,[\t ]*")
ESCAPED = re.compile(r"\\(.)")
HEX = re.compile(r"[0-9a-f]+")
NC = re.compile(r"[0-9a-fA-F]{8}")


class HeaderError(AccessError):
    """An Authorization header is not what RFC 7616 asks for; the text shows nothing of it."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client says of itself. ``username`` is its hash when ``userhash`` is set."""

    username: str = field(repr=False)
    realm: str
    nonce: str
    uri: str
    nc: str
    cnonce: str
    response: str = field(repr=False)
    algorithm: Algorithm
    opaque: str | None = None
    userhash: bool = False

    @property
    def count(self) -> int:
        """The client's count of requests with this nonce."""
        return int(self.nc, 16)


def read_credentials(header: str) -> Credentials:
    """Read ``Digest username="...", ...``.

    Raises:
        HeaderError: anything at all is not as RFC 7616 says, or out of bounds.
    """
    found = read_parameters(header)
    for name in REQUIRED:
        if name not in found:
            raise HeaderError(f"the Digest header has no {name}: clients must send qop=auth")
    if found["qop"] != "auth":
        raise HeaderError("the Digest header asks for another qop than auth")
    if NC.fullmatch(found["nc"]) is None or int(found["nc"], 16) == 0:
        raise HeaderError("nc of the Digest header must be eight hexadecimal digits from 00000001")
    if not 1 <= len(found["cnonce"]) <= MAX_CNONCE:
        raise HeaderError(f"cnonce of the Digest header must have 1 to {MAX_CNONCE} characters")
    algorithm = _algorithm(found.get("algorithm", "MD5"))  # MD5 is the default of the RFC
    digits = 64 if algorithm.startswith("SHA-256") else 32
    if len(found["response"]) != digits or HEX.fullmatch(found["response"]) is None:
        raise HeaderError(f"response of the Digest header must be {digits} lower-case hex digits")
    return Credentials(
        username=found["username"],
        realm=found["realm"],
        nonce=found["nonce"],
        uri=found["uri"],
        nc=found["nc"],
        cnonce=found["cnonce"],
        response=found["response"],
        algorithm=algorithm,
        opaque=found.get("opaque"),
        userhash=_flag(found.get("userhash", "false")),
    )


def read_parameters(header: str) -> dict[str, str]:
    """Parameters of a Digest header by lower-case name, unquoted.

    Raises:
        HeaderError: not a list of parameters, too long, or one stands twice.
    """
    if len(header) > MAX_HEADER:
        raise HeaderError(f"the Authorization header has more than {MAX_HEADER} characters")
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "digest":
        raise HeaderError("expected Authorization: Digest")
    text = rest.strip(" \t")
    found: dict[str, str] = {}
    place = 0
    while True:
        parameter = PARAMETER.match(text, place)
        if parameter is None or len(found) == MAX_PARAMETERS:
            raise HeaderError("the Digest header is not a list of name=value, or is too long")
        name, value = parameter[1].lower(), unquoted(parameter[2])
        if name in found:
            raise HeaderError("a parameter of the Digest header stands twice")
        found[name] = value
        place = parameter.end()
        if place == len(text):
            return found
        between = BETWEEN.match(text, place)
        if between is None:
            raise HeaderError("parameters of the Digest header must have commas between them")
        place = between.end()


def quoted(text: str) -> str:
    """Text as a quoted-string (RFC 9110, section 5.6.4).

    Raises:
        HeaderError: it holds what no header may hold.
    """
    if any(not (character == "\t" or " " <= character <= "~") for character in text):
        raise HeaderError("a header holds printable ASCII only")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unquoted(value: str) -> str:
    """The text of a token or quoted-string."""
    return ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value


def _algorithm(name: str) -> Algorithm:
    for algorithm in ALGORITHMS:
        if algorithm.lower() == name.lower():
            return algorithm
    raise HeaderError("the Digest header names an algorithm that is not spoken here")


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise HeaderError("userhash of the Digest header must be true or false")
    return text.lower() == "true"
