"""Block time: a sick call, a broken laser, a closed day; the visits in it come first (R6)."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from flask import Response, request

from booking.actions.block import BlockRequest, list_blocks, unblock
from booking.actions.block_choices import CALL, CANCEL, KEEP, OTHER, Affected, block_and_settle, review
from booking.actions.blocked import CLINIC, DEVICE, OF_PEOPLE, ROOM
from booking.house import house
from booking.scheduling.errors import BookingRefused, Invalid, NotFound
from booking.scheduling.zone import to_wall
from booking.web.dates import find_moment, find_number
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import done, here, show
from booking.web.errors import Refused
from booking.web.refusals import ANSWERS
from booking.web.staff import staff_actor

WORDS = {
    "sick": "Off sick",
    "time_off": "Time off",
    "meeting": "Meeting",
    "break": "Break",
    "admin": "Desk work in the house (patients may rest meanwhile)",
    ROOM: "Out of use",
    DEVICE: "Out of use",
    CLINIC: "Closed",
}
KINDS = tuple((kind, WORDS[kind]) for kind in ("sick", "time_off", "meeting", "break", "admin"))
LISTED = timedelta(days=366)
EVERYBODY = "clinic"
CHECK = "Give both days and times, such as 2026-11-24 and 9:00."
CHOICE = "choice-"


@dataclass(frozen=True)
class Typed:
    """What the form says; ``of`` is "person:lam", "room:n1", "device:laser1" or "clinic"."""

    of: str
    kind: str
    from_on: str
    from_at: str
    to_on: str
    to_at: str
    reason: str
    tell: bool


@blueprint.get("/blocks")
def blocks() -> Response:
    """Show what is blocked from today on, and the form."""
    return _page(_read(is_new=True))


@blueprint.get("/sick")
def sick() -> Response:
    """Show the same form, filled in for somebody who has just called in sick today."""
    now = to_wall(house().now(), here().zone)
    now -= timedelta(minutes=now.minute % 5)
    return _page(replace(_read(is_new=True), from_at=now.strftime("%H:%M")), is_sick=True)


@blueprint.post("/blocks")
def block_time() -> Response:
    """Show the visits in the way; with a choice for each, block the time and settle them."""
    typed = _read()
    try:
        wanted = _request(typed)
        choices = _choices()
        seen = review(here(), wanted, staff_actor(), house().now()) if not choices else None
        if seen:
            return _page(typed, affected=seen, first=_first(seen))
        settled = block_and_settle(here(), wanted, choices, staff_actor(), house().now(), tell=typed.tell)
    except BookingRefused as refused:
        return _refused(typed, refused)
    return done(_said(settled.chosen.values()), f"/desk/{wanted.starts.date().isoformat()}")


@blueprint.post("/blocks/<int:number>/remove")
def remove_block(number: int) -> Response:
    """Give blocked time back."""
    try:
        unblock(here(), number, staff_actor(), house().now())
    except NotFound:
        raise Refused("not_found") from None
    return done("The time is free again.", "/desk/blocks")


def _said(chosen: Iterable[str]) -> str:
    count = Counter(chosen)
    parts = ((OTHER, "moved"), (CALL, "to be called"), (CANCEL, "cancelled"), (KEEP, "left as they are"))
    told = ", ".join(f"{count[choice]} {words}" for choice, words in parts if count[choice])
    return f"Blocked. Visits: {told}." if told else "Blocked. No visit was in that time."


def _refused(typed: Typed, refused: BookingRefused) -> Response:
    """Show the form with everything kept, and the visits as they stand now."""
    says = refused.says
    seen: list[Affected] = []
    with suppress(BookingRefused):  # where the request itself is wrong there is nothing to look at
        seen = review(here(), _request(typed), staff_actor(), house().now())
    return _page(typed, ANSWERS[refused.code].status, fault=says, affected=seen, first=_first(seen))


def _first(seen: list[Affected]) -> dict[str, str]:
    """Return what is ticked for each visit: what was chosen, else the best that can be done."""
    return {
        one.visit.reference: request.form.get(f"{CHOICE}{one.visit.reference}") or _best(one) for one in seen
    }


def _best(one: Affected) -> str:
    """Return what fits most visits: one that has come or is over is not called away, nor moved."""
    is_over = one.visit.ends <= to_wall(house().now(), here().zone)
    if one.visit.status != "booked" or is_over:
        return KEEP
    return OTHER if one.other else CALL


def _choices() -> dict[str, tuple[str, int]]:
    """Return reference -> choice and the version that was seen."""
    found = {}
    for field, choice in request.form.items():
        reference = field.removeprefix(CHOICE)
        if reference != field:
            found[reference] = (choice, find_number(request.form.get(f"version-{reference}", "")))
    return found


def _request(typed: Typed) -> BlockRequest:
    what, _, code = typed.of.partition(":")
    kind = {"room": ROOM, "device": DEVICE, EVERYBODY: CLINIC}.get(what, typed.kind)
    if what == "person" and kind not in OF_PEOPLE:
        raise Invalid({"kind": "Choose what kind of time it is."})
    starts, ends = _moment(typed.from_on, typed.from_at), _moment(typed.to_on, typed.to_at)
    return BlockRequest(kind, code, starts, ends, typed.reason.strip()[:200])


def _moment(on: str, at: str) -> datetime:
    found = find_moment(on, at)
    if found is None:
        raise Invalid({"from": CHECK})
    return found


def _read(*, is_new: bool = False) -> Typed:
    given = request.args if is_new else request.form
    today = to_wall(house().now(), here().zone)
    on = given.get("from_on") or today.date().isoformat()
    return Typed(
        of=given.get("of", ""),
        kind=given.get("kind", "sick" if is_new else ""),
        from_on=on,
        from_at=given.get("from_at", "00:00" if is_new else ""),
        to_on=given.get("to_on") or on,
        to_at=given.get("to_at", "23:55" if is_new else ""),
        reason=given.get("reason", ""),
        tell="tell" in given or not _choices(),  # ticked until somebody has seen it
    )


def _page(typed: Typed, code: int = 200, **values: object) -> Response:
    clinic = here()
    midnight = datetime.combine(to_wall(house().now(), clinic.zone).date(), time())
    listed = [
        (one, _name(one.kind, one.what), WORDS.get(one.kind, one.kind))
        for one in list_blocks(clinic, midnight, midnight + LISTED)
    ]
    return show("desk/blocks.html", code, typed=typed, listed=listed, kinds=KINDS, **values)


def _name(kind: str, what: str) -> str:
    clinic = here()
    if kind == CLINIC:
        return "The whole clinic"
    if kind == ROOM:
        return next((room.name for room in clinic.rooms if room.code == what), what)
    if kind == DEVICE:
        return next((device.name for device in clinic.devices if device.code == what), what)
    person = clinic.practitioner.get(what)
    return person.name if person else what
