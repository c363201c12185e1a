"""Book the same again: from a visit's own page, with name and contact filled in (P2).

The link is what signs it: it is kept, sealed, in this browser's session for half an
hour, and whatever it no longer opens fills in nothing. Typing a known address never does.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import datetime, timedelta

from flask import session
from werkzeug.wrappers import Response as Answer

from booking.access.vault import Unsealable
from booking.actions.look_up import get_visit
from booking.house import house
from booking.scheduling.appointment import Patient, Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound
from booking.web.onward import see_other
from booking.web.patients.blueprint import blueprint
from booking.web.patients.choices import Choices, known_choices
from booking.web.patients.lines import closest, fitting
from booking.web.patients.visit_standing import open_visit

AGAIN = "again"
KEPT = timedelta(minutes=30)


@blueprint.post("/appointment/<token>/again")
def again(token: str) -> Answer:
    """Go to the times of the same service and practitioner; the form after that is filled in."""
    opened = open_visit(token)
    sealed = house().vault.seal(f"{opened.now.isoformat()} {token}", AGAIN)
    session[AGAIN] = urlsafe_b64encode(sealed).decode()
    choices = _same(opened.clinic, opened.visit)
    return see_other(choices.times_address() if choices else "/")


def find_known(clinic: Clinic) -> Patient | None:
    """Return whose visit this browser books again, if it does."""
    kept = session.get(AGAIN) if AGAIN in session else None
    if not isinstance(kept, str):
        return None
    now = house().now()
    try:
        since, _, token = house().vault.unseal(urlsafe_b64decode(kept), AGAIN).partition(" ")
        if now - datetime.fromisoformat(since) >= KEPT:
            return None
        return get_visit(clinic, token, now).patient
    except (Unsealable, NotFound, ValueError):
        return None


def forget() -> None:
    """Let the next form of this browser be empty."""
    session.pop(AGAIN, None)


def _same(clinic: Clinic, visit: Visit) -> Choices | None:
    """Return the visit's service as somebody books it who has been here, or the nearest in length."""
    fit = fitting(clinic, visit.sold.kind, first_visit=False)
    if not fit:
        return None
    same = [service for service in fit if service.code == visit.service]
    service = same[0] if same else closest(visit.sold.shape.minutes, fit)
    choices = Choices(service, practitioner=visit.practitioner).with_word(first_visit=False)
    companion = visit.companion and service.shape.companion_allowed
    return known_choices(clinic, replace(choices, companion=companion))
