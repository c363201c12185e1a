"""Keep a time while the form is filled, keep it longer, let it go."""

from dataclasses import replace
from datetime import datetime

from flask import request
from werkzeug.wrappers import Response as Answer

from booking.actions import hold as keep
from booking.actions.offer import offer
from booking.actions.values import Held, HoldRequest
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused, NotFound
from booking.scheduling.timeline import minute_of
from booking.web.forms import DetailsForm
from booking.web.onward import see_other
from booking.web.patients.blueprint import blueprint, here, refused_page, service_or_404
from booking.web.patients.choices import Choices, read_choices
from booking.web.patients.form_page import form_page
from booking.web.patients.notice import Notice, notice_of
from booking.web.patients.starts import find_start
from booking.web.patients.times import own_hold, times_page
from booking.web.security import origin, visitor
from booking.wording.language import N_, _

CHOOSE = N_("Please choose one of these times.")


@blueprint.post("/book/<code>/hold")
def hold(code: str) -> Answer:
    """Keep a time and go on to the form; one that cannot be had shows what is near."""
    clinic = here()
    choices = read_choices(service_or_404(clinic, code), request.form)
    start = find_start(request.form.get("start"))
    if start is None:
        return refused_page(times_page(clinic, choices, None, own_hold(clinic), Notice(_(CHOOSE))), "invalid")
    try:
        chosen = _with_speaker(clinic, choices, start)
        _keep(clinic, chosen, start)
    except BookingRefused as refused:
        page = times_page(clinic, choices, start.date(), own_hold(clinic), notice_of(refused, start))
        return refused_page(page, refused.code)
    return see_other(chosen.details_address(start))


@blueprint.post("/book/<code>/hold/extend")
def extend(code: str) -> Answer:
    """Keep the time longer and show the form again with everything that was typed."""
    clinic = here()
    choices = read_choices(service_or_404(clinic, code), request.form)
    start = find_start(request.form.get("start"))
    if start is None:
        return see_other(choices.times_address())
    form = DetailsForm(request.form)
    try:
        held = _keep_on(clinic, choices, start)
    except BookingRefused as refused:
        page = form_page(clinic, choices, start, form, None, notice_of(refused, start))
        return refused_page(page, refused.code)
    return Answer(form_page(clinic, choices, start, form, held), content_type="text/html; charset=utf-8")


@blueprint.post("/book/<code>/hold/release")
def release(code: str) -> Answer:
    """Let go of the time and show the times again."""
    clinic = here()
    choices = read_choices(service_or_404(clinic, code), request.form)
    start = find_start(request.form.get("start"))
    keep.release(clinic, visitor(), house().now())
    return see_other(choices.times_address(start.date() if start else None))


def _keep(clinic: Clinic, choices: Choices, start: datetime) -> Held:
    wanted = HoldRequest(
        service=choices.service.code,
        start=start,
        practitioner=choices.practitioner,
        companion=choices.companion,
        visitor=visitor(),
        origin=origin(),
    )
    return keep.hold(clinic, wanted, house().now())


def _keep_on(clinic: Clinic, choices: Choices, start: datetime) -> Held:
    """Extend the hold; one that has ended is taken anew where the time is still free (E23)."""
    try:
        held = keep.extend(clinic, visitor(), house().now())
    except NotFound:
        return _keep(clinic, choices, start)
    if (held.service, held.start) == (choices.service.code, start):
        return held
    return _keep(clinic, choices, start)


def _with_speaker(clinic: Clinic, choices: Choices, start: datetime) -> Choices:
    """Return the choices with the person who speaks the chosen language and is free then."""
    if choices.practitioner or not choices.language:
        return choices
    found = offer(clinic, choices.question(start.date(), start.date()), house().now())
    minute = minute_of(start)
    free = [code for code, mask in found.starts.items() if found.window.has(mask, minute)]
    speakers = free or list(found.starts)
    return replace(choices, practitioner=speakers[0] if speakers else None, language=None)
