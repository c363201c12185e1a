"""A form that came when its sender was signed out: kept in the sign-in page, sent after signing in.

The desk's script covers the page instead and leaves everything where it is. Without
script the browser has let go of the form: its fields travel, sealed, through the steps of
signing in, and are offered to the person who typed them. Nothing of it is stored.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from flask import Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from booking.access.roles import STAFF_ENDPOINTS
from booking.access.vault import Unsealable
from booking.actions.values import Staff
from booking.house import house
from booking.web.account.blueprint import blueprint, show
from booking.web.errors import page
from booking.web.onward import see_other
from booking.web.security import LARGEST_BODY, check_token, read_form
from booking.web.staff import HOME, OURS, SignedOut, find_last_staff, find_staff

UNSENT = "unsent"
LARGEST = LARGEST_BODY // 2  # sealed it is a third longer, and comes back with a password
ONCE_MORE = "That took too long, or you signed in elsewhere meanwhile. Please sign in once more."
_KEPT_OF = ("desk", "admin")  # a person's own account sends passwords: those are never kept


@dataclass(frozen=True)
class Unsent:
    """What was to be sent: where to, each field's name and value as they came, and by whom.

    ``owner`` is None where the browser had been signed out and so did not say.
    """

    address: str
    endpoint: str
    owner: int | None
    fields: list[tuple[str, str]]

    def is_for(self, staff: Staff) -> bool:
        """Say whether somebody who has signed in may be offered it."""
        is_theirs = self.owner in (None, staff.id)
        return is_theirs and staff.role in STAFF_ENDPOINTS.get(self.endpoint, frozenset())


@blueprint.app_errorhandler(SignedOut)
def ask_to_sign_in(refused: SignedOut) -> Response:
    """Ask who is there, keeping the form that came; one of another site is not kept."""
    try:
        sealed = _sealed()
    except HTTPException:  # too large, unreadable, or not from a page of ours
        return page(refused.refusal)
    return show("sign_in", 401, next=HOME, unsent=sealed) if sealed else page(refused.refusal)


def go_on(wanted: str) -> Answer:
    """Lead whoever is signed in now to the page they wanted, or offer them what they had not sent."""
    unsent = _unsealed(request.form.get(UNSENT, ""))
    if unsent is None:
        return see_other(wanted)
    staff = find_staff()
    return show("unsent", unsent=unsent if staff and unsent.is_for(staff) else None)


def once_more(wanted: str) -> Answer:
    """Ask to sign in again where a step came too late, keeping what was not sent; who is in goes on."""
    if UNSENT in request.form and find_staff() is not None:
        return go_on(wanted)
    return show("sign_in", 400, next=wanted, fault=ONCE_MORE)


def _sealed() -> str | None:
    if request.blueprint not in _KEPT_OF or len(read_form()) > LARGEST:
        return None
    if request.headers.get("Sec-Fetch-Site") != "same-origin":  # the browser's own word, where it says one
        check_token()
    fields = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    text = json.dumps([request.full_path.rstrip("?"), request.endpoint, find_last_staff(), fields])
    return base64.urlsafe_b64encode(house().vault.seal(text, UNSENT)).decode()


def _unsealed(sealed: str) -> Unsent | None:
    try:
        text = house().vault.unseal(base64.urlsafe_b64decode(sealed.encode()), UNSENT)
    except (Unsealable, binascii.Error, ValueError):
        return None
    unsent = Unsent(*json.loads(text))
    return unsent if OURS.fullmatch(unsent.address) else None
