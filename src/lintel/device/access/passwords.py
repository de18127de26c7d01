"""Which passwords are taken: long ones, and none that everybody tries first."""

from __future__ import annotations

import re
import unicodedata

from lintel.errors import AccessError

MIN_LENGTH = 12
MAX_LENGTH = 128
MIN_DIFFERENT = 5
MAX_PERIOD = 6
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")

# What stands in front of the digits in nearly every list of leaked passwords that are this long.
COMMON = frozenset(
    """
    password passwort passw0rd p@ssw0rd p@ssword motdepasse contrasena wachtwoord kennwort
    administrator administration admin adminadmin rootroot superuser superadmin sysadmin
    installer operator viewer privacyofficer lintel peoplecounter counter camera device
    welcome willkommen bienvenue letmein letmeinplease changeme changemenow changeit
    default defaultpassword secret topsecret mysecret mypassword yourpassword newpassword
    thisismypassword passwordpassword iloveyou iloveyouforever trustno princess sunshine
    football baseball basketball superman batman starwars pokemon dragon monkey shadow
    qwerty qwertyuiop qwertyuiopasdf qwertz qwertzuiop azerty azertyuiop asdfghjkl asdfghjklzxcvbnm
    zxcvbnm yxcvbnm qazwsx qazwsxedc qazwsxedcrfv onetwothree testtest testing tester testpassword
    internet computer michelle jennifer charlie summer winter spring autumn sommer frühling herbst
    correcthorsebatterystaple correct-horse-battery-staple
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
ROWS = (
    "012345678901234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "1a2s3d4f5g6h7j8k9l",
)
ENDING = re.compile(r"[\W\d_]+$")


def checked_name(name: str) -> str:
    """A user's name.

    Raises:
        AccessError: it is not 1 to 64 letters, digits and ``._@-``.
    """
    if NAME.fullmatch(name) is None:
        raise AccessError(
            "a user's name is 1 to 64 of A-Z, a-z, 0-9 and ._@- and begins with a letter or digit"
        )
    return name


def normal_password(password: str) -> str:
    """The form that is hashed (NFC, RFC 7616 section 4): accents are the same however typed."""
    return unicodedata.normalize("NFC", password)


def checked_password(password: str, *, name: str) -> str:
    """The password in the form that is hashed (NFC, RFC 7616 section 4).

    Raises:
        AccessError: too short, too long, or among the first that anybody would try. The text shows
            nothing of it.
    """
    try:
        password.encode()
    except UnicodeEncodeError:
        raise AccessError("the password holds characters that are none") from None
    normal = normal_password(password)
    if len(normal) < MIN_LENGTH:
        raise AccessError(
            f"a password has at least {MIN_LENGTH} characters, this has {len(normal)}: "
            "take four random words"
        )
    if len(normal) > MAX_LENGTH:
        raise AccessError(f"a password has at most {MAX_LENGTH} characters, this has {len(normal)}")
    if any(unicodedata.category(character) == "Cc" for character in normal):
        raise AccessError("a password holds no control characters (a line break, a tab)")
    if is_common(normal, name=name):
        raise AccessError(
            "this password is among the first that anybody would try: take four random words"
        )
    return normal


def is_common(password: str, *, name: str) -> bool:
    """Whether it is a common word with an ending, a row of keys, a repetition, or the name."""
    text = password.casefold()
    word = ENDING.sub("", text)
    told = name.casefold()
    return (
        text in COMMON
        or word in COMMON
        or word == told
        or text.replace(" ", "") in COMMON
        or len(set(text)) < MIN_DIFFERENT
        or _repeats(text)
        or any(text in row or text in row[::-1] for row in ROWS)
        or text in {told + told, told[::-1]}
    )


def _repeats(text: str) -> bool:
    """Whether it is one short piece over and over, or words of the list in a row."""
    for period in range(1, min(MAX_PERIOD, len(text) // 2) + 1):
        if (text[:period] * len(text))[: len(text)] == text:
            return True
    half, odd = divmod(len(text), 2)
    return not odd and text[:half] == text[half:] and ENDING.sub("", text[:half]) in COMMON
