"""Visits that are over and whose status says nothing of how they ended."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam

from booking.records.appointments import VISIT, visit_of
from booking.records.tables import appointment
from booking.scheduling.appointment import Visit
from booking.scheduling.lifecycle import LIVE

MOST_LISTED = 500

_OPEN = (
    VISIT.where(
        appointment.c.clinic_id == bindparam("clinic"),
        appointment.c.starts < bindparam("before"),
        appointment.c.starts >= bindparam("after"),
        appointment.c.ends <= bindparam("before"),
        appointment.c.status.in_(LIVE),
    )
    .order_by(appointment.c.starts, appointment.c.id)
    .limit(MOST_LISTED)
)
_BY_REFERENCE = VISIT.where(
    appointment.c.reference == bindparam("reference"), appointment.c.clinic_id == bindparam("clinic")
)


def list_open(conn: Connection, clinic_id: int, after: datetime, before: datetime) -> Sequence[Visit]:
    """Return the visits that began after and ended before two wall times and are still booked or here."""
    given = {"clinic": clinic_id, "after": after, "before": before}
    return [visit_of(row) for row in conn.execute(_OPEN, given)]


def find_by_reference(conn: Connection, clinic_id: int, reference: str) -> Visit | None:
    """Return one appointment of the clinic by its public reference."""
    row = conn.execute(_BY_REFERENCE, {"clinic": clinic_id, "reference": reference}).one_or_none()
    return visit_of(row) if row else None
