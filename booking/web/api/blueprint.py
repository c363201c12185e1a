"""The API's blueprint, and how refusals leave it."""

from typing import Any

from flask import Blueprint, Response, g

from booking.actions.clinics import get_clinic
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused, SlotTaken
from booking.web.api.times import nearest_json
from booking.web.errors import refusal_problem
from booking.web.refusals import ANSWERS

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def clinic() -> Clinic:
    """Return the clinic that is served, and remember it for a refusal's offsets."""
    found: Clinic = get_clinic(house().clinic)
    g.clinic = found
    return found


@blueprint.errorhandler(BookingRefused)
def refused(refusal: BookingRefused) -> Response:
    """Answer a refusal as a problem; a conflict tells the nearest free starts, and what is short."""
    more: dict[str, Any] = {}
    if ANSWERS[refusal.code].status == 409 and "clinic" in g:
        more["nearest"] = nearest_json(refusal.nearest, g.clinic.zone)
    if refusal.code == SlotTaken.code and refusal.reason:
        more["short"] = refusal.reason
    return refusal_problem(refusal, **more)
