"""The calendar entry of an appointment (RFC 5545), for mails and for the page's download.

It carries the instant in UTC and the wall time in words: a device with old zone
rules rings in time, and whoever reads it sees the clinic's time (domain.md, section 5).
"""

from datetime import datetime

from icalendar import Calendar, Event, vCalAddress

from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.zone import to_instant
from booking.wording.language import _
from booking.wording.letter import Letter
from booking.wording.phones import phone_words
from booking.wording.plain import one_line
from booking.wording.sentences import wall_words

PRODUCT = "-//clinic-booking//EN"


def calendar_file(clinic: Clinic, visit: Visit, method: str) -> bytes:
    """Return the .ics of a visit as it is now; the entry is cancelled where the visit is.

    Args:
        clinic: The visit's clinic.
        visit: The appointment.
        method: PUBLISH for a download; REQUEST and CANCEL are for mails.
    """
    letter = Letter.about(clinic, visit, visit.created_at)
    gone = visit.status == "cancelled" or method == "CANCEL"
    return calendar_entry(letter, method, visit.version - 1, visit.created_at, is_cancelled=gone)


def calendar_entry(
    letter: Letter,
    method: str,
    sequence: int,
    written_at: datetime,
    *,
    is_cancelled: bool = False,
    attendee: str | None = None,
) -> bytes:
    """Return the .ics that a letter describes; the same arguments give the same bytes.

    The summary is the clinic's discreet name and nothing says what the visit is (P11).

    Args:
        letter: The appointment.
        method: PUBLISH, REQUEST or CANCEL (RFC 5546).
        sequence: How often the appointment has changed.
        written_at: The instant of that change.
        is_cancelled: Whether the entry is to be struck.
        attendee: The patient's e-mail address; a REQUEST and a CANCEL need one.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(letter, sequence, written_at, is_cancelled, attendee))
    written: bytes = calendar.to_ical()
    return written


def _event(
    letter: Letter, sequence: int, written_at: datetime, is_cancelled: bool, attendee: str | None
) -> Event:
    event = Event()
    event.add("uid", f"{letter.reference}@{letter.clinic_code}.clinic-booking".lower())
    event.add("sequence", sequence)
    event.add("dtstamp", written_at.replace(microsecond=0))
    event.add("dtstart", to_instant(letter.starts, letter.zone))
    event.add("dtend", to_instant(letter.ends, letter.zone))
    event.add("summary", one_line(letter.discreet_name))
    event.add("description", "\n".join(_description(letter)))
    event.add("location", one_line(letter.address))
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("organizer", _address(letter.email, {"CN": one_line(letter.discreet_name)}))
    if attendee:
        event.add("attendee", _address(attendee, {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}))
    return event


def _description(letter: Letter) -> tuple[str, ...]:
    return (
        f"{wall_words(letter)}.",
        _("Questions or a change of plan: %(phone)s.", phone=phone_words(letter.phone)),
        _("Reference: %(reference)s.", reference=letter.reference),
    )


def _address(address: str, parameters: dict[str, str]) -> vCalAddress:
    value = vCalAddress(f"mailto:{one_line(address)}")
    value.params.update(parameters)
    return value
