"""Codes that people read from paper and type: no letter that looks like another one."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: 5 bits a letter
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
GROUP = 4
MAX_TYPED = 128


def new_code(letters: int) -> str:
    """A random code, in groups of four."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(letters))
    return "-".join(drawn[at : at + GROUP] for at in range(0, letters, GROUP))


def normal_code(typed: str) -> str:
    """What was meant: case, spaces, hyphens and look-alikes do not matter."""
    kept = typed[:MAX_TYPED].upper().translate(LOOK_ALIKE)
    return "".join(letter for letter in kept if letter in ALPHABET)
