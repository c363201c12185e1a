"""Which visits a day has."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from booking.actions.values import Staff
from booking.records import day_list
from booking.records.database import reading
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic


def list_visits(clinic: Clinic, on: date, days: int, staff: Staff) -> Sequence[Visit]:
    """Return the visits of ``days`` days, cancelled ones too, in order of time.

    A practitioner sees their own only.
    """
    first = datetime.combine(on, time())
    only = _only(clinic, staff)
    return reading(
        lambda conn: day_list.list_between(conn, clinic.id, first, first + timedelta(days=days), only)
    )


def _only(clinic: Clinic, staff: Staff) -> int | None:
    if staff.role != "practitioner":
        return None
    person = clinic.practitioner.get(staff.practitioner or "")
    return person.id if person else 0  # who has left the set-up sees nobody's
