"""The day: what the front desk looks at from nine to seven."""

from datetime import date, timedelta

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from booking.actions.looks import note_look
from booking.house import house
from booking.scheduling.zone import to_wall
from booking.web.dates import find_date
from booking.web.desk.blueprint import blueprint
from booking.web.desk.kept_grid import find_grid
from booking.web.desk.shell import here, show, told
from booking.web.desk.views import read_view, tabs
from booking.web.onward import see_other
from booking.web.staff import staff_actor
from booking.wording.dates import day_words, week_words

SHOWN = (date(1990, 1, 1), date(2190, 1, 1))


@blueprint.get("/")
def today() -> Answer:
    """Go on to the chosen day, or to today: the clinic's date, whatever the machine's (E35)."""
    wanted = request.args.get("on", "")
    on = find_date(wanted) if wanted else _today()
    return see_other(f"/desk/{on.isoformat()}") if on else _no_day(wanted)


@blueprint.get("/<day>")
def day(day: str) -> Response:
    """Show a day, three days or a week, by person, room or device; who looks is noted."""
    on = find_date(day)
    if on is None or not SHOWN[0] <= on <= SHOWN[1]:
        return _no_day(day)
    note_look(here(), "day", staff_actor(), house().now())
    view = read_view()
    step, kept = timedelta(days=view.days), find_grid(on, view)
    return show(
        "desk/day.html",
        on=on,
        title=day_words(on) if view.days == 1 else week_words(on, on + step - timedelta(days=1)),
        before=on - step,
        after=on + step,
        view=view,
        query=view.query(),
        tabs=tabs(view, on),
        grid=kept,
    )


@blueprint.get("/<day>/grid")
def grid(day: str) -> Response:
    """Return the calendar alone, for the page's script that looks every few seconds; 304 if unchanged."""
    on = find_date(day)
    if on is None or not SHOWN[0] <= on <= SHOWN[1]:
        return Response(status=404)
    kept = find_grid(on, read_view())
    is_known = request.if_none_match.contains_weak(kept.tag)
    response = Response(status=304) if is_known else Response(kept.html)
    response.set_etag(kept.tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return told(response)


def _today() -> date:
    return to_wall(house().now(), here().zone).date()


def _no_day(asked: str) -> Response:
    return show("desk/no_day.html", 404, asked=asked, on=_today())
