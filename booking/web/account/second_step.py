"""The second step: asked for while signing in, turned on and off on one's own account (A16)."""

from flask import Response, g, request, session
from werkzeug.wrappers import Response as Answer

from booking.access.qr import shape_of
from booking.actions import second_factor
from booking.house import house
from booking.scheduling.errors import Invalid, NotFound, TooMany
from booking.web.account.blueprint import blueprint, here, show
from booking.web.account.sign_in import HALF, WANTED
from booking.web.account.unsent import UNSENT, go_on, once_more
from booking.web.onward import see_other
from booking.web.refusals import ANSWERS
from booking.web.staff import SIGN_IN, begin_session, current_staff, safe_next, staff_actor


@blueprint.get("/second-step")
def second_step() -> Answer:
    """Ask for the code of the authenticator app, or a recovery code."""
    return show("second_step") if session.get(HALF) else see_other(SIGN_IN)


@blueprint.post("/second-step")
def check_second_step() -> Answer:
    """Sign in by the second factor."""
    half, wanted = session.get(HALF, ""), safe_next(session.get(WANTED))
    if "csrf_failed" in g:
        return once_more(wanted)
    try:
        token = second_factor.take_second_step(
            here(), str(half), request.form.get("code", ""), house().now(), house().vault
        )
    except NotFound:
        session.clear()
        return once_more(wanted) if UNSENT in request.form else see_other(SIGN_IN)
    except (Invalid, TooMany) as refused:
        says = refused.fields["code"] if isinstance(refused, Invalid) else refused.message
        return show("second_step", ANSWERS[refused.code].status, fault=says)
    begin_session(token)
    return go_on(wanted)


@blueprint.get("/second-factor")
def second_factor_page() -> Response:
    """Show a new secret to set up, or that the second step is on."""
    return _page()


@blueprint.post("/second-factor")
def turn_on() -> Response:
    """Turn the second step on with a code of the new secret; recovery codes are shown once."""
    sealed, code = request.form.get("sealed", ""), request.form.get("code", "")
    clinic, staff, vault = here(), current_staff(), house().vault
    try:
        codes = second_factor.turn_on(clinic, staff, sealed, code, staff_actor(), house().now(), vault)
    except Invalid as refused:
        return _page(422, sealed, fault=refused.fields["code"])
    return show("second_factor", staff=staff, codes=codes)


@blueprint.post("/second-factor/off")
def turn_off() -> Answer:
    """Turn one's own second step off, unless the password is too short without one."""
    try:
        second_factor.turn_off(here(), current_staff().id, staff_actor(), house().now())
    except Invalid as refused:
        return _page(422, kept_on=refused.says)
    return see_other("/staff/account?saved=second-step")


def _page(status: int = 200, sealed: str = "", **values: object) -> Response:
    clinic, staff, vault = here(), current_staff(), house().vault
    try:
        offered = (sealed, *second_factor.words_of(staff, sealed, clinic, vault)) if sealed else None
    except Invalid:
        offered = None
    sealed, words, address = offered or second_factor.offer_secret(clinic, staff, vault)
    key = {"sealed": sealed, "words": words, "address": address, "qr": shape_of(address)}
    return show("second_factor", status, staff=staff, **key, **values)
