"""Block time although visits are in it: each is settled by a choice, all at once (E13, E42, E43)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.actions.block import BlockRequest, affected_in, claim_block
from booking.actions.cancel import cancel_now, free_claims
from booking.actions.move import settle_at
from booking.actions.offer import ask_for_move
from booking.actions.placing import Placed, place
from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import call_tasks, claims
from booking.records.transaction import Connection, transaction
from booking.scheduling import rules
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotOffered, SlotTaken, Stale

OTHER, CALL, CANCEL, KEEP = "other", "call", "cancel", "keep"
CHOICES = (OTHER, CALL, CANCEL, KEEP)
CALL_KIND = "clinic_change"
CHANGED = "The visits in that time have changed in the meantime. Here they are as they stand now."
NO_OTHER = "There is no other place at the same time for the visit of {}. Choose something else for it."


@dataclass(frozen=True)
class Affected:
    """A visit in the way; ``other`` is where it can be at the same time, None where nowhere."""

    visit: Visit
    other: Placed | None


@dataclass(frozen=True)
class Settled:
    """What was done: the block's number, and what became of each visit by its reference."""

    block_id: int
    chosen: Mapping[str, str]


class _Undo(Exception):
    """Carries what a trial has found out of its transaction."""

    def __init__(self, found: list[Affected]) -> None:
        self.found = found


def review(clinic: Clinic, request: BlockRequest, by: Actor, now: datetime) -> list[Affected]:
    """Return the visits that a block would run into, and where each could be at the same time.

    It is found by doing it and taking it back: what is shown is what can be done. Visits that
    change places are looked at one after the other, earliest first.

    Raises:
        Invalid: as for ``block``.
    """

    def work(conn: Connection) -> None:
        visits = affected_in(conn, clinic, request)
        for visit in visits:
            free_claims(conn, clinic, visit)
        claim_block(conn, clinic, request, by, now, kept=())
        raise _Undo([_try_other(conn, clinic, request, visit, now) for visit in visits])

    try:
        transaction(clinic.id, now, work)
    except _Undo as undone:
        return undone.found
    return []


def block_and_settle(
    clinic: Clinic,
    request: BlockRequest,
    choices: Mapping[str, tuple[str, int]],
    by: Actor,
    now: datetime,
    *,
    tell: bool = True,
) -> Settled:
    """Block time and settle every visit in it, or change nothing.

    Args:
        clinic: the clinic.
        request: what to block.
        choices: reference -> one of ``CHOICES`` and the version that was seen. "other": another
            person or room at the same time; "call": the time is given up and a call opened, to find
            another; "cancel": cancelled by the clinic; "keep": it stays, the block takes the rest.
        by: who asks.
        now: the present instant.
        tell: whether patients who are moved or cancelled are told by message.

    Raises:
        Invalid: as for ``block``; a choice that there is not; no other place for a visit.
        Stale: other visits, or other versions of them, are in the way than were seen.
    """
    if any(choice not in CHOICES for choice, _ in choices.values()):
        raise Invalid({"choice": "Choose what is to be done with each visit."})

    def work(conn: Connection) -> Settled:
        visits = affected_in(conn, clinic, request)
        if {one.reference: one.version for one in visits} != {k: v for k, (_, v) in choices.items()}:
            raise Stale(CHANGED)
        chosen = {one.reference: choices[one.reference][0] for one in visits}
        if any(visit.status != "booked" and chosen[visit.reference] != KEEP for visit in visits):
            raise Invalid({"choice": "A visit that has begun can only stay as it is."})
        settled = [(visit, chosen[visit.reference]) for visit in visits]
        block_id = _carry_out(conn, clinic, request, settled, by, now, tell)
        return Settled(block_id, chosen)

    return transaction(clinic.id, now, work)


def _carry_out(
    conn: Connection,
    clinic: Clinic,
    request: BlockRequest,
    settled: Sequence[tuple[Visit, str]],
    by: Actor,
    now: datetime,
    tell: bool,
) -> int:
    """Let go what goes, claim the block, then find the others their place."""
    for visit, choice in settled:
        if choice == OTHER:
            free_claims(conn, clinic, visit)
        elif choice in (CALL, CANCEL):
            cancel_now(conn, clinic, visit, by, now, tell=tell and choice == CANCEL)
        if choice == CALL:
            call_tasks.add(conn, clinic.id, visit.patient.id, visit.id, CALL_KIND, now)
    kept = [visit.id for visit, choice in settled if choice == KEEP]
    block_id = claim_block(conn, clinic, request, by, now, kept=kept)
    for visit, choice in settled:
        if choice == OTHER:
            placed = _other(conn, clinic, request, visit, now)
            after = settle_at(conn, clinic, visit, placed, visit.starts, now, tell=tell)
            record(conn, clinic, "move", by, now, visit, after)
    return block_id


def _try_other(
    conn: Connection, clinic: Clinic, request: BlockRequest, visit: Visit, now: datetime
) -> Affected:
    if visit.status != "booked":
        return Affected(visit, None)
    try:
        placed = _other(conn, clinic, request, visit, now)
    except Invalid:
        return Affected(visit, None)
    claims.add(conn, clinic.id, ("appointment_id", visit.id), placed.claims)
    return Affected(visit, placed)


def _other(conn: Connection, clinic: Clinic, request: BlockRequest, visit: Visit, now: datetime) -> Placed:
    """Return where a visit can be at the same time, the block's claims being there already."""
    same = visit.practitioner if request.is_of_a_thing else None
    try:
        return place(conn, clinic, ask_for_move(clinic, visit, same), visit.starts, rules.STAFF, now)
    except (NotOffered, SlotTaken):
        raise Invalid({"choice": NO_OTHER.format(visit.reference)}) from None
