"""Correct how a patient is reached: a typing slip must not keep a visit from its owner (E71)."""

from datetime import datetime

from booking.access.vault import Vault, digest, mint_token
from booking.actions import messages
from booking.actions.contact import Contact, check_contact
from booking.actions.look_up import get_visit
from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import appointments, call_tasks, links, patients
from booking.records.transaction import Connection, transaction
from booking.scheduling import zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, TooLate
from booking.scheduling.lifecycle import LIVE

OUTDATED = (*call_tasks.REPLACED, "bounced")


def correct(
    clinic: Clinic, token: str, email: str | None, phone: str | None, by: Actor, now: datetime, vault: Vault
) -> str:
    """Change a patient's address and phone number and return the token that now opens the visit.

    A new address gets a new link and a new confirmation, and every link that went to the
    old one is closed. With the same address the link stays as it is.

    Args:
        clinic: The clinic.
        token: Opens the visit.
        email: As typed; None or empty for none.
        phone: As typed; None or empty for none.
        by: Who corrects.
        now: The present instant.
        vault: Seals the new link's token.

    Raises:
        NotFound: the token opens no appointment.
        TooLate: the visit is over or cancelled.
        Invalid: what to do for each field.
    """
    seen = get_visit(clinic, token, now)
    _expect_live(clinic, seen, now)
    contact = _checked(clinic, seen, email, phone)

    def work(conn: Connection) -> str:
        patient = seen.patient
        fields = {"email": contact.email, "email_key": contact.email_key, "phone": contact.phone}
        if (contact.email, patient.email_fails) == (patient.email, False):
            patients.change(conn, patient.id, fields)
            record(conn, clinic, "contact", by, now, seen, seen)
            return token
        patients.change(conn, patient.id, {**fields, "email_failed_at": None})
        now_wall = zone.to_wall(now, clinic.zone)
        coming = appointments.list_coming_of_patient(conn, clinic.id, patient.id, now_wall)
        tokens = {visit.id: renew(conn, clinic, visit, by, now, vault) for visit in coming}
        return tokens.get(seen.id, token)

    return transaction(clinic.id, now, work)


def renew(conn: Connection, clinic: Clinic, visit: Visit, by: Actor, now: datetime, vault: Vault) -> str:
    """Close a visit's links, make another and confirm the visit to the new address."""
    token = mint_token()
    links.revoke(conn, visit.id, now)
    links.add(conn, clinic.id, visit.id, digest(token), vault.seal(token, "link"), now)
    call_tasks.close(conn, visit.id, OUTDATED, now)
    messages.plan_again(conn, clinic, visit, digest(token)[:8], now)
    record(conn, clinic, "contact", by, now, visit, visit)
    return token


def _expect_live(clinic: Clinic, visit: Visit, now: datetime) -> None:
    if visit.status not in LIVE or zone.to_wall(now, clinic.zone) >= visit.ends:
        raise TooLate("This visit is over or cancelled: there is nothing to correct.", reason=visit.status)


def _checked(clinic: Clinic, visit: Visit, email: str | None, phone: str | None) -> Contact:
    patient = visit.patient
    contact, faults = check_contact(clinic, patient.name, email, phone, None)
    if contact is None:
        raise Invalid(faults)
    return contact
