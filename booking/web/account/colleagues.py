"""``/admin/``: who works here, what each may do, and whom to invite (admins only)."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Answer

from booking.access.passwords import SHORTEST
from booking.access.roles import ROLES
from booking.actions import staff_admin
from booking.actions.second_factor import turn_off, turn_off_for
from booking.actions.staff import NewStaff
from booking.house import house
from booking.scheduling.errors import Invalid, NotFound
from booking.scheduling.zone import to_wall
from booking.web.account.blueprint import here, show
from booking.web.errors import Refused
from booking.web.onward import see_other
from booking.web.staff import current_staff, staff_actor

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

DONE = {
    "invited": "The invitation leaves within a minute. Its link works once, for 48 hours.",
    "role": "The role was changed. It counts from the next page on.",
    "off": "The account is switched off and signed out everywhere.",
    "on": "The account is switched on again.",
    "link": "A new sign-in link leaves within a minute.",
    "out": "Signed out everywhere.",
    "step": "The second step is off for this account. "
    f"A password of less than {SHORTEST} characters is gone with it: mail a sign-in link then.",
}


@blueprint.get("/")
def colleagues() -> Response:
    """List every account."""
    return _page(said=DONE.get(request.args.get("done", "")))


@blueprint.post("/invite")
def invite() -> Answer:
    """Make an account and write to it with a link that signs in once."""
    typed = {name: request.form.get(name, "").strip() for name in ("email", "name", "role", "practitioner")}
    new = NewStaff(typed["email"], typed["role"], typed["name"], typed["practitioner"] or None)
    try:
        staff_admin.invite(here(), new, staff_actor(), house().now(), house().vault)
    except Invalid as refused:
        return _page(422, faults=refused.fields, typed=typed)
    return see_other("/admin/?done=invited")


@blueprint.post("/staff/<int:number>/role")
def role(number: int) -> Answer:
    """Give a colleague another role."""
    wanted, who = request.form.get("role", ""), request.form.get("practitioner") or None
    return _changed(
        "role",
        number,
        lambda: staff_admin.change_role(here(), number, wanted, who, staff_actor(), house().now()),
    )


@blueprint.post("/staff/<int:number>/switch")
def switch(number: int) -> Answer:
    """Switch an account off, or on again."""
    is_on = request.form.get("to") == "on"
    return _changed(
        "on" if is_on else "off",
        number,
        lambda: staff_admin.set_active(here(), number, is_on, staff_actor(), house().now()),
    )


@blueprint.post("/staff/<int:number>/sign-out")
def sign_out(number: int) -> Answer:
    """Sign a colleague out everywhere: a lost phone, a browser left open."""
    return _changed(
        "out",
        number,
        lambda: staff_admin.sign_out_everywhere(here(), number, staff_actor(), house().now()),
    )


@blueprint.post("/staff/<int:number>/link")
def mail_link(number: int) -> Answer:
    """Write to a colleague with a new sign-in link."""
    return _changed(
        "link",
        number,
        lambda: staff_admin.mail_link(here(), number, staff_actor(), house().now(), house().vault),
    )


@blueprint.post("/staff/<int:number>/second-step-off")
def second_step_off(number: int) -> Answer:
    """Turn a colleague's second step off who has lost phone and recovery codes, or one's own."""
    off = turn_off if number == current_staff().id else turn_off_for
    return _changed(
        "step",
        number,
        lambda: off(here(), number, staff_actor(), house().now()),
    )


def _changed(done: str, number: int, change: Callable[[], None]) -> Answer:
    try:
        change()
    except NotFound:
        raise Refused("not_found") from None
    except Invalid as refused:
        return _page(422, about=number, fault=refused.says, chosen=request.form.to_dict())
    return see_other(f"/admin/?done={done}")


def _page(status: int = 200, **values: object) -> Response:
    clinic = here()
    listed = [
        (one.account, to_wall(one.seen_at, clinic.zone) if one.seen_at else None)
        for one in staff_admin.list_staff(clinic)
    ]
    return show("colleagues", status, staff=current_staff(), listed=listed, roles=ROLES, **values)
