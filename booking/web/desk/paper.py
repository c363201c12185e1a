"""The day on paper, and visits as a table for other programs."""

from datetime import date, timedelta

from flask import Response, render_template, request

from booking.actions.export import export
from booking.actions.looks import note_look
from booking.actions.sheet import day_sheet
from booking.house import house
from booking.scheduling.errors import Invalid
from booking.scheduling.zone import to_wall
from booking.web.dates import find_date
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import here, show, told
from booking.web.desk.words import FLAGS
from booking.web.errors import Refused
from booking.web.staff import current_staff, staff_actor

NO_DATE = "Give a date, for example 2026-11-24."


@blueprint.get("/<day>/sheet")
def sheet(day: str) -> Response:
    """Show a day for printing, black on white; on a screen it is covered like every page of the desk."""
    on = find_date(day)
    if on is None or not 2000 <= on.year < 2100:
        raise Refused("not_found")
    clinic, now = here(), house().now()
    note_look(clinic, "sheet", staff_actor(), now)
    given = {
        "sheet": day_sheet(clinic, on, current_staff()),
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "letters": FLAGS,
        "clinic": clinic,
        "staff": current_staff(),
        "printed": to_wall(now, clinic.zone),
    }
    return told(Response(render_template("desk/sheet.html", **given)))


@blueprint.get("/export")
def export_form() -> Response:
    """Ask which days are wanted."""
    today = to_wall(house().now(), here().zone).date()
    first = today.replace(day=1)
    return show("desk/export.html", first=first.isoformat(), last=today.isoformat(), faults={})


@blueprint.get("/export.csv")
def export_csv() -> Response:
    """Return the visits of some days as CSV; a faulty range asks again."""
    typed = {name: request.args.get(name, "") for name in ("from", "to")}
    days = {name: find_date(text) for name, text in typed.items()}
    faults = {name: NO_DATE for name, on in days.items() if on is None or not 2000 <= on.year < 2100}
    try:
        if faults:
            raise Invalid(faults)
        table = _export(days["from"] or date.min, days["to"] or date.min)
    except Invalid as refused:
        return show("desk/export.html", 422, first=typed["from"], last=typed["to"], faults=refused.fields)
    name = f"visits-{typed['from']}-to-{typed['to']}.csv"
    response = Response("\ufeff" + table, content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _export(first: date, last: date) -> str:
    clinic = here()
    table = export(clinic, first, last, current_staff())
    note_look(clinic, "export", staff_actor(), house().now())
    return table
