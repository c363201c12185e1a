"""One visit beside the calendar: what it is, where it stands, moving and cancelling it (R3, R5)."""

from datetime import datetime
from urllib.parse import urlencode

from flask import Response, request

from booking.actions import wait_list
from booking.actions.cancel import cancel as cancel_visit
from booking.actions.looks import note_look
from booking.actions.messages import is_known
from booking.actions.move import rearrange
from booking.actions.restore import restore as restore_visit
from booking.actions.status import change_status, get_by_reference, get_for, list_history, noshow_from
from booking.actions.values import UNDO, Wanted
from booking.actions.visit_record import NOSHOW, decide_fee, look_up, set_note
from booking.house import house
from booking.scheduling.appointment import Visit
from booking.scheduling.errors import BookingRefused, Invalid, Stale
from booking.scheduling.rules import HOURS
from booking.scheduling.zone import to_wall
from booking.web.dates import find_moment
from booking.web.desk import history
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import done, here, show
from booking.web.desk.words import DID, STATUS, flags_of, from_words, moved_words
from booking.web.refusals import ANSWERS
from booking.web.staff import current_staff, staff_actor
from booking.wording.dates import money

CHANGED = "This visit was changed by somebody else a moment ago. Here it is as it stands now."


@blueprint.get("/visits/<reference>")
def visit(reference: str) -> Response:
    """Show a visit, to a practitioner their own only; who looks is noted."""
    found = get_for(here(), reference, current_staff())
    note_look(here(), "visit", staff_actor(), house().now(), visit=found)
    return _page(found)


@blueprint.post("/visits/<reference>/status")
def status(reference: str) -> Response:
    """Note where the visit stands; *Undo* sets it back."""
    found = get_by_reference(here(), reference)
    wanted = request.args.get("to") or request.form.get("status", "")
    try:
        if found.status != wanted:  # a second press finds done what it asks for (E25)
            _check_seen(found)
        after = change_status(here(), found, wanted, staff_actor(), house().now())
    except BookingRefused as refused:
        return _refused(reference, refused)
    undo = f"/desk/visits/{reference}/status?to={found.status}&version={after.version}"
    fee = _fee_words(after)
    return done(
        f"{DID[wanted]}{fee}",
        _day_of(after),
        undo if found.status in DID and found != after else None,
        go=f"/desk/visits/{reference}" if fee else None,
    )


@blueprint.post("/visits/<reference>/move")
def move(reference: str) -> Response:
    """Move the visit to another time or person; the patient is told unless staff have done so."""
    found = get_by_reference(here(), reference)
    try:
        who, room, service = (_given(name) or None for name in ("practitioner", "room", "service"))
        wanted = Wanted(_start(), who, room, service, is_undo="undo" in request.args)
        if _is_there(found, wanted):  # a second press finds done what it asks for (E25)
            return done("It is there already. Nothing has changed.", _day_of(found))
        _check_seen(found)
        tell, why = bool(_given("tell")), _given("reason")
        after = rearrange(here(), found, wanted, staff_actor(), house().now(), tell=tell, override=why)
    except BookingRefused as refused:
        return _refused(reference, refused)
    waits = _who_waits(found) if after.starts != found.starts else ""
    known = tell and is_known(here(), after, house().now())
    said = f"{moved_words(found, after, tell=tell, is_known=known)}{waits}"
    return done(said, _day_of(after), _way_back(found, after, tell=tell))


@blueprint.post("/visits/<reference>/note")
def note(reference: str) -> Response:
    """Keep a note with the visit, for colleagues at the desk."""
    found = get_by_reference(here(), reference)
    try:
        if look_up(here(), found)[0] == request.form.get("note", "").strip():
            return done("The note is kept.", _day_of(found), go=f"/desk/visits/{reference}")
        _check_seen(found)
        set_note(here(), found, request.form.get("note", ""), staff_actor(), house().now())
    except BookingRefused as refused:
        return _refused(reference, refused)
    return done("The note is kept.", _day_of(found), go=f"/desk/visits/{reference}")


@blueprint.post("/visits/<reference>/fee")
def fee(reference: str) -> Response:
    """Record the fee that the rule asks for, or waive it for a reason."""
    found = get_by_reference(here(), reference)
    waived = request.form.get("reason", "") if "waive" in request.form else None
    try:
        _check_seen(found)
        decide_fee(here(), found, waived, staff_actor(), house().now())
    except BookingRefused as refused:
        return _refused(reference, refused)
    said = "The fee is recorded. Nothing is charged." if waived is None else "The fee is waived."
    return done(said, _day_of(found), go=f"/desk/visits/{reference}")


