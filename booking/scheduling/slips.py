"""Typing slips in e-mail addresses: valid, and most likely of nobody.

Only the part after the @ is looked at: the providers that nearly everybody here has, and
endings that do not exist. An address that is merely rare is never doubted.
"""

from functools import lru_cache

KNOWN = (
    *("gmail.com", "hotmail.com", "hotmail.ca", "outlook.com", "live.ca", "live.com", "msn.com"),
    *("yahoo.ca", "yahoo.com", "icloud.com", "me.com", "aol.com", "shaw.ca", "telus.net", "telus.com"),
    *("rogers.com", "proton.me", "protonmail.com", "qq.com", "163.com", "126.com", "naver.com"),
)
# Providers that exist and look like a slip of a known one.
REAL = frozenset(
    {
        *("mail.com", "email.com", "ymail.com", "gmx.com", "hotmail.fr", "hotmail.com.br", "outlook.ca"),
        *("yahoo.co", "yahoo.cn", "yahoo.co.uk", "yahoo.fr", "live.cn", "live.co.uk", "aim.com", "mac.com"),
        *("my.com", "139.com", "188.com", "qq.cn", "mail.ca", "pm.me", "mns.com", "naver.co"),
    }
)
KEPT = 1024  # domains that are looked at once
SHORTEST = 7  # letters of a domain of which one may be wrong: shorter ones are too like each other
ENDINGS = {"con": "com", "cmo": "com", "ocm": "com", "vom": "com", "xom": "com", "comm": "com", "cim": "com"}


def likely(address: str) -> str | None:
    """Return the address that was probably meant; None where there is no reason to doubt this one."""
    local, _, domain = address.strip().rpartition("@")
    typed = domain.lower()
    found = _meant(typed) if local else typed
    return None if found == typed else f"{local}@{found}"


@lru_cache(maxsize=KEPT)
def _meant(typed: str) -> str:
    """Return the domain that was probably meant, itself where there is no reason to doubt it."""
    if typed in KNOWN or typed in REAL:
        return typed
    meant = _with_ending(typed)
    near = [known for known in KNOWN if len(known) >= SHORTEST and _is_one_slip(meant, known)]
    return meant if meant in KNOWN or not near else near[0]


def _with_ending(domain: str) -> str:
    """Return a domain with an ending that exists in place of one that does not."""
    name, _, ending = domain.rpartition(".")
    return f"{name}.{ENDINGS.get(ending, ending)}" if name else domain


def _is_one_slip(typed: str, meant: str) -> bool:
    """Say whether one letter was left out, added, replaced or changed places with its neighbour."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    at = next((n for n, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    if at is None:
        return True  # one letter more or less at the end
    rest, due = typed[at:], meant[at:]
    swapped = rest[:2] == due[1::-1] and rest[2:] == due[2:]
    return rest[1:] == due[1:] or rest[1:] == due or rest == due[1:] or swapped
