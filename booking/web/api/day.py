"""A day's visits, for programs of the staff (bearer token)."""

from typing import Any

from flask import Response, jsonify

from booking.actions.day_list import list_visits
from booking.actions.looks import note_look
from booking.house import house
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from booking.web.api.blueprint import blueprint, clinic
from booking.web.api.times import iso
from booking.web.dates import find_date
from booking.web.staff import current_staff, staff_actor


@blueprint.get("/day/<date>")
def day(date: str) -> Response:
    """List the day's visits, cancelled ones too; who asks is noted."""
    here, on = clinic(), find_date(date)
    if on is None:
        raise Invalid({"date": "This must be a date such as 2026-11-24."})
    note_look(here, "day", staff_actor(), house().now())
    visits = list_visits(here, on, 1, current_staff())
    return jsonify([_shown(here, visit) for visit in visits])


def _shown(here: Clinic, visit: Visit) -> dict[str, Any]:
    return {
        "reference": visit.reference,
        "service": visit.service,
        "kind": visit.sold.kind,
        "practitioner": visit.practitioner,
        "room": visit.room,
        "start": iso(visit.starts, here.zone),
        "end": iso(visit.ends, here.zone),
        "status": visit.status,
        "first_visit": visit.first_visit,
        "companion": visit.companion,
        "patient": {
            "name": visit.patient.name,
            "phone": visit.patient.phone,
            "email": visit.patient.email,
            "language": visit.patient.language,
        },
    }
