"""Passkeys on one's account and on the sign-in page; they need the browser's script."""

from flask import Response, g, request, session
from werkzeug.wrappers import Response as Answer

from booking.access.vault import mint_token
from booking.actions import passkeys
from booking.house import house
from booking.scheduling.errors import Invalid, NotFound
from booking.web.account.blueprint import blueprint, here, show
from booking.web.account.unsent import go_on, once_more
from booking.web.errors import Refused
from booking.web.onward import see_other
from booking.web.staff import begin_session, current_staff, safe_next, staff_actor

CHALLENGE = "challenge"


@blueprint.get("/passkeys")
def own_passkeys() -> Response:
    """Show one's passkeys."""
    return _page()


@blueprint.post("/passkeys/options")
def passkey_options() -> Response:
    """Return what the browser needs to make a passkey."""
    return _json(passkeys.creation_options(here(), current_staff(), _challenge(), house().base_url))


@blueprint.post("/passkeys")
def add_passkey() -> Answer:
    """Store the passkey that the browser has made."""
    credential, name = request.form.get("credential", ""), request.form.get("name", "")
    try:
        passkeys.add_passkey(
            here(),
            current_staff(),
            credential,
            session.pop(CHALLENGE, ""),
            name,
            staff_actor(),
            house().now(),
            house().base_url,
        )
    except Invalid as refused:
        return _page(422, fault=refused.fields["passkey"])
    return see_other("/staff/passkeys")


@blueprint.post("/passkeys/<int:number>/remove")
def remove_passkey(number: int) -> Answer:
    """Take a passkey away."""
    try:
        passkeys.remove_passkey(here(), current_staff(), number, staff_actor(), house().now())
    except NotFound:
        raise Refused("not_found") from None
    return see_other("/staff/passkeys")


@blueprint.post("/passkey/options")
def sign_in_options() -> Response:
    """Return what the browser needs to sign in by a passkey; nobody is named yet."""
    return _json(passkeys.request_options(_challenge(), house().base_url))


@blueprint.post("/passkey")
def sign_in_by_passkey() -> Answer:
    """Sign in by a passkey: it is both factors."""
    wanted = safe_next(request.form.get("next"))
    if "csrf_failed" in g:
        return once_more(wanted)
    challenge = session.pop(CHALLENGE, "")
    credential = request.form.get("credential", "")
    try:
        token = passkeys.sign_in_by_passkey(here(), credential, challenge, house().now(), house().base_url)
    except Invalid as refused:
        return show("sign_in", 422, next=wanted, fault=refused.fields["passkey"])
    begin_session(token)
    return go_on(wanted)


def _challenge() -> str:
    """Return a new challenge, good for the next answer of this browser only."""
    session[CHALLENGE] = mint_token()
    return str(session[CHALLENGE])


def _json(text: str) -> Response:
    return Response(text, content_type="application/json")


def _page(status: int = 200, **values: object) -> Response:
    staff = current_staff()
    return show("passkeys", status, staff=staff, passkeys=passkeys.list_passkeys(staff), **values)
