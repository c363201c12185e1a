"""The third screen: your details. GET shows the form and changes nothing, POST books."""

from datetime import datetime
from secrets import token_urlsafe

from flask import Response, abort, g, make_response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from booking.actions.book import book as book_visit
from booking.actions.values import Actor, BookRequest
from booking.house import house
from booking.scheduling.appointment import Patient
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused, Busy, Invalid
from booking.web.filters import named
from booking.web.forms import Details, DetailsForm, read_details
from booking.web.languages import language_to_keep
from booking.web.onward import see_other
from booking.web.patients.blueprint import blueprint, here, refused_page, service_or_404
from booking.web.patients.choices import Choices, known_choices, read_choices
from booking.web.patients.doubt import ask_in, find_doubt, sent_form
from booking.web.patients.form_page import form_page
from booking.web.patients.free import find_refusal
from booking.web.patients.notice import Notice, notice_of
from booking.web.patients.once import find_booked, remember_booked
from booking.web.patients.starts import find_start
from booking.web.patients.times import own_hold, times_page
from booking.web.patients.visit_again import find_known, forget
from booking.web.security import find_visitor, origin, visitor
from booking.wording.language import N_, _, told
from booking.wording.phones import phone_words

EXPIRED = N_("This page was open for too long, so nothing was sent. Please press Book once more.")
NO_SUCH_TIME = N_("There is no such time. Please choose one of these.")
CHECK = N_("Please check the marked fields.")
LEAVE_EMPTY = N_("Please leave this field empty.")


@blueprint.get("/book/<code>/<start>")
def details(code: str, start: str) -> Answer:
    """Show the form for a start that can be had, the times where it cannot."""
    clinic = here()
    choices = known_choices(clinic, read_choices(service_or_404(clinic, code), request.args))
    at = find_start(start)
    if at is None:
        abort(404)
    held = own_hold(clinic)
    if held is None or (held.service, held.start) != (code, at):
        refused = find_refusal(clinic, choices, at, house().now())
        mine = find_booked(code, start) if refused is not None else None
        if mine is not None:  # Back from the confirmation: it was this visitor who took the time (E25)
            return see_other(f"/appointment/{mine}")
        if refused is not None:
            page = times_page(clinic, choices, at.date(), held, notice_of(refused, at))
            return refused_page(page, refused.code)
    visitor()  # a name before the form is sent: a double click is known by it (E25)
    known = find_known(clinic)
    form = _new_form(choices, known)
    response = make_response(form_page(clinic, choices, at, form, held, is_filled=known is not None))
    # Kept by the browser for its Back button only: the form comes back with its key (E25).
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.post("/book/<code>/<start>")
def book(code: str, start: str) -> Answer:
    """Book, and show the appointment; a refusal shows the same page with what was typed."""
    clinic = here()
    choices = read_choices(service_or_404(clinic, code), request.form)
    at = find_start(start)
    if at is None:
        return refused_page(
            times_page(clinic, choices, None, own_hold(clinic), Notice(_(NO_SUCH_TIME))), "invalid"
        )
    sent = sent_form()
    typed = read_details(sent)
    choices = choices.with_word(typed.first_visit)
    before = _answer_first(clinic, choices, at, sent)
    if before is not None:
        return before
    try:
        if typed.website:
            raise Invalid({"website": LEAVE_EMPTY})
        asked, by = _request(clinic, choices, at, typed), Actor("patient", "patient", origin())
        booked = book_visit(clinic, asked, by, house().now(), house().vault)
    except BookingRefused as refused:
        return _refused(clinic, choices, at, DetailsForm(sent), refused)
    forget()
    page = f"/appointment/{booked.token}{'?done=form' if booked.changed else ''}"
    return remember_booked(see_other(page), code, start, booked.token)


def _answer_first(
    clinic: Clinic, choices: Choices, start: datetime, sent: MultiDict[str, str]
) -> Response | None:
    """Return the same page where the form came too late, or its address looks like a slip."""
    doubt, is_late = find_doubt(sent), "csrf_failed" in g
    if doubt is None and not is_late:
        return None
    form, held = DetailsForm(sent), own_hold(clinic)
    if is_late:
        return refused_page(form_page(clinic, choices, start, form, held, Notice(_(EXPIRED))), "form_expired")
    if doubt is not None:
        ask_in(form, doubt)
    page = form_page(clinic, choices, start, form, held, Notice(_(CHECK)), doubt=doubt)
    return refused_page(page, "invalid")


def _new_form(choices: Choices, known: Patient | None) -> DetailsForm:
    word = {True: "yes", False: "no", None: None}[choices.first_visit]
    form = DetailsForm(companion=choices.companion, first_visit=word)
    form.key.data = token_urlsafe(24)
    if known is not None:  # a signed link says who it is (P2)
        form.name.data, form.email.data = known.name, known.email
        form.phone.data = _fillable(known.phone)
    return form


def _fillable(phone: str | None) -> str | None:
    """Return a number as people write it; an extension's word in another language is not read back."""
    return phone_words(phone) if phone and ";" not in phone else phone


def _request(clinic: Clinic, choices: Choices, start: datetime, typed: Details) -> BookRequest:
    known = find_known(clinic)
    return BookRequest(
        service=choices.service.code,
        start=start,
        practitioner=choices.practitioner,
        name=typed.name,
        email=typed.email,
        phone=typed.phone,
        language=language_to_keep(),
        first_visit=typed.first_visit,
        companion=choices.companion,
        safety=typed.safety,
        consent=typed.consent,
        visitor=find_visitor(),
        key=typed.key,
        door="web",
        patient_id=known.id if known else None,
    )


def _refused(
    clinic: Clinic, choices: Choices, start: datetime, form: DetailsForm, refused: BookingRefused
) -> Response:
    """Return the same page with everything kept and what to do about it."""
    notice = notice_of(refused, start)
    if isinstance(refused, Invalid):
        notice = _what_is_wrong(clinic, choices, form, refused)
    held = None if isinstance(refused, Busy) else own_hold(clinic)
    return refused_page(form_page(clinic, choices, start, form, held, notice), refused.code)


def _what_is_wrong(clinic: Clinic, choices: Choices, form: DetailsForm, refused: Invalid) -> Notice:
    elsewhere = form.refuse(refused.fields)
    suggested = [clinic.service[code] for code in refused.suggested_services]
    links = tuple((named(s.name), choices.with_service(s).times_address()) for s in suggested)
    return Notice(" ".join((told(refused.message), *elsewhere)), links=links)
