"""What waits at the desk: the numbers beside the rail's links, and whether mail is in trouble."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from booking.actions.open_visits import LOOKS_BACK
from booking.actions.reminders import FAILED_WITHIN, LATE, LONGEST_PAUSE
from booking.records import desk_counts
from booking.records.database import reading
from booking.records.desk_counts import Bounds
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_instant, to_wall


@dataclass(frozen=True)
class Counts:
    """Calls to be made by the end of today, messages of today that failed, visits left open.

    ``late_reminders``: those that wait past their time or were given up.
    """

    calls: int
    failures: int
    open: int
    late_reminders: int


def count(clinic: Clinic, now: datetime, opened: int) -> Counts:
    """Return what waits; one statement, whatever is stored.

    Args: ``opened`` is how many visits are left open (``count_open``): it is asked for less often.
    """
    wall = to_wall(now, clinic.zone)
    begins = datetime.combine(wall.date(), time())
    bounds = Bounds(
        today=to_instant(begins, clinic.zone),
        tomorrow=to_instant(begins + timedelta(days=1), clinic.zone),
        late=now - LATE,
        until=now + LONGEST_PAUSE,
        within=now - FAILED_WITHIN,
    )
    calls, failures, late = reading(lambda conn: desk_counts.count(conn, clinic.id, bounds))
    return Counts(calls, failures, opened, late)


def count_open(clinic: Clinic, now: datetime) -> int:
    """Return how many visits are over and say nothing of how they ended."""
    wall = to_wall(now, clinic.zone)
    return reading(lambda conn: desk_counts.count_open(conn, clinic.id, wall - LOOKS_BACK, wall))
