"""A way back for staff who have lost their password: the same answer whoever asks (A17)."""

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from booking.actions.staff_mail import request_link
from booking.house import house
from booking.scheduling.errors import Invalid
from booking.web.account.blueprint import blueprint, here, show
from booking.web.onward import see_other
from booking.web.security import origin


@blueprint.get("/lost-password")
def lost_password() -> Response:
    """Ask for the account's address."""
    return show("lost_password", is_sent="sent" in request.args)


@blueprint.post("/lost-password")
def send_sign_in_link() -> Answer:
    """Send a link that signs in once, if the address has an account; nobody learns whether."""
    email = request.form.get("email", "")
    try:
        request_link(here(), email, origin(), house().now(), house().vault)
    except Invalid as refused:
        return show("lost_password", 422, fault=refused.fields["email"], email=email)
    return see_other("/staff/lost-password?sent=1")
