"""Blocks: time that a person, a room or a device is not available."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from booking.records.tables import LONGEST_CLAIM, block, claim

_ADD = insert(block).returning(block.c.id)


def add(conn: Connection, clinic_id: int, fields: Mapping[str, Any]) -> int:
    """Store a block and return its id; its claims are added by the caller."""
    added: int = conn.execute(_ADD, {"clinic_id": clinic_id, **fields}).scalar_one()
    return added


def remove(conn: Connection, clinic_id: int, block_id: int) -> bool:
    """Delete a block whose claims are already gone; False if there is none."""
    done = conn.execute(delete(block).where(block.c.id == block_id, block.c.clinic_id == clinic_id))
    return done.rowcount == 1


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
