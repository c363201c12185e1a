"""Sign in by password or by a link that works once, and sign out."""

from flask import Response, g, request, session
from werkzeug.wrappers import Response as Answer

from booking.actions.sign_in import Entered, find_invited, sign_in_by_link, sign_out
from booking.actions.sign_in import sign_in as sign_in_by_password
from booking.house import house
from booking.scheduling.errors import Invalid, NotFound, TooMany
from booking.web.account.blueprint import blueprint, here, show
from booking.web.account.unsent import UNSENT, go_on, once_more
from booking.web.onward import see_other
from booking.web.refusals import ANSWERS
from booking.web.security import origin
from booking.web.staff import SIGN_IN, begin_session, safe_next, session_token

HALF, WANTED = "half", "wanted"
USED_LINK = "This link was used or has run out. Please ask an admin for a new one, or sign in below."


@blueprint.get("/sign-in")
def sign_in() -> Response:
    """Ask for address and password."""
    return show("sign_in", next=safe_next(request.args.get("next")))


@blueprint.post("/sign-in")
def check_sign_in() -> Answer:
    """Sign in, or say what to do; an unknown address gets the same answer as a wrong password."""
    email, wanted = request.form.get("email", "").strip(), safe_next(request.form.get("next"))
    if "csrf_failed" in g:
        return once_more(wanted)
    given = request.form.get("password", "")
    try:
        entered = sign_in_by_password(here(), email, given, origin(), house().vault, house().now())
    except (Invalid, TooMany) as refused:
        says = refused.fields["password"] if isinstance(refused, Invalid) else refused.message
        return show("sign_in", ANSWERS[refused.code].status, next=wanted, email=email, fault=says)
    return enter(entered, wanted)


@blueprint.get("/link/<token>")
def link(token: str) -> Response:
    """Show whom a link signs in; looking does not use it up, a mail scanner's either."""
    found = find_invited(here(), token, house().now())
    if found is None:
        return show("sign_in", 404, next=safe_next(None), fault=USED_LINK)
    return show("link", staff=found, token=token)


@blueprint.post("/link/<token>")
def use_link(token: str) -> Answer:
    """Use the link up and sign in."""
    try:
        entered = sign_in_by_link(here(), token, house().now(), house().vault)
    except NotFound:
        return show("sign_in", 404, next=safe_next(None), fault=USED_LINK)
    return enter(entered, "/staff/account?new=1")


def enter(entered: Entered, wanted: str) -> Answer:
    """Let a browser in that has shown the first factor, or ask it for the second."""
    if entered.token is not None:
        begin_session(entered.token)
        return go_on(wanted)
    session.clear()
    session[HALF], session[WANTED] = entered.half, wanted
    return show("second_step") if UNSENT in request.form else see_other("/staff/second-step")


@blueprint.post("/sign-out")
def sign_out_here() -> Answer:
    """End this session, here and for whoever has a copy of its cookie."""
    sign_out(session_token(), house().now())
    session.clear()
    answer = see_other(SIGN_IN)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
