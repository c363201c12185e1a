"""What stands in a day's calendar beside visits: blocks, and holds of people who are booking."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from booking.records.tables import block, claim, device, hold, practitioner, resource, room


@dataclass(frozen=True)
class Blocked:
    """Blocked time of one person, room or device; ``practitioner`` is None for the others."""

    id: int
    kind: str
    reason: str
    starts: datetime
    ends: datetime
    practitioner: str | None
    room: str | None
    device: str | None


@dataclass(frozen=True)
class BeingBooked:
    """A time that somebody is booking online."""

    practitioner: str
    starts: datetime
    ends: datetime
    expires_at: datetime


_BLOCKS = (
    select(
        block.c.id,
        block.c.kind,
        block.c.reason,
        block.c.starts,
        block.c.ends,
        practitioner.c.code.label("practitioner"),
        room.c.code.label("room"),
        device.c.code.label("device"),
    )
    .join(claim, claim.c.block_id == block.c.id)
    .join(resource, resource.c.id == claim.c.resource_id)
    .outerjoin(practitioner, practitioner.c.id == resource.c.practitioner_id)
    .outerjoin(room, room.c.id == resource.c.room_id)
    .outerjoin(device, device.c.id == resource.c.device_id)
    .where(
        block.c.clinic_id == bindparam("clinic"),
        block.c.starts < bindparam("last"),
        block.c.ends > bindparam("first"),
    )
    .distinct()
    .order_by(block.c.starts, block.c.id)
)
_HOLDS = (
    select(practitioner.c.code.label("practitioner"), hold.c.starts, hold.c.ends, hold.c.expires_at)
    .join(practitioner, practitioner.c.id == hold.c.practitioner_id)
    .where(
        hold.c.clinic_id == bindparam("clinic"),
        hold.c.kind == "online",
        hold.c.expires_at > bindparam("now", type_=hold.c.expires_at.type),
        hold.c.starts < bindparam("last"),
        hold.c.ends > bindparam("first"),
    )
    .order_by(hold.c.starts)
)


def list_blocks(conn: Connection, clinic_id: int, first: datetime, last: datetime) -> list[Blocked]:
    """Return the blocks that touch the time from ``first`` until before ``last`` (wall time)."""
    rows = conn.execute(_BLOCKS, {"clinic": clinic_id, "first": first, "last": last})
    return [Blocked(*row) for row in rows]


def list_holds(
    conn: Connection, clinic_id: int, first: datetime, last: datetime, now: datetime
) -> list[BeingBooked]:
    """Return the times that are being booked online right now."""
    given = {"clinic": clinic_id, "first": first, "last": last, "now": now}
    return [BeingBooked(*row) for row in conn.execute(_HOLDS, given)]
