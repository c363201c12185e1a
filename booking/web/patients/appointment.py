"""The fourth screen: you're booked. Later the same address shows the appointment."""

from datetime import timedelta

from flask import Response

from booking.actions.look_up import get_visit
from booking.house import house
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_instant, to_wall
from booking.web.patients.blueprint import blueprint, here, show
from booking.web.patients.receipt import receipt_of_visit
from booking.wording.calendar import calendar_file
from booking.wording.dates import when_words
from booking.wording.kinds import kind_words

FRESH = timedelta(minutes=15)


@blueprint.get("/appointment/<token>")
def appointment(token: str) -> str:
    """Show the appointment that a link opens."""
    clinic = here()
    now = house().now()
    visit = get_visit(clinic, token, now)
    return show(
        "appointment",
        clinic,
        visit=visit,
        heading=_heading(visit, is_fresh=now - visit.created_at < FRESH),
        receipt=receipt_of_visit(clinic, visit),
        kind=kind_words(visit.sold.kind),
        calendar=f"/appointment/{token}.ics",
        free_until=_free_until(clinic, visit),
    )


@blueprint.get("/appointment/<token>.ics")
def calendar(token: str) -> Response:
    """Give the appointment as a calendar entry."""
    clinic = here()
    visit = get_visit(clinic, token, house().now())
    response = Response(calendar_file(clinic, visit, "PUBLISH"), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _heading(visit: Visit, *, is_fresh: bool) -> str:
    if visit.status == "cancelled":
        return "This appointment is cancelled."
    return "You're booked." if is_fresh else "Your appointment"


def _free_until(clinic: Clinic, visit: Visit) -> str | None:
    """Return until when cancelling is free, None where that has passed."""
    until = to_instant(visit.starts, clinic.zone) - timedelta(hours=clinic.policy.cancel_until_hours)
    return when_words(to_wall(until, clinic.zone)) if until > house().now() else None
