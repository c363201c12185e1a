"""Send me my link: the same answer whoever asks, whether the address is known or not (A17, A18)."""

from flask import request
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as Answer

from booking.actions import send_link as sending
from booking.house import house
from booking.scheduling.errors import BookingRefused, Invalid
from booking.web.forms import LostLinkForm
from booking.web.patients.blueprint import blueprint, here, refused_page, show
from booking.web.patients.notice import Notice
from booking.web.security import origin
from booking.wording.language import told

SENT = "sent"


@blueprint.get("/lost-link")
def lost_link() -> str:
    """Show the form, or afterwards what happens next."""
    return _page(LostLinkForm(), is_sent=SENT in request.args)


@blueprint.post("/lost-link")
def send_link() -> Answer:
    """Note that somebody wants the links of an address."""
    form = LostLinkForm(request.form)
    here_house = house()
    try:
        sending.request(here(), form.email.data or "", origin(), here_house.now(), here_house.vault)
    except BookingRefused as refused:
        if isinstance(refused, Invalid):
            form.refuse(refused.fields)
        return refused_page(_page(form, notice=Notice(told(refused.message))), refused.code)
    return Answer("", 303, headers={"Location": f"{request.path}?{SENT}=1"})


def _page(form: LostLinkForm, *, is_sent: bool = False, notice: Notice | None = None) -> str:
    return show("visit_lost_link", here(), form=form, is_sent=is_sent, notice=notice, csrf=generate_csrf())
