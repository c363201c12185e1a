"""The wait list: who would come if a time were free, and the times that are (R9).

A time is free for it by the same engine that offers times to everybody (D11), in order of
who asked first. Nobody is written to: reception phones, and books in one press.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from booking.actions.contact import check_contact
from booking.actions.offer import offer_at_desk
from booking.actions.person import enter_patient
from booking.actions.recording import record_of_patient
from booking.actions.values import Actor, Question, WaitRequest
from booking.records import wait_list
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.records.wait_list import Entry
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, Stale
from booking.scheduling.rules import online_limits
from booking.scheduling.timeline import wall
from booking.scheduling.wait_wish import ALL_DAYS, PARTS, Wish
from booking.scheduling.zone import to_wall

__all__ = [
    "Entry",
    "Free",
    "Waiting",
    "add",
    "check_waits",
    "count_for",
    "get",
    "list_waiting",
    "put_back",
    "take_off",
]

MOST_AHEAD = timedelta(days=120)
SHOWN = 3
Asked = tuple[str, str | None]  # a service, and whom they want
BOOKED_MEANWHILE = "Somebody has settled this entry of the wait list a moment ago. Nothing was booked."
SETTLED = "Somebody has settled this entry a moment ago. Here is the list as it stands now."


@dataclass(frozen=True)
class Free:
    """A time that an entry could have; ``is_soon``: patients could not book it online any more (E61)."""

    start: datetime
    practitioners: tuple[str, ...]
    is_soon: bool


@dataclass(frozen=True)
class Waiting:
    """An entry with the first times that it could have now."""

    entry: Entry
    times: Sequence[Free]


def add(clinic: Clinic, request: WaitRequest, by: Actor, now: datetime) -> Entry:
    """Put somebody on the list.

    Raises:
        Invalid: what to do for each field.
    """
    contact, faults = check_contact(clinic, request.name, request.email, request.phone, request.language)
    wish, wrong = _check_wish(clinic, request, to_wall(now, clinic.zone).date())
    if contact is None or wish is None:
        raise Invalid(faults | wrong)
    person = clinic.practitioner.get(wish.practitioner or "")
    ids = clinic.service[wish.service].id, person.id if person else None

    def work(conn: Connection) -> Entry:
        patient, _ = enter_patient(
            conn, clinic, contact, now, request.patient_id, agreed=False, under_19=request.under_19
        )
        number = wait_list.add(conn, clinic.id, patient.id, wish, ids, now)
        record_of_patient(conn, clinic, "patient:waits", by, now, patient.id, {"service": wish.service})
        return Entry(number, patient, wish, now, is_open=True)

    return transaction(clinic.id, now, work)


def get(clinic: Clinic, entry_id: int) -> Entry:
    """Return an entry, open or not.

    Raises:
        NotFound: there is none.
    """
    found = reading(lambda conn: wait_list.find(conn, clinic.id, entry_id))
    if found is None:
        raise NotFound("There is no such entry on the wait list.")
    return found


def list_waiting(clinic: Clinic, now: datetime) -> list[Waiting]:
    """Return who waits, each with the first times that would suit; one question for each kind of wish."""
    today = to_wall(now, clinic.zone).date()
    entries = reading(lambda conn: wait_list.list_open(conn, clinic.id, today))
    free = _free(clinic, entries, today, max((one.wish.until for one in entries), default=today), now)
    return [Waiting(one, tuple(islice(_suiting(one.wish, free), SHOWN))) for one in entries]


def count_for(clinic: Clinic, freed: Visit, now: datetime) -> int:
    """Return how many entries could have a start in the time of a visit that was given up."""
    on = freed.starts.date()
    entries = reading(lambda conn: wait_list.list_open(conn, clinic.id, on))
    free = _free(clinic, entries, on, on, now)
    return sum(
        any(freed.starts <= time.start < freed.ends for time in _suiting(one.wish, free)) for one in entries
    )


def check_waits(conn: Connection, clinic: Clinic, entry_id: int) -> None:
    """Refuse to book for an entry that somebody else has settled (E60); for ``book``, in its transaction.

    Raises:
        Stale: it is not on the list any more.
    """
    if not wait_list.is_open(conn, clinic.id, entry_id):
        raise Stale(BOOKED_MEANWHILE)


def take_off(clinic: Clinic, entry_id: int, by: Actor, now: datetime) -> None:
    """Take an entry off the list.

    Raises:
        NotFound: there is none.
        Stale: it is not on the list any more.
    """
    _change(
        clinic,
        entry_id,
        by,
        now,
        "patient:waits no more",
        lambda c: wait_list.close(c, clinic.id, entry_id, now),
    )


def put_back(clinic: Clinic, entry_id: int, by: Actor, now: datetime) -> None:
    """Put an entry back on the list that was taken off.

    Raises:
        NotFound: there is none.
        Stale: it was booked, or is on the list.
    """
    _change(
        clinic, entry_id, by, now, "patient:waits again", lambda c: wait_list.reopen(c, clinic.id, entry_id)
    )


def _change(
    clinic: Clinic, entry_id: int, by: Actor, now: datetime, action: str, do: Callable[[Connection], bool]
) -> None:
    whose = get(clinic, entry_id).patient.id

    def work(conn: Connection) -> None:
        if not do(conn):
            raise Stale(SETTLED)
        record_of_patient(conn, clinic, action, by, now, whose)

    transaction(clinic.id, now, work)


def _check_wish(clinic: Clinic, request: WaitRequest, today: date) -> tuple[Wish | None, dict[str, str]]:
    faults: dict[str, str] = {}
    if request.service not in clinic.service:
        faults["service"] = "There is no such service. Choose one from the list of services."
    if request.practitioner is not None and request.practitioner not in clinic.practitioner:
        faults["practitioner"] = "There is no such practitioner. Leave it out for anyone."
    if not 0 < request.weekdays <= ALL_DAYS:
        faults["weekdays"] = "Choose at least one day of the week."
    if request.part not in PARTS:
        faults["part"] = "Choose one of: " + ", ".join(PARTS) + "."
    last = today + MOST_AHEAD
    if request.until is None or not today <= request.until <= last:
        faults["until"] = f"Give the last day that would do, from today to {last.isoformat()}."
    if faults or request.until is None:
        return None, faults
    return Wish(request.service, request.practitioner, request.weekdays, request.part, request.until), {}


def _free(
    clinic: Clinic, entries: Sequence[Entry], first: date, last: date, now: datetime
) -> dict[Asked, list[Free]]:
    """Return the free times of some days for each service and person that is waited for; both dates count."""
    limits = online_limits(clinic, to_wall(now, clinic.zone))
    found = {}
    for service, person in {(one.wish.service, one.wish.practitioner) for one in entries}:
        if service in clinic.service and (person is None or person in clinic.practitioner):
            offered = offer_at_desk(clinic, Question(service, first, last, person), now)
            found[service, person] = [
                Free(wall(minute), codes, minute < (limits.earliest or 0))
                for minute, codes in offered.slots()
            ]
    return found


def _suiting(wish: Wish, free: Mapping[Asked, Sequence[Free]]) -> Iterator[Free]:
    times = free.get((wish.service, wish.practitioner), ())
    return (time for time in times if wish.suits(time.start))
