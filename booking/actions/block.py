"""Block time of a person, a room or a device; visits in the way are named first (D13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.actions.blocked import DEVICE, KINDS, ROOM, refill, resources_of, rows_of
from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import appointments, blocks, claims, database, holds
from booking.records.transaction import Connection, transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, SlotTaken
from booking.scheduling.timeline import minute_of

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class BlockRequest:
    """What to block, from when to when (clinic wall time, multiples of 5 minutes).

    ``kind`` is one of ``KINDS``. ``what`` is the code of a practitioner for admin, break, meeting,
    time_off and sick, of a room for room_out, of a device for device_out (all its units), and
    empty for closed, which is everybody.
    """

    kind: str
    what: str
    starts: datetime
    ends: datetime
    reason: str

    @property
    def is_of_a_thing(self) -> bool:
        """Say whether a room or a device is blocked, so that the practitioner can stay the same."""
        return self.kind in (ROOM, DEVICE)


def block(clinic: Clinic, request: BlockRequest, by: Actor, now: datetime) -> int:
    """Block time that no visit is in and return the block's id; holds in the way are let go (E24).

    Raises:
        Invalid: an unknown kind or code, or times that are not in order or not on 5 minutes.
        SlotTaken: visits are in the way (``list_affected`` names them); nothing is changed.
    """

    def work(conn: Connection) -> int:
        if affected_in(conn, clinic, request):
            raise SlotTaken("There are visits in that time. Move or cancel them first.", reason="visits")
        return claim_block(conn, clinic, request, by, now, kept=())

    return transaction(clinic.id, now, work)


def claim_block(
    conn: Connection, clinic: Clinic, request: BlockRequest, by: Actor, now: datetime, *, kept: Iterable[int]
) -> int:
    """Store a block with its claims and return its id; holds in the way are let go.

    What another block has already stays that one's: who has desk work at ten may call in sick at nine.

    Args: ``kept`` are the ids of visits that stay in it: the block takes the rest.

    Raises:
        Invalid: as for ``block``.
        SlotTaken: another visit is in the way.
    """
    staying = [row for visit_id in kept for row in claims.list_of(conn, ("appointment_id", visit_id))]
    resources = _resources(clinic, request)
    staying += claims.list_blocked(conn, resources, minute_of(request.starts), minute_of(request.ends))
    rows = rows_of(resources, request.starts, request.ends, staying)
    for hold_id in holds.list_in_the_way(conn, rows):
        claims.delete(conn, clinic.id, ("hold_id", hold_id))
        holds.remove(conn, hold_id)
    fields = {
        "kind": request.kind,
        "what": request.what,
        "starts": request.starts,
        "ends": request.ends,
        "reason": request.reason,
        "created_at": now,
        "created_by": by.name,
    }
    block_id = blocks.add(conn, clinic.id, fields)
    claims.add(conn, clinic.id, ("block_id", block_id), rows)
    record(conn, clinic, f"block:{request.kind}:{request.what}"[:40], by, now, None, None)
    return block_id


def unblock(clinic: Clinic, block_id: int, by: Actor, now: datetime) -> None:
    """Give blocked time back, but for what another block takes as well.

    Raises:
        NotFound: no such block.
    """

    def work(conn: Connection) -> None:
        owner = ("block_id", block_id)
        freed = claims.list_of(conn, owner)
        claims.delete(conn, clinic.id, owner)
        if not blocks.remove(conn, clinic.id, block_id):
            raise NotFound("There is no such block.")
        refill(conn, clinic, freed)
        record(conn, clinic, "unblock", by, now, None, None)

    transaction(clinic.id, now, work)


def list_affected(clinic: Clinic, request: BlockRequest) -> list[Visit]:
    """Return the visits that a block would run into, in order of time.

    Raises:
        Invalid: as for ``block``.
    """
    return database.reading(lambda conn: affected_in(conn, clinic, request))


def list_blocks(clinic: Clinic, first: datetime, last: datetime) -> list[blocks.Stored]:
    """Return what is blocked from ``first`` until before ``last`` (wall time); one statement."""
    return database.reading(lambda conn: blocks.list_between(conn, clinic.id, first, last))


def affected_in(conn: Connection, clinic: Clinic, request: BlockRequest) -> list[Visit]:
    """Return the same, as the connection sees it."""
    resources = _resources(clinic, request)
    starts, ends = minute_of(request.starts), minute_of(request.ends)
    ids = blocks.list_claiming(conn, list(resources), starts, ends)
    return appointments.list_by_id(conn, clinic.id, ids)


def _resources(clinic: Clinic, request: BlockRequest) -> tuple[int, ...]:
    if request.kind not in KINDS:
        raise Invalid({"kind": "Choose one of: " + ", ".join(KINDS) + "."})
    if request.ends <= request.starts or any(
        moment.minute % 5 or moment.second or moment.microsecond for moment in (request.starts, request.ends)
    ):
        raise Invalid({"ends": "The end must come after the start, both on whole 5 minutes."})
    if request.ends - request.starts > LONGEST:
        raise Invalid({"ends": "A block lasts a year at most."})
    found = resources_of(clinic, request.kind, request.what)
    if not found:
        raise Invalid({"what": "There is nobody and nothing with that code to block."})
    return found
