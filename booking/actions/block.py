"""Block time of a person, a room or a device; visits in the way are named first (D13)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import appointments, blocks, claims, database, holds
from booking.records.transaction import Connection, transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, SlotTaken
from booking.scheduling.timeline import minute_of

HANDS_ONLY = ("admin",)  # on site: a patient may rest meanwhile (E06)
KINDS = (*HANDS_ONLY, "break", "meeting", "time_off", "room_out", "device_out")


@dataclass(frozen=True)
class BlockRequest:
    """What to block, from when to when (clinic wall time, multiples of 5 minutes).

    ``what`` is the code of a practitioner for admin, break, meeting and time_off, of a room for
    room_out, of a device for device_out (all its units).
    """

    kind: str
    what: str
    starts: datetime
    ends: datetime
    reason: str


def block(clinic: Clinic, request: BlockRequest, by: Actor, now: datetime) -> int:
    """Block time and return the block's id; holds in the way are let go (E24).

    Raises:
        Invalid: an unknown kind or code, or times that are not in order or not on 5 minutes.
        SlotTaken: visits are in the way (``list_affected`` names them); nothing is changed.
    """
    resources = _resources(clinic, request)
    rows = [(r, *part) for r in resources for part in _days(request.starts, request.ends)]

    def work(conn: Connection) -> int:
        if _visits_in_the_way(conn, clinic, request, resources):
            raise SlotTaken("There are visits in that time. Move or cancel them first.", reason="visits")
        for hold_id in holds.list_in_the_way(conn, rows):
            claims.delete(conn, clinic.id, ("hold_id", hold_id))
            holds.remove(conn, hold_id)
        block_id = blocks.add(
            conn,
            clinic.id,
            {
                "kind": request.kind,
                "starts": request.starts,
                "ends": request.ends,
                "reason": request.reason,
                "created_at": now,
                "created_by": by.name,
            },
        )
        claims.add(conn, clinic.id, ("block_id", block_id), rows)
        record(conn, clinic, f"block:{request.kind}:{request.what}", by, now, None, None)
        return block_id

    return transaction(clinic.id, now, work)


def unblock(clinic: Clinic, block_id: int, by: Actor, now: datetime) -> None:
    """Give blocked time back.

    Raises:
        NotFound: no such block.
    """

    def work(conn: Connection) -> None:
        claims.delete(conn, clinic.id, ("block_id", block_id))
        if not blocks.remove(conn, clinic.id, block_id):
            raise NotFound("There is no such block.")
        record(conn, clinic, "unblock", by, now, None, None)

    transaction(clinic.id, now, work)


def list_affected(clinic: Clinic, request: BlockRequest) -> list[Visit]:
    """Return the visits that a block would run into, in order of time.

    Raises:
        Invalid: as for ``block``.
    """
    resources = _resources(clinic, request)
    return database.reading(lambda conn: _visits_in_the_way(conn, clinic, request, resources))


def _visits_in_the_way(
    conn: Connection, clinic: Clinic, request: BlockRequest, resources: tuple[int, ...]
) -> list[Visit]:
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
    found = _by_code(clinic, request)
    if not found:
        raise Invalid({"what": "There is nobody and nothing with that code to block."})
    return found


def _by_code(clinic: Clinic, request: BlockRequest) -> tuple[int, ...]:
    if request.kind == "room_out":
        return tuple(room.resource for room in clinic.rooms if room.code == request.what)
    if request.kind == "device_out":
        return tuple(unit for d in clinic.devices if d.code == request.what for unit in d.units)
    person = clinic.practitioner.get(request.what)
    if person is None:
        return ()
    return (person.hands,) if request.kind in HANDS_ONLY else (person.hands, *person.seats)


def _days(starts: datetime, ends: datetime) -> Iterator[tuple[int, int]]:
    """Yield (from, to) minutes of each day of a stretch: no claim is longer than 24 hours."""
    while starts < ends:
        midnight = datetime.combine(starts.date() + timedelta(days=1), time())
        upto = min(midnight, ends)
        yield minute_of(starts), minute_of(upto)
        starts = upto
