"""When each reminder of a visit is due, and when to phone who gets none (E54, E67)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from booking.scheduling.clinic import Clinic, Reminders
from booking.scheduling.hours import opening
from booking.scheduling.timeline import DAY_MINUTES
from booking.scheduling.zone import to_instant, to_wall

PREFIX = "reminder_"  # of a message's kind; the hours of its offset follow
SERVED = "Not needed: booked so shortly before the visit that the confirmation serves."
PAST = "Not needed: its time had passed when the visit was booked or moved."
TIME_TO_CALL = timedelta(minutes=30)  # a call is due so long before closing, at the latest
DAYS_BACK = 14


@dataclass(frozen=True)
class Planned:
    """One reminder of a visit: when it is to leave, or why it never will (``reason``)."""

    offset: int
    due_at: datetime
    reason: str | None

    @property
    def kind(self) -> str:
        """The message's kind, such as ``reminder_48``."""
        return f"{PREFIX}{self.offset}"


def due(clinic: Clinic, starts: datetime, booked_at: datetime, now: datetime) -> list[tuple[int, datetime]]:
    """List the reminders of a visit that are still to be sent, earliest first.

    Args: ``starts`` is wall time; ``booked_at`` and ``now`` are aware instants.

    Returns (offset in hours, instant due) pairs.
    """
    return [(one.offset, one.due_at) for one in plan(clinic, starts, booked_at, now) if one.reason is None]


def plan(clinic: Clinic, starts: datetime, booked_at: datetime, now: datetime) -> list[Planned]:
    """List every reminder of a visit, earliest first, those that are not sent with the reason.

    Args: ``starts`` is wall time; ``booked_at`` and ``now`` are aware instants.
    """
    found = []
    is_short = _is_short_notice(clinic, starts, booked_at)
    for offset in clinic.reminders.offsets_hours:
        at = due_at(clinic, starts, offset)
        reason = PAST if at < now else None
        if offset >= clinic.reminders.skip_if_booked_within_hours and is_short:
            reason = SERVED
        found.append(Planned(offset, at, reason))
    return sorted(found, key=lambda one: one.due_at)


def due_at(clinic: Clinic, starts: datetime, offset: int) -> datetime:
    """Return the instant at which the reminder of an offset leaves.

    Hours are counted on the clinic's wall clock and converted once, so that a reminder
    keeps its time of day across a clock change.
    """
    wall = _out_of_quiet(clinic.reminders, starts - timedelta(hours=offset))
    return to_instant(wall, clinic.zone)


def offset_of(kind: str) -> int | None:
    """Return the hours of a reminder's kind, None for another kind of message."""
    return int(kind.removeprefix(PREFIX)) if kind.startswith(PREFIX) else None


def call_at(clinic: Clinic, due_at: datetime, now: datetime) -> datetime:
    """Return when to phone somebody at the latest whom no reminder of an instant reaches (E54).

    It lies in opening hours, half an hour before their end if need be, and never after
    the reminder's own time; a time that has passed is now.
    """
    latest = to_wall(due_at, clinic.zone)
    for back in range(DAYS_BACK):
        on = latest.date() - timedelta(days=back)
        for begins, ends in reversed(opening(clinic, on)):
            first, last = (datetime.combine(on, time()) + timedelta(minutes=m) for m in (begins, ends))
            if first <= latest:
                wall = max(first, min(latest, last - TIME_TO_CALL))
                return max(now, to_instant(wall, clinic.zone))
    return now


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
