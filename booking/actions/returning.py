"""Who comes again: which service is likely, whether a first visit would be one, when they are here anyway."""

from datetime import datetime
from typing import TypedDict

from booking.records import patients
from booking.records.database import reading
from booking.scheduling.appointment import Patient, Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.people import email_key, name_key

NEW = "new"  # for_patients of a service that is a first visit
NOT_SEEN = ("cancelled", "noshow", "entered_in_error")


class _Who(TypedDict):
    name_key: str
    email_key: str | None
    phone: str | None


def usual_service(clinic: Clinic, visit: Visit) -> str:
    """Return the code of the service that likely follows a visit; empty where none is on the menu.

    It is the same service, or after a first visit the follow-up whose length is closest. A first
    visit that did not take place is still to be had.
    """
    same = clinic.service.get(visit.service)
    if same is not None and (same.for_patients != NEW or visit.status in NOT_SEEN):
        return same.code
    follow_ups = [s for s in clinic.services if s.kind == visit.sold.kind and s.for_patients != NEW]
    minutes = visit.sold.shape.minutes
    closest = min(follow_ups, key=lambda s: abs(s.shape.minutes - minutes), default=same)
    return closest.code if closest else ""


def find_last_of_kind(clinic: Clinic, patient: Patient, kind: str) -> datetime | None:
    """Return when a person's latest visit of a kind begins, to come or over; None where there is none.

    Everybody of equal name and contact is one person, whichever records they have (E47).
    """
    return reading(lambda conn: patients.find_last_of_kind(conn, clinic.id, kind, **_who(patient)))


def list_own_times(clinic: Clinic, patient: Patient, after: datetime) -> list[tuple[datetime, datetime]]:
    """Return from when to when a person's live visits are that end after a wall time (E47)."""
    found = reading(lambda conn: patients.list_upcoming(conn, clinic.id, **_who(patient), after=after))
    return [(starts, ends) for _, starts, ends in found]


def _who(patient: Patient) -> _Who:
    key = email_key(patient.email) if patient.email else None
    return {"name_key": name_key(patient.name), "email_key": key, "phone": patient.phone}
