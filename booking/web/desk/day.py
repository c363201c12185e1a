"""The day: what the front desk looks at from nine to seven."""

from flask import Response, redirect
from werkzeug.wrappers import Response as Answer

from booking.house import house
from booking.scheduling.zone import to_wall
from booking.web.dates import find_date
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import here, show
from booking.web.errors import Refused


@blueprint.get("/")
def today() -> Answer:
    """Go on to today: the clinic's date, whatever the machine's (E35)."""
    on = to_wall(house().now(), here().zone).date()
    return redirect(f"/desk/{on.isoformat()}", 303)


@blueprint.get("/<day>")
def day(day: str) -> Response:
    """Show one day."""
    on = find_date(day)
    if on is None:
        raise Refused("not_found")
    return show("desk/day.html", on=on)
