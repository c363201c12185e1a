"""What this browser has just booked: Back from the confirmation leads to it again (E25).

The link's token lies sealed in a cookie of its own: to write it into the session would
sign and pack the whole session anew with every booking.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import current_app, request
from werkzeug.wrappers import Response as Answer

from booking.access.vault import Unsealable
from booking.house import house

NAME = "booked"


def remember_booked(answer: Answer, code: str, start: str, token: str) -> Answer:
    """Note the service, start and link of the visit that this browser has booked last."""
    sealed = urlsafe_b64encode(house().vault.seal(token, _context(code, start))).decode()
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    answer.set_cookie(_name(), sealed, secure=secure, httponly=True, samesite="Lax")
    return answer


def find_booked(code: str, start: str) -> str | None:
    """Return the link's token if this browser's last booking was of this service and start."""
    noted = request.cookies.get(_name())
    if noted is None:
        return None
    try:
        return house().vault.unseal(urlsafe_b64decode(noted), _context(code, start))
    except (Unsealable, ValueError):
        return None


def _name() -> str:
    return f"__Host-{NAME}" if current_app.config["SESSION_COOKIE_SECURE"] else NAME


def _context(code: str, start: str) -> str:
    return f"booked:{code}:{start}"
