"""Move a visit by its link: times as on the second screen, a look at what changes, then the move (P3, E26).

The old time is kept until the new one is secured.
"""

from collections.abc import Mapping
from datetime import datetime

from flask import request
from werkzeug.wrappers import Response as Answer

from booking.actions.move import move as move_visit
from booking.actions.offer import ask_for_move, nearest, offer_move
from booking.scheduling import rules, slots
from booking.scheduling.errors import BookingRefused, Busy, Invalid, NotOffered, SlotTaken, Stale, TooLate
from booking.scheduling.timeline import minute_of
from booking.scheduling.zone import to_wall
from booking.web.dates import find_date
from booking.web.patients.blueprint import blueprint, refused_page
from booking.web.patients.lines import licensed
from booking.web.patients.notice import Notice, notice_of
from booking.web.patients.starts import find_start
from booking.web.patients.visit_move_pages import check_page, near_links, times_page
from booking.web.patients.visit_standing import (
    Opened,
    back_to,
    changed_words,
    check_seen,
    open_visit,
    patient,
    turn_away,
)
from booking.wording.language import N_, _

CHOOSE = N_("Please choose one of these times.")
HTML = "text/html; charset=utf-8"


@blueprint.get("/appointment/<token>/move")
def move_times(token: str) -> Answer:
    """Show a week of times, or what changes where one is chosen; nothing moves yet."""
    opened = open_visit(token)
    if not opened.may_move:
        return turn_away(opened, "move")
    practitioner = _wanted(opened, request.args)
    start = find_start(request.args.get("start"))
    if start is None:
        page = times_page(opened, _known(opened, practitioner), find_date(request.args.get("from")))
        return Answer(page, content_type=HTML)
    refused = _find_refusal(opened, start, practitioner)
    if refused is not None and _stands_there(opened, start, practitioner):
        return back_to(opened.address)  # Back from a move: it was this visit that took the time (E25)
    if refused is not None:
        return _refused(opened, start, practitioner, refused)
    return Answer(check_page(opened, start, practitioner), content_type=HTML)


@blueprint.post("/appointment/<token>/move")
def move(token: str) -> Answer:
    """Move the visit; where that cannot be, the old time stands and the nearest free ones are shown."""
    opened = open_visit(token)
    practitioner = _wanted(opened, request.form)
    start = find_start(request.form.get("start"))
    if (start, practitioner) == (opened.visit.starts, opened.visit.practitioner):
        return back_to(opened.address)
    try:
        if opened.visit.status != "cancelled":
            check_seen(opened)
        if start is None:
            raise Invalid({"start": CHOOSE})
        move_visit(opened.clinic, opened.visit, start, practitioner, patient(), opened.now)
    except TooLate:
        return turn_away(open_visit(token), "move")
    except BookingRefused as refused:
        return _refused(open_visit(token), start, practitioner, refused)
    return back_to(opened.address, "moved")


def _stands_there(opened: Opened, start: datetime, practitioner: str | None) -> bool:
    return start == opened.visit.starts and practitioner in (None, opened.visit.practitioner)


def _wanted(opened: Opened, given: Mapping[str, str]) -> str | None:
    """Return who is asked for: nobody named is the same person, an empty name is anyone."""
    named = given.get("practitioner")
    if named is None:
        return _known(opened, opened.visit.practitioner)
    return named or None


def _known(opened: Opened, practitioner: str | None) -> str | None:
    """Return a practitioner who gives such visits, None (anyone) for any other."""
    people = licensed(opened.clinic, opened.visit.sold.kind)
    return practitioner if practitioner in {person.code for person in people} else None


def _find_refusal(opened: Opened, start: datetime, practitioner: str | None) -> BookingRefused | None:
    """Return why the visit cannot move to a start, with the nearest free ones; None where it can."""
    clinic, visit, now = opened.clinic, opened.visit, opened.now
    try:
        ask = ask_for_move(clinic, visit, practitioner)
    except Invalid as unknown:
        return unknown
    found = offer_move(clinic, visit, start.date(), start.date(), practitioner, now)
    if any(found.window.has(mask, minute_of(start)) for mask in found.starts.values()):
        return None
    limits = rules.online_limits(clinic, to_wall(now, clinic.zone))
    near = nearest(clinic, ask, start, now, limits, visit)
    rule = slots.refusal(clinic, ask, start, limits)
    if rule is None:
        return SlotTaken("That time has just been taken.", nearest=near)
    return NotOffered(rule.sentence, reason=rule.reason, nearest=near)


def _refused(
    opened: Opened, start: datetime | None, practitioner: str | None, refused: BookingRefused
) -> Answer:
    """Show the times as things stand now, with what happened and what is free instead."""
    if not opened.may_move:
        return turn_away(opened, "move")
    page = times_page(
        opened,
        _known(opened, practitioner),
        start.date() if start and not isinstance(refused, Stale | Busy) else None,
        _notice(opened, start, practitioner, refused),
    )
    return refused_page(page, refused.code)


def _notice(
    opened: Opened, start: datetime | None, practitioner: str | None, refused: BookingRefused
) -> Notice:
    if isinstance(refused, Stale):
        return Notice(changed_words(opened.visit))
    if start is None or isinstance(refused, Invalid):
        return Notice(_(CHOOSE))
    says = notice_of(refused, start).says
    return Notice(says, links=near_links(opened, start, practitioner, refused.nearest))
