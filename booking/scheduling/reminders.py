"""When each reminder of a visit is due (E67)."""

from datetime import datetime, time, timedelta

from booking.scheduling.clinic import Clinic, Reminders
from booking.scheduling.timeline import DAY_MINUTES
from booking.scheduling.zone import to_instant


def due(clinic: Clinic, starts: datetime, booked_at: datetime, now: datetime) -> list[tuple[int, datetime]]:
    """List the reminders of a visit that are still to be sent, earliest first.

    Hours are counted on the clinic's wall clock and converted once, so that a reminder
    keeps its time of day across a clock change.

    Args: ``starts`` is wall time; ``booked_at`` and ``now`` are aware instants.

    Returns (offset in hours, instant due) pairs.
    """
    rules = clinic.reminders
    found = []
    for offset in rules.offsets_hours:
        if offset >= rules.skip_if_booked_within_hours and _is_short_notice(clinic, starts, booked_at):
            continue
        at = to_instant(_out_of_quiet(rules, starts - timedelta(hours=offset)), clinic.zone)
        if at >= now:
            found.append((offset, at))
    return sorted(found, key=lambda reminder: reminder[1])


def _is_short_notice(clinic: Clinic, starts: datetime, booked_at: datetime) -> bool:
    notice = timedelta(hours=clinic.reminders.skip_if_booked_within_hours)
    return booked_at >= to_instant(starts - notice, clinic.zone)


def _out_of_quiet(rules: Reminders, at: datetime) -> datetime:
    """Move a wall time out of the quiet hours, always earlier, never later."""
    minute = at.hour * 60 + at.minute
    length = (rules.quiet_until - rules.quiet_from) % DAY_MINUTES
    if (minute - rules.quiet_from) % DAY_MINUTES >= length:
        return at
    moved = datetime.combine(at.date(), time()) + timedelta(minutes=rules.quiet_moves_to)
    return moved if moved <= at else moved - timedelta(days=1)
