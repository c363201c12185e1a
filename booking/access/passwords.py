"""Passwords of the staff: argon2id, and what is too easy to guess."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 15  # without a second factor (ASVS 6.2)
LONGEST = 256  # hashing a megabyte would be somebody else's way to keep this server busy
FEWEST_DIFFERENT = 6

# OWASP's parameters: 19 MiB, two rounds, one lane.
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
_NOBODYS = _hasher.hash("of no account: checked so that an unknown address takes as long as a known one")


def hash_password(password: str) -> str:
    """Return the hash under which a password is stored."""
    return _hasher.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Say whether a password is the stored one; takes as long where there is none (A17)."""
    if len(password) > LONGEST:
        return False
    try:
        return _hasher.verify(stored or _NOBODYS, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def what_is_weak(password: str, names: tuple[str, ...]) -> str | None:
    """Say in a sentence what makes a password too easy to guess, None where nothing does.

    Args: ``names`` are words that anybody would try: the person's, the clinic's.
    """
    if len(password) < SHORTEST:
        return f"Please use at least {SHORTEST} characters. Four or five words in a row are easy to keep."
    if len(password) > LONGEST:
        return f"Please use at most {LONGEST} characters."
    if len(set(password.casefold())) < FEWEST_DIFFERENT:
        return "Please use more different characters."
    rest = password.casefold()
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 2:
            rest = rest.replace(name.casefold(), "")
    if len(rest) < SHORTEST // 2:
        return "Please use more than your name, your address or the clinic's name."
    return None
