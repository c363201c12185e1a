"""Who comes again: which service is likely, whether a first visit would be one, when they could come."""

from datetime import datetime, time, timedelta
from itertools import islice

from booking.actions.offer import offer_at_desk
from booking.actions.values import Question
from booking.records import patients
from booking.records.database import reading
from booking.scheduling.appointment import Patient, Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.people import identity
from booking.scheduling.timeline import wall

NEW = "new"  # for_patients of a service that is a first visit
NOT_SEEN = ("cancelled", "noshow", "entered_in_error")


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
    return reading(lambda conn: patients.find_last_of_kind(conn, clinic.id, kind, **identity(patient)))


def first_free(
    clinic: Clinic, question: Question, patient: Patient | None, now: datetime, most: int
) -> list[tuple[datetime, tuple[str, ...]]]:
    """Return the first starts at which the patient has no other visit, and with whom each is to be had (E47).

    Args:
        clinic: the clinic.
        question: what is asked for.
        patient: who comes, None where that is not known yet.
        now: the present instant.
        most: how many are wanted.

    Raises:
        Invalid: the question names what there is not.
    """
    service = clinic.service.get(question.service)
    length = timedelta(minutes=service.shape.minutes if service else 0)
    own = _list_own_times(clinic, patient, datetime.combine(question.from_on, time())) if patient else []
    starts = ((wall(minute), codes) for minute, codes in offer_at_desk(clinic, question, now).slots())
    free = (one for one in starts if not any(b < one[0] + length and e > one[0] for b, e in own))
    return list(islice(free, most))


def _list_own_times(clinic: Clinic, patient: Patient, after: datetime) -> list[tuple[datetime, datetime]]:
    found = reading(lambda conn: patients.list_upcoming(conn, clinic.id, **identity(patient), after=after))
    return [(starts, ends) for _, starts, ends in found]
