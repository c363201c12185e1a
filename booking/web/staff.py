"""Who of the staff is asking: found by ``admit_staff`` before any view of theirs runs."""

import re
from collections.abc import Set
from typing import Any
from urllib.parse import urlencode

from flask import g, request, session
from werkzeug.wrappers import Response as Answer

from booking.actions.clinics import get_clinic, get_stamped_clinic
from booking.actions.denied import note_denied
from booking.actions.sign_in import find_by_token, find_owner, find_signed_in
from booking.actions.values import Actor, Staff
from booking.house import house
from booking.web.errors import Refused
from booking.web.onward import see_other

SESSION = "staff"
SIGN_IN = "/staff/sign-in"
HOME = "/desk/"
# The only addresses that ``next`` may name: ours, and no trick with slashes (A20).
OURS = re.compile(r"/(?:desk|staff|admin)(?:/[A-Za-z0-9._~-]+)*/?(?:\?[A-Za-z0-9._~%=&+-]*)?", re.ASCII)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BY_THEMSELVES = ("desk.grid", "desk.keys")  # what open pages ask for without anybody doing anything
BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]{43})", re.ASCII)


class SignedOut(Refused):
    """A form came from a browser that is not, or no longer, signed in."""

    def __init__(self) -> None:
        super().__init__("signed_out")


def current_staff() -> Staff:
    """Return who is signed in; only behind ``admit_staff``, which refuses everybody else."""
    staff: Staff = g.staff
    return staff


def staff_actor() -> Actor:
    """Return who asks, as actions and the audit trail name them."""
    return Actor("staff", current_staff().name)


def admit_staff(roles: Set[str], *, is_api: bool) -> Answer | None:
    """Let a signed-in person of one of the roles through.

    Returns:
        the way to the sign-in page for a browser that is not signed in, None to go on.

    Raises:
        SignedOut: a form of a browser that is not signed in.
        Refused: no token of the API, or not for this role.
    """
    staff = _by_bearer() if is_api else _by_session()
    if staff is None:
        if is_api:
            raise Refused("unauthorized")
        if request.method not in SAFE_METHODS:
            raise SignedOut
        return see_other(f"{SIGN_IN}?{urlencode({'next': request.full_path.rstrip('?')})}")
    g.staff = staff
    if staff.role not in roles:
        if request.method not in SAFE_METHODS:
            note_denied(g.clinic, str(request.endpoint), staff_actor(), house().now())
        raise Refused("forbidden")
    return None


def find_staff() -> Staff | None:
    """Return whose browser asks, where no view of theirs was reached; None if nobody is signed in."""
    return _by_session()


def find_last_staff() -> int | None:
    """Return whose session this browser's is or was, None where it does not say or was signed out."""
    token: Any = session.get(SESSION)
    if not isinstance(token, str):
        return None
    return find_owner(get_clinic(house().clinic), token)


def safe_next(wanted: str | None) -> str:
    """Return where to go after signing in: an address of ours, else the desk."""
    return wanted if wanted and OURS.fullmatch(wanted) else HOME


def begin_session(token: str) -> None:
    """Let this browser be signed in; what its session held before is gone (fixation, A11)."""
    session.clear()
    session[SESSION] = token


def session_token() -> str:
    """Return the token of this browser's session."""
    token: str = session[SESSION]
    return token


def _by_session() -> Staff | None:
    token: Any = session.get(SESSION)
    if not isinstance(token, str):
        return None
    here = house()
    g.clinic, g.stamp = get_stamped_clinic(here.clinic)
    return find_signed_in(g.clinic, token, here.now(), is_used=request.endpoint not in BY_THEMSELVES)


def _by_bearer() -> Staff | None:
    given = BEARER.fullmatch(request.headers.get("Authorization", ""))
    return find_by_token(get_clinic(house().clinic), given[1]) if given else None
