"""Book, look up, cancel and move an appointment over the API."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify, request

from booking.actions.book import book as book_visit
from booking.actions.cancel import cancel as cancel_visit
from booking.actions.look_up import get_visit
from booking.actions.move import move as move_visit
from booking.actions.values import Actor, BookRequest
from booking.house import house
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from booking.web.api.blueprint import blueprint, clinic
from booking.web.api.reading import Fields, read_object
from booking.web.api.times import find_start, iso
from booking.web.security import origin

KEY_HEADER = "Idempotency-Key"
SHORTEST_KEY, LONGEST_KEY = 8, 128
NO_TIME = "This must be a time such as 2026-11-24T09:00."


@blueprint.post("/appointments")
def book() -> tuple[Response, int]:
    """Book a visit; a retry with the same Idempotency-Key gets the same answer."""
    now = house().now()
    here = clinic()
    wanted = _book_request(here)
    booked = book_visit(here, wanted, _patient(), now, house().vault)
    answer = _shown(
        here,
        booked.token,
        reference=booked.reference,
        service=booked.service,
        practitioner=booked.practitioner,
        start=booked.start,
        end=booked.end,
        status=booked.status,
    )
    return jsonify(answer), 201


@blueprint.get("/appointments/<token>")
def appointment(token: str) -> Response:
    """Show the appointment that the token opens."""
    here = clinic()
    return _visit(here, token, get_visit(here, token, house().now()))


@blueprint.post("/appointments/<token>/cancel")
def cancel(token: str) -> Response:
    """Cancel the appointment; one that is cancelled already stays so."""
    now = house().now()
    here = clinic()
    visit = get_visit(here, token, now)
    return _visit(here, token, cancel_visit(here, visit, _patient(), now))


@blueprint.post("/appointments/<token>/move")
def move(token: str) -> Response:
    """Move the appointment; who is not said otherwise stays the same person."""
    now = house().now()
    here = clinic()
    visit = get_visit(here, token, now)
    body = read_object()
    fields = Fields(body, {})
    start = _start(fields, here)
    practitioner = fields.optional_text("practitioner") if "practitioner" in body else visit.practitioner
    if fields.faults or start is None:
        raise Invalid(fields.faults)
    return _visit(here, token, move_visit(here, visit, start, practitioner, _patient(), now))


def _patient() -> Actor:
    return Actor("patient", "patient", origin())


def _book_request(here: Clinic) -> BookRequest:
    fields = Fields(read_object(), {})
    patient = fields.part("patient")
    start = _start(fields, here)
    read: dict[str, Any] = {
        "service": fields.text("service"),
        "practitioner": fields.optional_text("practitioner"),
        "name": patient.text("name"),
        "email": patient.optional_text("email"),
        "phone": patient.optional_text("phone"),
        "language": patient.optional_text("language"),
        "first_visit": fields.optional_flag("first_visit"),
        "companion": fields.optional_flag("companion") or False,
        "safety": fields.word("safety"),
        "consent": fields.optional_flag("consent") or False,
        "key": _key(fields.faults),
    }
    if fields.faults or start is None:
        raise Invalid(fields.faults)
    return BookRequest(start=start, door="api", **read)


def _start(fields: Fields, here: Clinic) -> datetime | None:
    text = fields.text("start")
    start = find_start(text, here.zone)
    if start is None:
        fields.faults.setdefault("start", NO_TIME)
    return start


def _key(faults: dict[str, str]) -> str | None:
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    visible = all("!" <= character <= "~" for character in key)
    if not (visible and SHORTEST_KEY <= len(key) <= LONGEST_KEY):
        faults[KEY_HEADER] = f"Use {SHORTEST_KEY} to {LONGEST_KEY} visible ASCII characters."
    return key


def _visit(here: Clinic, token: str, visit: Visit) -> Response:
    return jsonify(
        _shown(
            here,
            token,
            reference=visit.reference,
            service=visit.service,
            practitioner=visit.practitioner,
            start=visit.starts,
            end=visit.ends,
            status=visit.status,
        )
    )


def _shown(here: Clinic, token: str, *, start: datetime, end: datetime, **more: str) -> dict[str, Any]:
    """Return everything that an answer tells of an appointment (A7): nothing about the person."""
    return {
        "reference": more["reference"],
        "token": token,
        "manage_url": f"{house().base_url}/appointment/{token}",
        "service": more["service"],
        "practitioner": more["practitioner"],
        "start": iso(start, here.zone),
        "end": iso(end, here.zone),
        "status": more["status"],
    }
