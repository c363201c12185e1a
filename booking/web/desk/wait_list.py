"""The wait list: put somebody on it, see what is free for whom, book it by one press (R9)."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, request
from werkzeug.datastructures import MultiDict

from booking.actions import wait_list
from booking.actions.looks import note_look
from booking.actions.values import WaitRequest
from booking.house import house
from booking.scheduling.errors import BookingRefused, NotFound
from booking.scheduling.wait_wish import ALL_DAYS
from booking.scheduling.zone import to_wall
from booking.web.dates import find_date
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import done, here, show
from booking.web.desk.typed import Typed, find_known, read_typed
from booking.web.desk.words import said_at_desk
from booking.web.errors import Refused
from booking.web.refusals import ANSWERS
from booking.web.staff import staff_actor

LIST = "/desk/waiting"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PARTS = {
    "any": "Any time of day",
    "morning": "Morning, before 12",
    "afternoon": "12 to 5",
    "evening": "After 5",
}
USUAL = timedelta(days=28)


@dataclass(frozen=True)
class Wished:
    """When it would suit, as the form says it; ``until`` None where there is no such date."""

    weekdays: int
    part: str
    until: date | None


@blueprint.get("/waiting")
def waiting() -> Response:
    """Show who waits, and what is free for them now."""
    return _show_list()


@blueprint.post("/waiting/new")
def ask_wish() -> Response:
    """Ask when it would suit; who and what were typed for a booking."""
    until = to_wall(house().now(), here().zone).date() + USUAL
    return _show_form(read_typed(request.form), Wished(ALL_DAYS, "any", until))


@blueprint.post("/waiting")
def put_on_list() -> Response:
    """Put somebody on the list."""
    typed, wished = read_typed(request.form), _read_wish(request.form)
    try:
        entry = wait_list.add(here(), _request(typed, wished), staff_actor(), house().now())
    except BookingRefused as refused:
        return _show_form(typed, wished, ANSWERS[refused.code].status, fault=said_at_desk(refused))
    return done("On the wait list.", LIST, undo=f"{LIST}/{entry.id}/remove")


@blueprint.post("/waiting/<int:number>/remove")
def take_off_list(number: int) -> Response:
    """Take somebody off the list; *Undo* puts them back."""
    try:
        wait_list.take_off(here(), number, staff_actor(), house().now())
    except BookingRefused as refused:
        return _show_list(refused)
    return done("Taken off the wait list.", LIST, undo=f"{LIST}/{number}/back")


@blueprint.post("/waiting/<int:number>/back")
def put_back_on_list(number: int) -> Response:
    """Put somebody back on the list."""
    try:
        wait_list.put_back(here(), number, staff_actor(), house().now())
    except BookingRefused as refused:
        return _show_list(refused)
    return done("On the wait list again.", LIST)


def _request(typed: Typed, wished: Wished) -> WaitRequest:
    known = find_known(typed)
    return WaitRequest(
        service=typed.service,
        practitioner=typed.practitioner or None,
        name=known.name if known else typed.name,
        email=known.email if known else typed.email or None,
        phone=known.phone if known else typed.phone or None,
        language=known.language if known else None,
        weekdays=wished.weekdays,
        part=wished.part,
        until=wished.until,
        patient_id=known.id if known else None,
        under_19=typed.under_19,
    )


def _read_wish(form: MultiDict[str, str]) -> Wished:
    chosen = {day for day in form.getlist("day") if day in DAYS}
    weekdays = sum(1 << number for number, day in enumerate(DAYS) if day in chosen)
    return Wished(weekdays, form.get("part", ""), find_date(form.get("until")))


def _show_form(typed: Typed, wished: Wished, code: int = 200, **values: object) -> Response:
    return show(
        "desk/wait.html",
        code,
        typed=typed,
        known=find_known(typed),
        wished=wished,
        days=list(enumerate(DAYS)),
        parts=PARTS,
        **values,
    )


def _show_list(refused: BookingRefused | None = None) -> Response:
    if isinstance(refused, NotFound):
        raise Refused("not_found")
    clinic, now = here(), house().now()
    note_look(clinic, "waiting", staff_actor(), now)
    return show(
        "desk/waiting.html",
        ANSWERS[refused.code].status if refused else 200,
        waiting=wait_list.list_waiting(clinic, now),
        days=list(enumerate(DAYS)),
        all_days=ALL_DAYS,
        parts=PARTS,
        names={p.code: p.name for p in clinic.practitioners},
        services={one.code: one.name for one in clinic.services},
        refused=refused.says if refused else None,
    )
