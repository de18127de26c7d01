"""Who may do what: digest, sessions, tokens, roles, and the gate that asks for them."""

from __future__ import annotations

from lintel.device.access.accounts import Accounts
from lintel.device.access.denied import DeniedError
from lintel.device.access.gate import Claimed, Gate, Opened
from lintel.device.access.roles import SCOPES, SCOPES_OF_ROLE, Principal
from lintel.wire.v1.setting import Scope

__all__ = [
    "SCOPES",
    "SCOPES_OF_ROLE",
    "Accounts",
    "Claimed",
    "DeniedError",
    "Gate",
    "Opened",
    "Principal",
    "Scope",
]
