"""The day: what the front desk looks at from nine to seven."""

from datetime import date, timedelta
from typing import Any

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from booking.actions.day import load_day
from booking.actions.looks import note_look
from booking.house import house
from booking.scheduling.zone import to_wall
from booking.web.dates import find_date
from booking.web.desk.blueprint import blueprint
from booking.web.desk.grid import STEP, lay_out
from booking.web.desk.shell import here, show
from booking.web.desk.words import KINDS, STATUS, flags_of
from booking.web.staff import current_staff, staff_actor
from booking.wording.dates import time_words

NO_DATE = "There is no such date: {}. Today is shown instead."


@blueprint.get("/")
def today() -> Answer:
    """Go on to the chosen day, or to today: the clinic's date, whatever the machine's (E35)."""
    on = find_date(request.args.get("on")) or to_wall(house().now(), here().zone).date()
    return redirect(f"/desk/{on.isoformat()}", 303)


@blueprint.get("/<day>")
def day(day: str) -> Response:
    """Show one day; who looks is noted."""
    on = find_date(day)
    if on is None or not date(1990, 1, 1) <= on <= date(2190, 1, 1):
        on = to_wall(house().now(), here().zone).date()
        return show("desk/no_day.html", 404, asked=day, on=on)
    note_look(here(), "day", staff_actor(), house().now())
    return show(
        "desk/day.html", on=on, before=on - timedelta(days=1), after=on + timedelta(days=1), **_grid(on)
    )


@blueprint.get("/<day>/grid")
def grid(day: str) -> Response:
    """Return the calendar alone, for the page's script that looks every few seconds; 304 if unchanged."""
    on = find_date(day)
    if on is None:
        return Response(status=404)
    given = _grid(on)
    tag = str(given["stamp"])
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(render_template("desk/_grid.html", clinic=here(), on=on, **given))
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _grid(on: date) -> dict[str, Any]:
    """Return what the calendar's template shows."""
    clinic, now = here(), house().now()
    loaded = load_day(clinic, on, current_staff(), now)
    columns, rows = lay_out(loaded)
    wall = to_wall(now, clinic.zone)
    minute = (wall.hour * 60 + wall.minute) // STEP * STEP if wall.date() == on else None
    return {
        "day": loaded,
        "columns": columns,
        "rows": rows,
        "gone": [visit for visit in loaded.visits if visit.status == "cancelled"],
        "now_at": minute,
        "now_words": time_words(wall),
        "status": STATUS,
        "kinds": KINDS,
        "flags_of": flags_of,
        "stamp": f"{loaded.stamp.setup}-{loaded.stamp.changes}-{len(loaded.holds)}-{minute}",
    }
