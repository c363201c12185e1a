"""Who is affected when a set-up takes something away: visits to come that still need it (D13, E13, E16)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from booking.records.setup_write import SECTIONS, Facts, SetUp
from booking.records.tables import appointment, claim, hold, resource, room, service
from booking.scheduling.timeline import wall

Obstacle = tuple[tuple[str, ...], str]  # path in the file (section, id, key), reason
Need = Row[Any]  # owner, starts, unit, room, kind

_OWNER = {
    "practitioners": resource.c.practitioner_id,
    "rooms": resource.c.room_id,
    "devices": resource.c.device_id,
}
_NEEDS: Select[Any] = (
    select(
        claim.c.appointment_id,
        claim.c.hold_id,
        claim.c.starts,
        resource.c.unit,
        room.c.code.label("room"),
        appointment.c.sold_as,
        service.c.facts.label("held"),
    )
    .select_from(claim)
    .join(resource, resource.c.id == claim.c.resource_id)
    .outerjoin(appointment, appointment.c.id == claim.c.appointment_id)
    .outerjoin(hold, hold.c.id == claim.c.hold_id)
    .join(room, room.c.id == func.coalesce(appointment.c.room_id, hold.c.room_id))
    .outerjoin(service, service.c.id == hold.c.service_id)
)


@dataclass(frozen=True)
class Moment:
    """The present: minutes since 2000 of clinic wall time, and epoch seconds."""

    minute: int
    epoch: float


@dataclass(frozen=True)
class _Taking:
    """Something that a set-up takes away, and which visits need it."""

    keys: tuple[str, ...]
    words: str
    is_needed_by: Callable[[Need], bool]


def list_obstacles(conn: Connection, clinic_id: int, set_up: SetUp, now: Moment) -> list[Obstacle]:
    """Return what cannot be taken away yet, each with how many visits need it and from when.

    A service may go at any time: its visits keep what they were sold as (D12).
    """
    return [one for section in _OWNER for one in _in_section(conn, clinic_id, section, set_up, now)]


def _in_section(
    conn: Connection, clinic_id: int, section: str, set_up: SetUp, now: Moment
) -> Iterator[Obstacle]:
    table = SECTIONS[section]
    query = select(table).where(table.c.clinic_id == clinic_id, table.c.active).order_by(table.c.position)
    for stored in conn.execute(query).all():
        takings = list(_takings(stored.facts, set_up.rows[section].get(stored.code)))
        needs = _list_needs(conn, section, stored.id, now) if takings else []
        for taking in takings:
            needed_by = [need for need in needs if taking.is_needed_by(need)]
            if needed_by:
                yield (section, stored.code, *taking.keys), _reason(taking.words, needed_by)


def _takings(before: Facts, after: Facts | None) -> Iterator[_Taking]:
    if after is None:
        yield _Taking((), "cannot be removed", lambda need: True)
        return
    for key in ("max_concurrent", "count"):
        if after.get(key, 0) < before.get(key, 0):
            yield _fewer(key, after[key])
    lost = frozenset(before.get("kinds", ())) - frozenset(after.get("kinds", ()))
    if lost:
        words = f"cannot lose {' and '.join(sorted(lost))}"
        yield _Taking(("kinds",), words, lambda need: _kind(need) in lost)
    if before.get("kind") != after.get("kind"):
        yield _Taking(("kind",), "cannot change", lambda need: True)
    tied = after.get("tied_to_room")
    if tied and tied != before.get("tied_to_room"):
        yield _Taking(("tied_to_room",), "cannot change", lambda need: bool(need.room != tied))


def _fewer(key: str, left: int) -> _Taking:
    return _Taking((key,), f"cannot be reduced to {left}", lambda need: bool(need.unit > left))


def _list_needs(conn: Connection, section: str, row_id: int, now: Moment) -> list[Need]:
    query = _NEEDS.where(
        _OWNER[section] == row_id,
        claim.c.ends > now.minute,
        or_(claim.c.expires.is_(None), claim.c.expires > now.epoch),
    )
    return list(conn.execute(query).all())


def _kind(need: Need) -> str:
    return str((need.sold_as or need.held)["kind"])


def _reason(words: str, needs: list[Need]) -> str:
    visits = {(need.appointment_id, need.hold_id) for need in needs}
    first = wall(min(need.starts for need in needs)).date()
    count = "1 visit needs it" if len(visits) == 1 else f"{len(visits)} visits need it"
    return f"{words}: {count}, the first on {first}: move or cancel them first"
