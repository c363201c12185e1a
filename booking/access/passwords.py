"""Passwords of the staff: argon2id, and what is too easy to guess (A14)."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from string import digits, punctuation

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 15  # without a second factor (ASVS 6.2)
SHORTEST_OF_TWO = 8  # where signing in asks for a second step as well
LONGEST = 256  # hashing a megabyte would be somebody else's way to keep this server busy
FEWEST_DIFFERENT = 6
SHORT = "short:"  # before the hash of a password that is good only beside a second step

# OWASP's parameters: 19 MiB, two rounds, one lane.
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
_NOBODYS = _hasher.hash("of no account: checked so that an unknown address takes as long as a known one")


def shortest_for(has_second_step: bool) -> int:
    """Return how many characters a password needs at least (ASVS 6.2)."""
    return SHORTEST_OF_TWO if has_second_step else SHORTEST


def hash_password(password: str) -> str:
    """Return what is stored of a password: its hash, marked where it needs a second step beside it."""
    return (SHORT if len(password) < SHORTEST else "") + _hasher.hash(password)


def needs_second_step(stored: str | None) -> bool:
    """Say whether a stored password is too short to stand alone."""
    return stored is not None and stored.startswith(SHORT)


def is_password(stored: str | None, password: str) -> bool:
    """Say whether a password is the stored one; takes as long where there is none (A17)."""
    if len(password) > LONGEST:
        return False
    try:
        return _hasher.verify((stored or _NOBODYS).removeprefix(SHORT), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def what_is_weak(password: str, names: tuple[str, ...], shortest: int) -> str | None:
    """Say in a sentence what makes a password too easy to guess, None where nothing does.

    Args:
        password: as typed.
        names: words that anybody would try: the person's, the clinic's.
        shortest: how many characters it needs at least.
    """
    if len(password) < shortest:
        return f"Please use at least {shortest} characters. Four or five words in a row are easy to keep."
    if len(password) > LONGEST:
        return f"Please use at most {LONGEST} characters."
    if len(set(password.casefold())) < FEWEST_DIFFERENT:
        return "Please use more different characters."
    if _is_common(password.casefold()):
        return "This is one of the first that anybody would try. Please choose another."
    rest = password.casefold()
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 2:
            rest = rest.replace(name.casefold(), "")
    if len(rest) < shortest // 2:
        return "Please use more than your name, your address or the clinic's name."
    return None


def _is_common(password: str) -> bool:
    """Say whether a password is of the list, also with digits or signs put around it."""
    tried = (password, password.strip(digits + punctuation))
    return any(sha256(one.encode()).hexdigest()[:8] in _common() for one in tried)


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
