"""Whether this program can serve: what /readyz answers, and the first half of ``flask doctor``."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.actions.clinics import get_clinic_at, get_stamp
from booking.actions.reminders import Overdue, overdue
from booking.records import health, setup
from booking.scheduling import zone
from booking.scheduling.errors import Busy
from booking.wording.dates import time_words, when_words

LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True)
class Check:
    """One thing that must hold; ``says`` tells what was found and, when it fails, what to do."""

    name: str
    ok: bool
    says: str


def checks(now: datetime) -> list[Check]:
    """Return the state of zone data, database, migrations, guard, outbox and reminders.

    What cannot be asked because the database does not answer is left out.
    """
    found = [zone_data()]
    try:
        found.append(migrations())
        if found[-1].ok:
            found += [guard(), outbox(now), reminders(now)]
    except Busy:
        says = "does not answer: is it running, is DATABASE_URL right, is the disk full or read-only?"
        found.append(Check("database", False, says))
    return found


def is_set_up() -> bool:
    """Say whether any clinic is set up, be it the one that is served or another."""
    return health.count_clinics() > 0


def zone_data() -> Check:
    """Say whether the zone data knows the law of 2026: mail is held while it does not (E33)."""
    version = zone.zone_data_version()
    if zone.zone_data_is_right():
        return Check("zone data", True, f"tzdata {version}: Vancouver is at UTC-7 in January 2027")
    says = f"tzdata {version} is too old for British Columbia: mail is held. Install tzdata 2026.2 or newer."
    return Check("zone data", False, says)


def migrations() -> Check:
    """Say whether the database has the tables that this program expects.

    Raises:
        Busy: the database cannot be reached.
    """
    at, head = health.find_revision(), health.head_revision()
    if at == head:
        return Check("migrations", True, f"at {head}, the newest")
    if at and head and at > head:  # they are numbered; during an update the old version serves on
        return Check(
            "migrations", True, f"at {at}, newer than this program, which knows {head}: update it too"
        )
    says = f"the database is at {at or 'nothing'}, the program at {head}: run `flask --app wsgi db upgrade`"
    return Check("migrations", False, says)


def guard() -> Check:
    """Say whether the database itself refuses to book anything twice (D3)."""
    if health.guard_is_intact():
        return Check("guard", True, "the database refuses overlapping claims")
    says = "the database no longer refuses double bookings: restore a backup or run the migrations anew"
    return Check("guard", False, says)


def outbox(now: datetime) -> Check:
    """Say whether every message that is due has been taken up."""
    since = health.oldest_waiting()
    waited = now - since if since else timedelta(0)
    if waited <= LONGEST_WAIT:
        return Check("outbox", True, "no message is late")
    minutes = int(waited.total_seconds() // 60)
    says = f"a message has waited for {minutes} minutes: is `flask messages work` running?"
    return Check("outbox", False, says)


def reminders(now: datetime) -> Check:
    """Say whether reminders go out, for every clinic of this database."""
    for clinic_id in setup.list_clinic_ids():
        clinic = get_clinic_at(clinic_id, get_stamp(clinic_id))
        found = overdue(clinic, now)
        if found.is_alarm:
            return Check("reminders", False, _overdue_words(found, zone.to_wall(now, clinic.zone)))
    return Check("reminders", True, "no reminder is late")


def _overdue_words(found: Overdue, now_wall: datetime) -> str:
    """Return "0 of 14 reminders went out since 8:00 a.m." and what to do."""
    since = found.since or now_wall
    words = time_words(since) if since.date() == now_wall.date() else when_words(since)
    told = f"{found.sent} of {found.planned} reminders went out since {words}"
    return f"{told}: is `flask messages work` running, does the mail server answer?"
