"""A form that came when its sender was signed out: kept in the sign-in page, sent after signing in.

The desk's script covers the page instead and leaves everything where it is. Without
script the browser has let go of the form: its fields travel, sealed, through the steps of
signing in, and are offered once to whoever signs in. Nothing of it is stored.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from flask import Response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from booking.access.vault import Unsealable
from booking.house import house
from booking.web.account.blueprint import blueprint, show
from booking.web.errors import page
from booking.web.security import LARGEST_BODY, check_token, read_form
from booking.web.staff import HOME, OURS, SignedOut

UNSENT = "unsent"
LARGEST = LARGEST_BODY // 2  # sealed it is a third longer, and comes back with a password
_KEPT_OF = ("desk", "admin")  # a person's own account sends passwords: those are never kept
_OWN = frozenset({"csrf_token"})


@dataclass(frozen=True)
class Unsent:
    """What was to be sent: the path, and each field's name and value as they came."""

    path: str
    fields: list[tuple[str, str]]


@blueprint.app_errorhandler(SignedOut)
def ask_to_sign_in(refused: SignedOut) -> Response:
    """Ask who is there, keeping the form that came; one of another site is not kept."""
    try:
        sealed = _sealed()
    except HTTPException:  # too large, unreadable, or not from a page of ours
        return page(refused.refusal)
    return show("sign_in", 401, next=HOME, unsent=sealed) if sealed else page(refused.refusal)


def go_on(wanted: str) -> Answer:
    """Lead whoever has just signed in to the page they wanted, or offer them what was not sent."""
    unsent = _unsealed(request.form.get(UNSENT, ""))
    return show("unsent", unsent=unsent) if unsent else redirect(wanted, 303)


def _sealed() -> str | None:
    if request.blueprint not in _KEPT_OF or len(read_form()) > LARGEST:
        return None
    if request.headers.get("Sec-Fetch-Site") != "same-origin":  # the browser's own word, where it says one
        check_token()
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in _OWN]
    text = json.dumps([request.path, fields])
    return base64.urlsafe_b64encode(house().vault.seal(text, UNSENT)).decode()


def _unsealed(sealed: str) -> Unsent | None:
    try:
        text = house().vault.unseal(base64.urlsafe_b64decode(sealed.encode()), UNSENT)
    except (Unsealable, binascii.Error, ValueError):
        return None
    path, fields = json.loads(text)
    return Unsent(path, fields) if OURS.fullmatch(path) else None
