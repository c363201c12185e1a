"""Book by phone: find the patient, choose the service, press a time (R1). One form, nothing in addresses."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from flask import Response, request
from werkzeug.datastructures import MultiDict

from booking.actions.book import book as book_visit
from booking.actions.looks import note_look
from booking.actions.returning import find_last_of_kind, first_free, usual_service
from booking.actions.search import MOST, find_patients
from booking.actions.series import book_series, plan_series
from booking.actions.status import get_by_reference
from booking.actions.values import BookRequest, Question
from booking.house import house
from booking.scheduling.errors import BookingRefused, Invalid, KeyReused, NotFound
from booking.scheduling.rules import HOURS
from booking.scheduling.zone import to_wall
from booking.web.dates import find_moment
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import done, here, show
from booking.web.desk.typed import NEW, Typed, find_known, read_typed
from booking.web.desk.words import said_at_desk
from booking.web.refusals import ANSWERS
from booking.web.staff import staff_actor
from booking.wording.dates import when_words

TIMES = 6
DAYS = 14
BOOKED_ALREADY = "This form has booked a visit already. Press once more to book this one as well."


@blueprint.get("/book")
def book_form() -> Response:
    """Show the empty form, or filled in for somebody who comes again.

    ``again`` is a visit's reference, ``on`` the day that is looked at.
    """
    given = _again(request.args.get("again", "")) | {"on": request.args.get("on", "")}
    return _page(read_typed(MultiDict(given)))


@blueprint.post("/book")
def book() -> Response:
    """Go one step on: search, show times, or book."""
    typed = _with_service(read_typed(request.form))
    if "now" in request.form or "exact" in request.form:
        typed = replace(
            typed, start=_now() if "now" in request.form else f"{typed.exact_on}T{typed.exact_at.strip()}"
        )
    if "series" in request.form:
        return _book_series(typed)
    if typed.start:
        return _plan(typed) if typed.weeks > 1 else _book(typed)
    if "search" in request.form and not typed.patient:
        note_look(here(), "search", staff_actor(), house().now())
        return _page(typed, found=find_patients(here(), typed.query, house().now()))
    try:
        times = _times(typed) if "times" in request.form else []
    except Invalid as refused:
        return _page(typed, 422, fault=refused.says)
    return _page(typed, times=times, asked="times" in request.form)


def _again(reference: str) -> dict[str, str]:
    """Return the fields of another visit like this one."""
    try:
        found = get_by_reference(here(), reference)
    except NotFound:
        return {}
    note_look(here(), "visit", staff_actor(), house().now(), visit=found)
    usual = usual_service(here(), found)
    same = {"patient": reference, "service": usual, "practitioner": found.practitioner, "tell": "1"}
    return same | ({"companion": "1"} if found.companion else {})


def _with_service(typed: Typed) -> Typed:
    """Choose what likely follows for somebody who comes again, until a service was chosen."""
    if typed.service or typed.waits or typed.patient in ("", NEW):
        return typed
    try:
        return replace(typed, service=usual_service(here(), get_by_reference(here(), typed.patient)))
    except NotFound:
        return typed


def _book(typed: Typed) -> Response:
    try:
        asked = _request(typed)
        booked = book_visit(here(), asked, staff_actor(), house().now(), house().vault, typed.reason)
    except BookingRefused as refused:
        near = [(one.start, one.practitioners) for one in refused.nearest]
        again = near or _times_again(typed, refused)
        return _refused(typed, refused, times=again, may_override=refused.reason in HOURS)
    who = here().practitioner[booked.practitioner].name
    said = f"Booked: {when_words(booked.start)}, with {who}."
    return done(said, f"/desk/{booked.start.date().isoformat()}")


def _plan(typed: Typed) -> Response:
    """Show the dates of a series before anything is booked (E76)."""
    try:
        asked = _request(typed)
        dates = plan_series(here(), asked, typed.weeks, house().now())
    except BookingRefused as refused:
        return _refused(typed, refused)
    kept = [one.start for one in dates if one.why is None]
    return _page(typed, dates=dates, kept=kept, whose="" if typed.practitioner else asked.practitioner)


def _book_series(typed: Typed) -> Response:
    """Book the dates that were kept, all or none (C10)."""
    kept = request.form.getlist("keep")
    try:
        chosen = dict(_date_and_person(one) for one in kept)
        asked = _request(replace(typed, start=kept[0].partition(" ")[0] if kept else _now()))
        booked = book_series(here(), asked, chosen, staff_actor(), house().now(), house().vault)
    except BookingRefused as refused:
        return _refused(typed, refused)
    count = "1 visit" if len(booked) == 1 else f"{len(booked)} visits"
    return done(f"Booked: {count}.", f"/desk/{booked[0].start.date().isoformat()}")


def _date_and_person(text: str) -> tuple[datetime, str | None]:
    start, _, who = text.partition(" ")
    return _moment(start), who or None


def _moment(text: str) -> datetime:
    on, _, at = text.partition("T")
    found = find_moment(on, at)
    if found is None:
        raise Invalid({"start": "Choose one of the times, or give a day and a time such as 14:35."})
    return found


def _refused(typed: Typed, refused: BookingRefused, **values: object) -> Response:
    says = said_at_desk(refused)
    if isinstance(refused, KeyReused):  # back, and another time chosen: it is one more visit
        typed, says = replace(typed, key=token_urlsafe(24)), BOOKED_ALREADY
    return _page(typed, ANSWERS[refused.code].status, fault=says, asked=True, **values)


def _now() -> str:
    """Return the present moment as the start of a walk-in, on the next whole 5 minutes (E77)."""
    now = to_wall(house().now(), here().zone)
    late = timedelta(minutes=-now.minute % 5, seconds=-now.second, microseconds=-now.microsecond)
    return (now + late if late >= timedelta() else now + late + timedelta(minutes=5)).isoformat(
        "T", "minutes"
    )


def _times(typed: Typed) -> list[tuple[datetime, tuple[str, ...]]]:
    """Return the first free times from a day on."""
    first = typed.on or to_wall(house().now(), here().zone).date()
    last = date.fromordinal(first.toordinal() + DAYS)
    question = Question(typed.service, first, last, typed.practitioner or None, typed.companion)
    return first_free(here(), question, find_known(typed), house().now(), TIMES)


def _times_again(typed: Typed, refused: BookingRefused) -> list[tuple[datetime, tuple[str, ...]]]:
    """Return the times that were pressed from, where only the form itself is to be mended."""
    if not isinstance(refused, Invalid):
        return []
    try:
        return _times(typed)
    except Invalid:
        return []


def _request(typed: Typed) -> BookRequest:
    start, who = _date_and_person(typed.start)
    known = find_known(typed)
    return BookRequest(
        service=typed.service,
        start=start,
        practitioner=typed.practitioner or who,
        name=known.name if known else typed.name,
        email=known.email if known else typed.email or None,
        phone=known.phone if known else typed.phone or None,
        language=known.language if known else None,
        first_visit=None,
        companion=typed.companion,
        safety=typed.safety or None,
        consent=False,
        key=typed.key or None,
        door="desk",
        tell=typed.tell,
        patient_id=known.id if known else None,
        under_19=typed.under_19,
        waits=typed.waits or None,
    )


def _exact(typed: Typed) -> tuple[str, str]:
    """Return day and time for the fields of another time: what was tried last, or the day asked for."""
    if "T" in typed.start:
        on, _, at = typed.start.partition(" ")[0].partition("T")
        return on, at
    return (typed.on or to_wall(house().now(), here().zone).date()).isoformat(), typed.exact_at


def _page(typed: Typed, code: int = 200, **values: object) -> Response:
    clinic = here()
    service, known = clinic.service.get(typed.service), find_known(typed)
    had = None
    if known is not None and service is not None and service.for_patients == NEW:
        had = find_last_of_kind(clinic, known, service.kind)
    return show(
        "desk/book.html",
        code,
        typed=typed,
        known=known,
        had=had,
        most=MOST,
        exact=_exact(typed),
        names={p.code: p.name for p in clinic.practitioners},
        asks_safety=service is not None and service.safety_gate is not None,
        asks_companion=service is not None and service.shape.companion_allowed,
        **values,
    )
