"""Faults under the staff's addresses: in the desk's frame, in its panel, or small before signing in."""

from http import HTTPStatus

from flask import Response, g, render_template
from flask.blueprints import BlueprintSetupState

from booking.actions.values import Staff
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import show
from booking.web.errors import STAFF_PAGE
from booking.web.refusals import ANSWERS, Answer
from booking.web.staff import find_staff

# Patients are asked to call us; at the desk we are the ones who are called.
TO_US = {
    ANSWERS["failed"].says: "Please try again in a moment.",
    ANSWERS["too_many"].says: "Please wait a little and try again.",
    ANSWERS["too_late"].says: "Nothing was changed.",
    ANSWERS["not_offered"].says: "Please choose another time.",
}


@blueprint.record_once
def _tell(state: BlueprintSetupState) -> None:
    state.app.extensions[STAFF_PAGE] = fault_page


def fault_page(answer: Answer, says: str, number: str) -> Response | None:
    """Return a fault as whoever asked can go on from it; None if not even the clinic is known.

    Args:
        answer: its status and title.
        says: what it says to people.
        number: by which the log names it, empty where nothing of ours failed.
    """
    given = {"says": TO_US.get(says, says), "number": number}
    g.staff = _find_staff(answer)
    if g.staff is not None:
        return show("desk/fault.html", answer.status, heading=answer.title, **given)
    if g.get("clinic") is None:
        return None
    is_typed = answer.status == HTTPStatus.UNAUTHORIZED  # a form came: its page is to stay open
    page = "staff/fault.html"
    html = render_template(page, clinic=g.clinic, title=answer.title, is_typed=is_typed, **given)
    return Response(html, answer.status)


def _find_staff(answer: Answer) -> Staff | None:
    """Return who asked; the database is not asked for it where something of ours has failed."""
    staff: Staff | None = g.get("staff")
    return find_staff() if staff is None and answer.status < 500 else staff
