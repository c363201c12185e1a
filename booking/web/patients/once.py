"""What this browser has just booked: Back from the confirmation leads to it again (E25).

The link's token lies in the session sealed, for the session's cookie can be read.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import session

from booking.access.vault import Unsealable
from booking.house import house

NAME = "booked"


def remember_booked(code: str, start: str, token: str) -> None:
    """Note the service, start and link of the visit that this browser has booked last."""
    sealed = house().vault.seal(token, _context(code, start))
    session[NAME] = urlsafe_b64encode(sealed).decode()


def find_booked(code: str, start: str) -> str | None:
    """Return the link's token if this browser's last booking was of this service and start."""
    noted = session.get(NAME)
    if not isinstance(noted, str):
        return None
    try:
        return house().vault.unseal(urlsafe_b64decode(noted), _context(code, start))
    except (Unsealable, ValueError):
        return None


def _context(code: str, start: str) -> str:
    return f"booked:{code}:{start}"
