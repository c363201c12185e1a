"""Whose visit it is: the limits of one person, and the record that a visit belongs to."""

from datetime import datetime, timedelta

from booking.actions.contact import Contact
from booking.actions.placing import two_places
from booking.records import patients
from booking.records.patients import Record
from booking.records.transaction import Connection
from booking.scheduling import rules, zone
from booking.scheduling.appointment import Patient
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotOffered
from booking.wording.notices import CONSENT_VERSION

TOO_MANY_UPCOMING = "We cannot offer you more visits online for now. Please call us."


def check_person(
    conn: Connection,
    clinic: Clinic,
    contact: Contact,
    start: datetime,
    minutes: int,
    now: datetime,
    *,
    is_staff: bool = False,
) -> None:
    """Refuse two places at once (E47) and more upcoming visits than the policy allows patients.

    Everybody of equal name and contact is one person, whichever records they have.
    """
    now_wall = zone.to_wall(now, clinic.zone)
    upcoming = patients.list_upcoming(
        conn,
        clinic.id,
        name_key=contact.name_key,
        email_key=contact.email_key,
        phone=contact.phone,
        after=min(now_wall, start),
    )
    end = start + timedelta(minutes=minutes)
    if any(starts < end and ends > start for _, starts, ends in upcoming):
        raise two_places(is_staff=is_staff)
    if not is_staff and not rules.may_book_another(clinic, sum(ends > now_wall for _, _, ends in upcoming)):
        raise NotOffered(TOO_MANY_UPCOMING, reason="limit")


def enter_patient(
    conn: Connection,
    clinic: Clinic,
    contact: Contact,
    now: datetime,
    known: int | None,
    *,
    agreed: bool,
    under_19: bool,
) -> tuple[Patient, int]:
    """Return the patient that a new visit belongs to, and the resource that their visits claim.

    Args:
        conn: The transaction's connection.
        clinic: The clinic.
        contact: What was typed, checked.
        now: The present instant.
        known: The patient whose record a signed link or staff have opened; None makes a record of its own.
        agreed: Whether they agreed to the privacy notice in this booking (L05).
        under_19: What a new record says of it (E53); a known one is not changed.
    """
    record = None if known is None else patients.find_whole(conn, clinic.id, known)
    if record is None or not _is_of(record, contact):
        return _add(conn, clinic, contact, now, agreed=agreed, under_19=under_19)
    patients.change(conn, record.id, _newer(record, contact, now, agreed=agreed))
    fails = record.email_failed_at is not None
    patient = Patient(
        record.id, record.name, record.email, record.phone, contact.language, fails, record.under_19
    )
    return patient, patients.get_resource(conn, record.id)


def _is_of(record: Record, contact: Contact) -> bool:
    """Say whether what was typed is the record's: who writes another name books for somebody else."""
    typed = (contact.name_key, contact.email_key, contact.phone)
    return typed == (record.name_key, record.email_key, record.phone)


def _newer(record: Record, contact: Contact, now: datetime, *, agreed: bool) -> dict[str, object]:
    """Return what the record learns: the language of now, and agreement to a newer notice (L05)."""
    learnt: dict[str, object] = {"language": contact.language}
    if agreed and record.consent_text != CONSENT_VERSION:
        learnt |= {"consented_at": now, "consent_text": CONSENT_VERSION}
    return learnt


def _add(
    conn: Connection, clinic: Clinic, contact: Contact, now: datetime, *, agreed: bool, under_19: bool
) -> tuple[Patient, int]:
    consent = {"consented_at": now if agreed else None, "consent_text": CONSENT_VERSION if agreed else None}
    fields = {**vars(contact), **consent, "created_at": now, "under_19": under_19}
    patient_id, resource_id = patients.add(conn, clinic.id, fields)
    patient = Patient(
        patient_id, contact.name, contact.email, contact.phone, contact.language, under_19=under_19
    )
    return patient, resource_id
