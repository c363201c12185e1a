"""Whose claims lie in a stretch of time: names for the desk, which may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from booking.records.schema import LONGEST_CLAIM
from booking.records.tables import appointment, block, claim, patient


@dataclass(frozen=True)
class Occupant:
    """A claim of a visit (whose ``patient``) or of a block (why, and until when), in minutes of wall time."""

    resource: int
    starts: int
    ends: int
    patient: str | None
    reason: str | None
    blocked_until: datetime | None


_OCCUPANTS = (
    select(claim.c.resource_id, claim.c.starts, claim.c.ends, patient.c.name, block.c.reason, block.c.ends)
    .outerjoin(appointment, appointment.c.id == claim.c.appointment_id)
    .outerjoin(patient, patient.c.id == appointment.c.patient_id)
    .outerjoin(block, block.c.id == claim.c.block_id)
    .where(
        claim.c.resource_id.in_(bindparam("resources", expanding=True)),
        claim.c.starts > bindparam("after"),
        claim.c.starts < bindparam("ends"),
        claim.c.ends > bindparam("begins"),
        claim.c.hold_id.is_(None),
    )
    .order_by(claim.c.starts, claim.c.resource_id)
)


def list_occupants(
    conn: Connection, resources: Sequence[int], begins: int, ends: int, skip_appointment: int | None = None
) -> list[Occupant]:
    """Return who has which of ``resources`` between two minutes, in order of time; holds do not count.

    Args: ``skip_appointment`` leaves one visit's own claims out.
    """
    given = {"resources": list(resources), "begins": begins, "ends": ends, "after": begins - LONGEST_CLAIM}
    query = _OCCUPANTS
    if skip_appointment is not None:
        query = query.where(claim.c.appointment_id.is_distinct_from(skip_appointment))
    return [Occupant(*row) for row in conn.execute(query, given)]
