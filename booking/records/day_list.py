"""The visits of some days, for the desk and the API: one statement, whatever is stored."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam

from booking.records.appointments import VISIT, visit_of
from booking.records.tables import appointment
from booking.scheduling.appointment import Visit

_BETWEEN = VISIT.where(
    appointment.c.clinic_id == bindparam("clinic"),
    appointment.c.starts >= bindparam("first"),
    appointment.c.starts < bindparam("last"),
).order_by(appointment.c.starts, appointment.c.id)
_OF_ONE = _BETWEEN.where(appointment.c.practitioner_id == bindparam("practitioner"))


def list_between(
    conn: Connection, clinic_id: int, first: datetime, last: datetime, practitioner_id: int | None
) -> Sequence[Visit]:
    """Return the visits that start from ``first`` until before ``last`` (wall time), cancelled ones too.

    Args: ``practitioner_id`` None for everybody's.
    """
    given = {"clinic": clinic_id, "first": first, "last": last, "practitioner": practitioner_id}
    query = _BETWEEN if practitioner_id is None else _OF_ONE
    return [visit_of(row) for row in conn.execute(query, given)]
