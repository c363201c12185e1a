"""Holds: a time kept while a form is filled, or kept back after a patient freed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from booking.records.prepared import Prepared
from booking.records.schema import LONGEST_CLAIM
from booking.records.tables import appointment, claim, hold, practitioner, service


@dataclass(frozen=True)
class StoredHold:
    """One live hold; codes for people and services, wall time for times."""

    id: int
    service: str
    practitioner: str
    starts: datetime
    ends: datetime
    companion: bool
    expires_at: datetime
    first_held_at: datetime


_ADD = insert(hold).returning(hold.c.id)
_TIME = select(
    appointment.c.clinic_id,
    appointment.c.service_id,
    appointment.c.practitioner_id,
    appointment.c.room_id,
    appointment.c.starts,
    appointment.c.ends,
    appointment.c.companion,
).where(appointment.c.id == bindparam("appointment"))
_OF_VISITOR = Prepared(
    select(
        hold.c.id,
        service.c.code.label("service"),
        practitioner.c.code.label("practitioner"),
        hold.c.starts,
        hold.c.ends,
        hold.c.companion,
        hold.c.expires_at,
        hold.c.first_held_at,
    )
    .join(service, service.c.id == hold.c.service_id)
    .join(practitioner, practitioner.c.id == hold.c.practitioner_id)
    .where(
        hold.c.clinic_id == bindparam("clinic"),
        hold.c.visitor == bindparam("visitor"),
        hold.c.expires_at > bindparam("now"),
    )
)
_RELEASED = select(hold.c.id).where(
    hold.c.visitor == bindparam("releaser"),
    hold.c.starts < bindparam("ends"),
    hold.c.ends > bindparam("starts"),
)
_COUNT = select(func.count()).where(
    hold.c.clinic_id == bindparam("clinic"),
    hold.c.origin == bindparam("origin"),
    hold.c.expires_at > bindparam("now"),
)
_IN_THE_WAY = select(claim.c.hold_id).where(
    claim.c.hold_id.is_not(None),
    claim.c.resource_id == bindparam("resource"),
    claim.c.starts > bindparam("starts") - LONGEST_CLAIM,
    claim.c.starts < bindparam("ends"),
    claim.c.ends > bindparam("starts"),
)


def add(conn: Connection, clinic_id: int, fields: Mapping[str, Any]) -> int:
    """Store a hold and return its id; its claims are added by the caller."""
    added: int = conn.execute(_ADD, {"clinic_id": clinic_id, **fields}).scalar_one()
    return added


def add_released(conn: Connection, appointment_id: int, expires_at: datetime, now: datetime) -> int:
    """Store a hold over the present time of an appointment, so that it is not offered yet."""
    row = conn.execute(_TIME, {"appointment": appointment_id}).one()
    released = {"kind": "released", "origin": None, "first_held_at": now}
    released["visitor"] = releaser(appointment_id)
    return add(conn, row.clinic_id, {**row._asdict(), **released, "expires_at": expires_at})


def releaser(appointment_id: int) -> str:
    """Return by which name a kept-back time belongs to the appointment that freed it."""
    return f"appointment:{appointment_id}"


def list_released(conn: Connection, appointment_id: int, starts: datetime, ends: datetime) -> list[int]:
    """Return the ids of what is kept back of an appointment's earlier times and overlaps a time."""
    given = {"releaser": releaser(appointment_id), "starts": starts, "ends": ends}
    return list(conn.execute(_RELEASED, given).scalars())


def find_of_visitor(conn: Connection, clinic_id: int, visitor: str, now: datetime) -> StoredHold | None:
    """Return the live hold of a visitor."""
    row = _OF_VISITOR.first(conn, {"clinic": clinic_id, "visitor": visitor, "now": now})
    return StoredHold(**row._asdict()) if row else None


def count_from(conn: Connection, clinic_id: int, origin: str, now: datetime) -> int:
    """Return how many live holds an address has."""
    found: int = conn.execute(_COUNT, {"clinic": clinic_id, "origin": origin, "now": now}).scalar_one()
    return found


def extend(conn: Connection, hold_id: int, expires_at: datetime) -> None:
    """Let a hold and its claims end at ``expires_at``."""
    conn.execute(update(hold).where(hold.c.id == hold_id).values(expires_at=expires_at))
    conn.execute(update(claim).where(claim.c.hold_id == hold_id).values(expires=int(expires_at.timestamp())))


def remove(conn: Connection, hold_id: int) -> None:
    """Delete a hold whose claims are already gone."""
    conn.execute(delete(hold).where(hold.c.id == hold_id))


def list_in_the_way(conn: Connection, rows: list[tuple[int, int, int]]) -> set[int]:
    """Return the ids of holds that claim any of (resource, starts, ends)."""
    found: set[int] = set()
    for resource_id, starts, ends in rows:
        found.update(
            conn.execute(_IN_THE_WAY, {"resource": resource_id, "starts": starts, "ends": ends}).scalars()
        )
    return found
