"""The second step of signing in: codes of an authenticator app (RFC 6238), and recovery codes."""

import base64
import hmac
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20
DIGITS, PERIOD = 6, 30  # what every authenticator app understands
SKEW = 1  # steps that a phone's clock may be off, either way
RECOVERY_CODES = 10
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # none that is read as another


def new_secret() -> bytes:
    """Return a secret for an authenticator app."""
    return secrets.token_bytes(SECRET_BYTES)


def key_words(secret: bytes) -> str:
    """Return a secret as people type it: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address_of(secret: bytes, account: str, issuer: str) -> str:
    """Return the ``otpauth:`` address that opens an authenticator app on the same device."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def find_step(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the time step that a code belongs to, None where it is not one of now."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    present = int(now.timestamp()) // PERIOD
    for step in range(present - SKEW, present + SKEW + 1):
        try:
            _totp(secret).verify(digits.encode(), step * PERIOD)
        except InvalidToken:
            continue
        return step
    return None


def recovery_codes(seed: str) -> list[str]:
    """Return codes of 48 bits, each good once; the same seed gives the same codes.

    Args:
        seed: what nobody outside can know or guess.
    """
    return ["-".join(_letters(seed, f"{code} {part}") for part in range(2)) for code in range(RECOVERY_CODES)]


def plain_recovery_code(typed: str) -> str:
    """Return a recovery code as it is hashed, however it was typed."""
    return "".join(c for c in typed.lower() if c in LETTERS)


def _letters(seed: str, which: str) -> str:
    """Return five letters; 256 bits behind them leave none of them likelier than another."""
    left, found = int.from_bytes(hmac.digest(seed.encode(), which.encode(), "sha256")), ""
    for _ in range(5):
        left, at = divmod(left, len(LETTERS))
        found += LETTERS[at]
    return found


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), PERIOD)  # noqa: S303  RFC 6238 as the apps have it
