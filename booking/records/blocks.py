"""Blocks: time that a person, a room or a device is not available."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from booking.records.prepared import Prepared
from booking.records.schema import LONGEST_CLAIM
from booking.records.tables import block, claim
from booking.scheduling.timeline import wall

_ADD = insert(block).returning(block.c.id)
_BETWEEN = Prepared(
    select(block.c.id, block.c.kind, block.c.what, block.c.starts, block.c.ends, block.c.reason)
    .where(
        block.c.clinic_id == bindparam("clinic"),
        block.c.starts < bindparam("last"),
        block.c.ends > bindparam("first"),
    )
    .order_by(block.c.starts, block.c.id)
)


def add(conn: Connection, clinic_id: int, fields: Mapping[str, Any]) -> int:
    """Store a block and return its id; its claims are added by the caller."""
    added: int = conn.execute(_ADD, {"clinic_id": clinic_id, **fields}).scalar_one()
    return added


def remove(conn: Connection, clinic_id: int, block_id: int) -> bool:
    """Delete a block whose claims are already gone; False if there is none."""
    done = conn.execute(delete(block).where(block.c.id == block_id, block.c.clinic_id == clinic_id))
    return done.rowcount == 1


@dataclass(frozen=True)
class Stored:
    """A block as stored; ``starts`` and ``ends`` are wall time."""

    id: int
    kind: str
    what: str
    starts: datetime
    ends: datetime
    reason: str


def list_within(conn: Connection, clinic_id: int, first: int, last: int) -> list[Stored]:
    """Return the blocks that touch a stretch of minutes, in order of their beginning."""
    return list_between(conn, clinic_id, wall(first), wall(last))


def list_between(conn: Connection, clinic_id: int, first: datetime, last: datetime) -> list[Stored]:
    """Return the blocks that touch the time from ``first`` until before ``last`` (wall time)."""
    found = _BETWEEN.rows(conn, {"clinic": clinic_id, "first": first, "last": last})
    return [Stored(*row) for row in found]


def list_claiming(conn: Connection, resources: list[int], starts: int, ends: int) -> list[int]:
    """Return the ids of appointments that claim any of the resources in a stretch of minutes."""
    return list(
        conn.execute(
            select(claim.c.appointment_id)
            .where(
                claim.c.resource_id.in_(resources),
                claim.c.starts > starts - LONGEST_CLAIM,
                claim.c.starts < ends,
                claim.c.ends > starts,
                claim.c.appointment_id.is_not(None),
            )
            .distinct()
        ).scalars()
    )
