"""Why a time is not offered: what a patient on the phone asks."""

from datetime import datetime

from flask import Response, request

from booking.actions.values import Question
from booking.actions.why import explain
from booking.house import house
from booking.scheduling.errors import Invalid
from booking.scheduling.zone import to_wall
from booking.web.dates import find_moment
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import here, show

FIELDS = ("service", "practitioner", "on", "at")
CHECK = "Give a day and a time, such as 2026-11-24 and 14:30."


@blueprint.get("/why")
def why() -> Response:
    """Ask for a time, and say why it is not offered."""
    typed = {name: request.args.get(name, "") for name in FIELDS}
    if not typed["at"]:
        typed["on"] = typed["on"] or to_wall(house().now(), here().zone).date().isoformat()
        return show("desk/why.html", typed=typed)
    try:
        start = _start(typed)
        lines = explain(here(), _question(typed, start), start, house().now())
    except Invalid as refused:
        return show("desk/why.html", 422, typed=typed, fault=refused.says)
    return show("desk/why.html", typed=typed, start=start, lines=lines)


def _question(typed: dict[str, str], start: datetime) -> Question:
    on = start.date()
    companion = bool(request.args.get("companion"))
    return Question(typed["service"], on, on, typed["practitioner"] or None, companion)


def _start(typed: dict[str, str]) -> datetime:
    start = find_moment(typed["on"], typed["at"])
    if start is None:
        raise Invalid({"at": CHECK})
    return start
