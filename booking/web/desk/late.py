"""Somebody runs late: what clashes later, and moving only what is ticked (R4, E72)."""

from datetime import datetime

from flask import Response, request

from booking.actions.running_late import Delay, list_delays, move_delayed
from booking.house import house
from booking.scheduling.errors import BookingRefused, Invalid
from booking.scheduling.zone import to_wall
from booking.web.dates import find_moment, find_number
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import done, here, show
from booking.web.refusals import ANSWERS
from booking.web.staff import staff_actor

MOVE = "move-"


@blueprint.get("/late")
def late() -> Response:
    """Ask who is how late, and show which visits clash; nothing is changed."""
    who, minutes = request.args.get("practitioner", ""), request.args.get("minutes", "")
    if not minutes:
        return _page(who, "10")
    try:
        return _page(who, minutes, delays=_delays(who, minutes))
    except Invalid as refused:
        return _page(who, minutes, 422, fault=refused.says)


@blueprint.post("/late")
def move_late() -> Response:
    """Move what is ticked, all or none."""
    who, minutes = request.form.get("practitioner", ""), request.form.get("minutes", "")
    try:
        moved = move_delayed(here(), _ticked(), staff_actor(), house().now(), tell="tell" in request.form)
    except BookingRefused as refused:
        says = refused.says
        try:
            delays = _delays(who, minutes)
        except Invalid:
            delays = []
        return _page(who, minutes, ANSWERS[refused.code].status, fault=says, delays=delays)
    today = to_wall(house().now(), here().zone).date()
    return done(f"Moved: {len(moved)} of the later visits.", f"/desk/{today.isoformat()}")


def _delays(who: str, minutes: str) -> list[Delay]:
    return list_delays(here(), who, find_number(minutes), house().now())


def _ticked() -> dict[str, tuple[datetime, int]]:
    """Return reference -> new start and the version that was seen, of the ticked ones."""
    found = {}
    for field, value in request.form.items():
        reference = field.removeprefix(MOVE)
        if reference == field:
            continue
        start, _, version = value.partition(" ")
        on, _, at = start.partition("T")
        begins, seen = find_moment(on, at), find_number(version)
        if begins is None or not seen:
            raise Invalid({"late": "This form was not filled in by this page. Please look again."})
        found[reference] = (begins, seen)
    return found


def _page(who: str, minutes: str, code: int = 200, **values: object) -> Response:
    ticked = {field.removeprefix(MOVE) for field in request.form if field.startswith(MOVE)}
    return show("desk/late.html", code, who=who, minutes=minutes, ticked=ticked, **values)
