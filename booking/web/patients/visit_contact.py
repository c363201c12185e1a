"""Correct how the clinic reaches a patient, from the visit's page (E71).

Nothing of what is stored is shown: whoever holds a link that went astray learns nothing (A7).
"""

from werkzeug.wrappers import Response as Answer

from booking.actions.correct_contact import correct
from booking.house import house
from booking.scheduling.errors import BookingRefused, Invalid
from booking.web.forms import ContactForm
from booking.web.patients.blueprint import blueprint, refused_page
from booking.web.patients.doubt import Doubt, ask_in, find_doubt, sent_form
from booking.web.patients.notice import Notice
from booking.web.patients.visit_standing import Opened, back_to, open_visit, patient, show_visit
from booking.wording.language import N_, _, told

CHECK = N_("Please check the marked fields.")
NOTHING = N_("Please give an e-mail address or a phone number.")


@blueprint.get("/appointment/<token>/contact")
def contact(token: str) -> Answer:
    """Show the form, empty."""
    opened = open_visit(token)
    if not opened.is_coming:
        return back_to(opened.address)
    return Answer(_page(opened, ContactForm()), content_type="text/html; charset=utf-8")


@blueprint.post("/appointment/<token>/contact")
def correct_contact(token: str) -> Answer:
    """Note the new address or number; a field that is left empty stays as it was."""
    opened = open_visit(token)
    if not opened.is_coming:
        return back_to(opened.address)
    sent = sent_form()
    form, doubt = ContactForm(sent), find_doubt(sent)
    if doubt is not None:
        ask_in(form, doubt)
        return refused_page(_page(opened, form, Notice(_(CHECK)), doubt), "invalid")
    email, phone = (form.email.data or "").strip(), (form.phone.data or "").strip()
    old = opened.visit.patient
    try:
        if not email and not phone:
            raise Invalid({"email": NOTHING})
        fresh = correct(
            opened.clinic, token, email or old.email, phone or old.phone, patient(), opened.now, house().vault
        )
    except BookingRefused as refused:
        return _refused(opened, form, refused)
    return back_to(f"/appointment/{fresh}", "contact" if fresh == token else "address")


def _page(opened: Opened, form: ContactForm, notice: Notice | None = None, doubt: Doubt | None = None) -> str:
    return show_visit("visit_contact", opened, form=form, notice=notice, doubt=doubt)


def _refused(opened: Opened, form: ContactForm, refused: BookingRefused) -> Answer:
    elsewhere = form.refuse(refused.fields) if isinstance(refused, Invalid) else ()
    notice = Notice(" ".join((told(refused.message), *elsewhere)))
    return refused_page(_page(opened, form, notice), refused.code)
