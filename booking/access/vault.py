"""Link tokens and sealed values: random, hashed for look-up, sealed for later use.

A token is 256 random bits (reliability.md, A1). The database keeps its SHA-256 and
a copy sealed with AES-256-GCM under a key derived from SECRET_KEY (D9).
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Unsealable(Exception):
    """The sealed value was made with another key or was altered."""


def mint_token() -> str:
    """Return a new link token of 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return the SHA-256 of a token in hex, the form in which it is looked up."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Vault:
    """Seals small secrets and names people without naming them."""

    def __init__(self, secret_key: str, earlier: Sequence[str] = ()) -> None:
        """Args: ``earlier`` are keys that still open what they sealed, while keys are changed."""
        self._cipher = AESGCM(self._derive(secret_key, b"seal"))
        self._earlier = [AESGCM(self._derive(key, b"seal")) for key in earlier]
        self._naming_key = self._derive(secret_key, b"name")

    @staticmethod
    def _derive(secret_key: str, purpose: bytes) -> bytes:
        return hmac.digest(secret_key.encode(), b"clinic-booking:" + purpose, "sha256")

    def seal(self, text: str, context: str) -> bytes:
        """Return ``text`` encrypted; it opens only with the same ``context``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), context.encode())

    def unseal(self, sealed: bytes, context: str) -> str:
        """Return what ``seal`` was given.

        Raises:
            Unsealable: another key, another context, or altered bytes.
        """
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        for cipher in (self._cipher, *self._earlier):
            try:
                return cipher.decrypt(nonce, body, context.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise Unsealable

    def pseudonym(self, text: str) -> str:
        """Return a keyed hash of an address or a visitor, 43 characters, not reversible."""
        return hmac.digest(self._naming_key, text.encode("utf-8", "replace"), "sha256").hex()[:43]
