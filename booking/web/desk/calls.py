"""The call list, and the visits that nobody has finished yet."""

from flask import Response, request

from booking.actions.call_list import list_calls, open_again, tick_off
from booking.actions.looks import note_look
from booking.actions.open_visits import ENDINGS, finish, list_open
from booking.actions.open_visits import open_again as reopen_visit
from booking.house import house
from booking.scheduling.errors import BookingRefused
from booking.web.dates import find_number
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import done, here, show
from booking.web.refusals import ANSWERS
from booking.web.staff import staff_actor

CALLS, OPEN = "/desk/calls", "/desk/open"


@blueprint.get("/calls")
def calls() -> Response:
    """Show who is to be phoned, and why."""
    return _show_calls()


@blueprint.post("/calls/<int:number>/done")
def tick_call_off(number: int) -> Response:
    """Tick a call off."""
    try:
        tick_off(here(), number, staff_actor(), house().now())
    except BookingRefused as refusal:
        return _show_calls(refusal)
    return done("The call is ticked off.", CALLS, undo=f"{CALLS}/{number}/reopen")


@blueprint.post("/calls/<int:number>/reopen")
def reopen_call(number: int) -> Response:
    """Put a call back on the list."""
    try:
        open_again(here(), number, staff_actor(), house().now())
    except BookingRefused as refusal:
        return _show_calls(refusal)
    return done("The call is on the list again.", CALLS)


@blueprint.get("/open")
def open_visits() -> Response:
    """Show the visits that are over but say nothing of how they ended."""
    return _show_open()


@blueprint.post("/open/<reference>")
def finish_visit(reference: str) -> Response:
    """Say how a visit has ended."""
    status, version = request.form.get("status", ""), _version()
    try:
        after = finish(here(), reference, version, status, staff_actor(), house().now())
    except BookingRefused as refusal:
        return _show_open(refusal)
    return done(f"Noted: {ENDINGS[status].lower()}.", OPEN, undo=f"{OPEN}/{reference}/undo/{after.version}")


@blueprint.post("/open/<reference>/undo/<int:version>")
def undo_finish(reference: str, version: int) -> Response:
    """Take back how a visit has ended."""
    try:
        reopen_visit(here(), reference, version, staff_actor(), house().now())
    except BookingRefused as refusal:
        return _show_open(refusal)
    return done("Taken back. The visit is on the list again.", OPEN)


def _show_calls(refusal: BookingRefused | None = None) -> Response:
    clinic, now = here(), house().now()
    note_look(clinic, "calls", staff_actor(), now)
    return show("desk/calls.html", _status(refusal), calls=list_calls(clinic, now), refused=_says(refusal))


def _show_open(refusal: BookingRefused | None = None) -> Response:
    clinic, now = here(), house().now()
    note_look(clinic, "open", staff_actor(), now)
    visits = list_open(clinic, now)
    return show("desk/open.html", _status(refusal), visits=visits, endings=ENDINGS, refused=_says(refusal))


def _status(refusal: BookingRefused | None) -> int:
    return ANSWERS[refusal.code].status if refusal else 200


def _says(refusal: BookingRefused | None) -> str | None:
    return refusal.says if refusal else None


def _version() -> int:
    return find_number(request.form.get("version", ""))
