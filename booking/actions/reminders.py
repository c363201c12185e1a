"""Reminders as a whole: their times under new zone data, and the alarm when none goes out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.actions.clinics import get_clinic_at, get_stamp
from booking.records import ledger
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling import reminders
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_wall, zone_data_version

LATE = timedelta(minutes=15)  # a reminder may leave so long after its time without an alarm
LONGEST_PAUSE = timedelta(hours=10)  # between two tries of one message
FAILED_WITHIN = timedelta(days=1)
MANY = 3  # so many failures without a success are no matter of single addresses


@dataclass(frozen=True)
class Overdue:
    """How many of the reminders planned since a wall time have left; ``is_alarm``: too few."""

    planned: int
    sent: int
    since: datetime | None
    is_alarm: bool


def overdue(clinic: Clinic, now: datetime) -> Overdue:
    """Return whether the clinic's reminders go out.

    The alarm is raised when one waits a quarter of an hour past its time, or when
    several failed and none was sent since the first of them.
    """

    def work(conn: Connection) -> Overdue:
        waiting = ledger.waiting_reminders(conn, clinic.id, now - LATE, now + LONGEST_PAUSE)
        failed = ledger.failed_reminders(conn, clinic.id, now - FAILED_WITHIN)
        since = min((one.since for one in (waiting, failed) if one.since), default=None)
        if since is None:
            return Overdue(0, 0, None, is_alarm=False)
        sent = ledger.count_sent_reminders(conn, clinic.id, since)
        alarm = waiting.count > 0 or (failed.count >= MANY and not sent)
        total = waiting.count + failed.count + sent
        return Overdue(total, sent, to_wall(since, clinic.zone), is_alarm=alarm)

    return reading(work)


def recompute(clinic: Clinic, now: datetime) -> int:
    """Give waiting reminders the instants that this machine's zone data says, if it is newer (E31).

    Visits are at wall time, so only instants change. Returns how many did.
    """
    version = zone_data_version()

    def work(conn: Connection) -> int:
        if _order(ledger.get_zone_data(conn, clinic.id)) > _order(version):
            return 0
        changed = 0
        for waiting in ledger.list_waiting_reminders(conn, clinic.id, version):
            offset = reminders.offset_of(waiting.kind)
            at = reminders.due_at(clinic, waiting.starts, offset or 0)
            changed += at != waiting.planned_for
            ledger.plan_for(conn, waiting, at, version)
        ledger.set_zone_data(conn, clinic.id, version)
        return changed

    return transaction(clinic.id, now, work)


def recompute_all(now: datetime) -> int:
    """Do ``recompute`` for every clinic whose due times are of other zone data."""
    version = zone_data_version()
    strange = reading(lambda conn: ledger.list_strange(conn, version))
    return sum(recompute(get_clinic_at(one, get_stamp(one)), now) for one in strange)


def _order(version: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in (version or "").split(".") if part.isdigit())
