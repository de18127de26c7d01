"""Who is responsible: what the notice at the door must say (GDPR Art. 13)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lintel.errors import InputError

MAX_CHARACTERS = 300
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "controller": "name of who is responsible",
        "address": "postal address",
        "email": "e-mail address for questions",
        "phone": "telephone number",
        "dpo": "data protection officer: name",
        "dpo_email": "data protection officer: e-mail address",
        "place": "the place that is counted",
        "purpose": "what the counts are for",
        "legal_basis": "legal basis that is relied on",
        "recipients": "who receives counts",
        "authority": "supervisory authority for complaints",
    }
)

Contact = dict[str, str]


def completed(kept: Mapping[str, str]) -> Contact:
    """All fields; an empty string where nothing was said."""
    return {name: kept.get(name, "") for name in FIELDS}


def checked(contact: Mapping[str, str]) -> Contact:
    """All fields as given, the others empty.

    Raises:
        InputError: an unknown field, or a text that is too long or not printable.
    """
    unknown = sorted(set(contact) - set(FIELDS))
    if unknown:
        raise InputError(f"contact: unknown {', '.join(unknown)}; expected {', '.join(FIELDS)}")
    for name, text in contact.items():
        if len(text) > MAX_CHARACTERS or not text.isprintable():
            raise InputError(
                f"contact.{name}: expected at most {MAX_CHARACTERS} printable characters"
            )
    return completed({name: text.strip() for name, text in contact.items()})
