"""One's own account: who one is here, and the password."""

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from booking.access.passwords import LONGEST, SHORTEST, SHORTEST_OF_TWO, shortest_for
from booking.actions.staff import choose_password as set_password
from booking.house import house
from booking.scheduling.errors import Invalid
from booking.web.account.blueprint import blueprint, here, show
from booking.web.onward import see_other
from booking.web.staff import current_staff, session_token, staff_actor


@blueprint.get("/account")
def account() -> Response:
    """Show one's own account."""
    return _page(is_new="new" in request.args, saved=request.args.get("saved"))


@blueprint.post("/account")
def choose_password() -> Answer:
    """Choose a password; every other browser of this account is signed out."""
    given, again = request.form.get("password", ""), request.form.get("again", "")
    by, staff = staff_actor(), current_staff()
    try:
        set_password(here(), staff, given, again, by, house().now(), session_token())
    except Invalid as refused:
        return _page(422, faults=refused.fields)
    return see_other("/staff/account?saved=1")


def _page(status: int = 200, **values: object) -> Response:
    staff = current_staff()
    return show(
        "account",
        status,
        staff=staff,
        shortest=shortest_for(staff.has_second_step),
        shortest_alone=SHORTEST,
        shortest_of_two=SHORTEST_OF_TWO,
        longest=LONGEST,
        **values,
    )