@blueprint.post("/visits/<reference>/cancel")
def cancel(reference: str) -> Response:
    """Cancel: by the clinic without a fee, whatever the hour (E59), or as the patient asked on the phone."""
    found = get_by_reference(here(), reference)
    try:
        if found.status != "cancelled":  # a second press finds done what it asks for (E56)
            _check_seen(found)
        tell, wish = "tell" in request.form, request.form.get("whose") == "patient"
        after = cancel_visit(here(), found, staff_actor(), house().now(), tell=tell, is_patients_wish=wish)
    except BookingRefused as refused:
        return _refused(reference, refused)
    undo = f"/desk/visits/{reference}/restore?version={after.version}&tell={'1' if tell else ''}"
    fee = _fee_words(after)
    said = f"Cancelled. The time is free again.{_who_waits(found)}{fee}"
    return done(said, _day_of(after), undo, go=f"/desk/visits/{reference}" if fee else None)


@blueprint.post("/visits/<reference>/restore")
def restore(reference: str) -> Response:
    """Take a cancellation back, if the time is still free."""
    found = get_by_reference(here(), reference)
    try:
        if found.status == "booked":
            return done("The visit stands again.", _day_of(found))
        _check_seen(found)
        after = restore_visit(here(), found, staff_actor(), house().now(), tell=bool(_given("tell")))
    except BookingRefused as refused:
        return _refused(reference, refused)
    return done("The visit stands again.", _day_of(after))


def _page(found: Visit, code: int = 200, **values: object) -> Response:
    clinic, now = here(), house().now()
    wall, may_noshow = to_wall(now, clinic.zone), noshow_from(clinic, found)
    note, fee = look_up(clinic, found)
    return show(
        "desk/visit.html",
        code,
        visit=found,
        on=found.starts.date(),
        status=STATUS,
        flags=flags_of(found),
        people=[p for p in clinic.practitioners if found.sold.kind in p.kinds],
        lengths=[one for one in clinic.services if one.kind == found.sold.kind],
        rooms=[one for one in clinic.rooms if found.sold.kind in one.kinds],
        may_noshow=wall >= may_noshow,
        noshow_from=from_words(may_noshow, wall),
        parts=[(step.minutes, step.hands_on) for step in found.sold.shape.steps],
        note=note,
        fee=fee,
        history=history.of_visit(clinic, list_history(found)),
        **values,
    )


def _refused(reference: str, refused: BookingRefused) -> Response:
    """Show the visit as it stands now, why nothing changed, what is free instead, and what was typed."""
    return _page(
        get_by_reference(here(), reference),
        ANSWERS[refused.code].status,
        fault=refused.says,
        nearest=refused.nearest,
        typed=request.form,
        may_override=refused.reason in HOURS,
    )


def _is_there(found: Visit, wanted: Wanted) -> bool:
    """Say whether a visit is already where and what a move would make it."""
    return (
        found.status == "booked"
        and found.starts == wanted.start
        and wanted.practitioner in (None, found.practitioner)
        and wanted.room in (None, found.room)
        and wanted.service in (None, found.service)
    )


def _check_seen(found: Visit) -> None:
    seen = request.args.get("version") or request.form.get("version")
    if seen != str(found.version):
        raise Stale(CHANGED)


def _way_back(before: Visit, after: Visit, *, tell: bool) -> str:
    """Return where a POST moves a visit back; what has not left yet is never sent (E66)."""
    where = {
        "on": before.starts.date().isoformat(),
        "at": before.starts.strftime("%H:%M"),
        "practitioner": before.practitioner,
        "room": before.room,
        "service": before.service,
        "version": after.version,
        "tell": "1" if tell else "",
        "reason": UNDO,
        "undo": "1",
    }
    return f"/desk/visits/{before.reference}/move?{urlencode(where)}"


def _who_waits(given_up: Visit) -> str:
    """Say how many on the wait list could have the time of a visit that was just given up (R9)."""
    count = wait_list.count_for(here(), given_up, house().now())
    if count == 0:
        return ""
    return " 1 on the wait list could take it." if count == 1 else f" {count} on the wait list could take it."


def _fee_words(after: Visit) -> str:
    """Say that a fee is to be decided on, which the visit's page asks for; nothing where none is."""
    _, fee = look_up(here(), after)
    if fee is None or fee.decided:
        return ""
    name = "no-show fee" if fee.kind == NOSHOW else "late cancellation fee"
    return f" A {name} of {money(fee.amount_cents)} is due: record or waive it with the visit."


def _given(name: str) -> str:
    """Return what the form says, or the address of an Undo."""
    return request.form.get(name) or request.args.get(name, "")


def _start() -> datetime:
    """Return the start that is wanted: the free one that was pressed, else what was typed."""
    on, _, at = _given("to").partition("T")
    start = find_moment(on, at) if on else find_moment(_given("on"), _given("at"))
    if start is None:
        raise Invalid({"at": "Give a date and a time, such as 2026-11-24 and 14:30. Nothing was changed."})
    return start


def _day_of(found: Visit) -> str:
    return f"/desk/{found.starts.date().isoformat()}"
