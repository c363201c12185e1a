"""Whether a message that is due is still right: the appointment as it is now decides (E64, E66)."""

from dataclasses import dataclass
from datetime import datetime

from booking.actions.on_demand import LINK, ON_DEMAND, STAFF_LINK
from booking.actions.staff_mail import open_link
from booking.records import appointments, links, setup
from booking.records.outbox import Stored
from booking.records.transaction import Connection
from booking.scheduling import people, reminders, zone
from booking.scheduling.lifecycle import LIVE
from booking.scheduling.zone import to_instant
from booking.wording.letter import Letter


@dataclass(frozen=True)
class Entry:
    """One visit of a message that lists several, with its sealed link token."""

    letter: Letter
    sealed: bytes | None
    language: str


def find_letter(conn: Connection, stored: Stored, now: datetime) -> Letter | None:
    """Return what a message should say; None where it cannot be read, or there is nobody to write to."""
    if stored.kind == STAFF_LINK:
        clinic = setup.load_clinic(conn, stored.clinic_id)
        return Letter.without_visit(clinic, now) if open_link(conn, stored) else None
    try:
        return Letter.from_json(stored.snapshot)
    except (KeyError, TypeError, ValueError):  # written by another version, or by hand
        return None


def list_entries(conn: Connection, stored: Stored, now: datetime) -> tuple[Entry, ...]:
    """Return the visits to come of the address that asked for its links, as they are now."""
    if stored.kind != LINK:
        return ()
    clinic = setup.load_clinic(conn, stored.clinic_id)
    key = people.email_key(stored.recipient)
    coming = appointments.list_coming_by_email(conn, clinic.id, key, zone.to_wall(now, clinic.zone))
    return tuple(
        Entry(Letter.about(clinic, visit, now), links.find_sealed(conn, visit.id), visit.patient.language)
        for visit in coming
    )


def sealed_for(conn: Connection, stored: Stored) -> bytes | None:
    """Return the sealed token of the link that a message brings; None where it brings none."""
    if stored.appointment_id is None:
        return open_link(conn, stored)
    return links.find_sealed(conn, stored.appointment_id)


def why_not(stored: Stored, letter: Letter, now: datetime) -> str | None:
    """Return why a due message must not leave any more."""
    if stored.kind in ON_DEMAND:
        return None
    begins, ends = to_instant(letter.starts, letter.zone), to_instant(letter.ends, letter.zone)
    was_moved = stored.starts != letter.starts
    return why_wrong(stored.kind, stored.status, begins, ends, now, stored.is_stopped, was_moved=was_moved)


def why_wrong(
    kind: str,
    status: str | None,
    begins: datetime,
    ends: datetime,
    now: datetime,
    is_stopped: bool,
    *,
    was_moved: bool = False,
) -> str | None:
    """Return why a message of a kind about a visit is not to be sent at an instant."""
    is_reminder = reminders.offset_of(kind) is not None
    if kind == "cancelled":
        # Who is on the way to a cancelled visit should still hear of it.
        wrong = {
            "The appointment is not cancelled any more.": status != "cancelled",
            "The time of the visit has passed.": ends <= now,
        }
    else:
        wrong = {
            "The appointment is no longer booked.": status not in LIVE,
            "The appointment was moved.": was_moved,
            "The visit has begun.": begins <= now,
            "The patient is here already.": is_reminder and status != "booked",
            "The patient stopped reminder e-mails.": is_reminder and is_stopped,
        }
    return next((reason for reason, is_so in wrong.items() if is_so), None)
