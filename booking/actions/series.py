"""Weekly visits: shown date by date before anything is booked, then all that is kept or none (E76, C10)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.access.vault import Vault
from booking.actions.book import Order, book_in, check_request
from booking.actions.offer import nearest
from booking.actions.placing import bounds_of
from booking.actions.retries import Booked
from booking.actions.values import Actor, BookRequest
from booking.actions.why import why_not_at_desk
from booking.records import appointments
from booking.records.transaction import Connection, transaction
from booking.scheduling import rules
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, Near, NotOffered, SlotTaken

MOST = 12
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Planned:
    """One date of a series; ``why`` it cannot be booked, None where it can; what is free close to it."""

    start: datetime
    why: str | None
    nearest: tuple[Near, ...]


def plan_series(clinic: Clinic, request: BookRequest, weeks: int, now: datetime) -> list[Planned]:
    """Return the dates of ``weeks`` weekly visits from the request's start on; books nothing.

    Raises:
        Invalid: what to do for each field; not so many weeks.
    """
    if not 2 <= weeks <= MOST:
        raise Invalid({"weeks": f"A series has 2 to {MOST} visits."})
    order = check_request(clinic, request)
    found = []
    for number in range(weeks):
        start = request.start + number * WEEK
        why = why_not_at_desk(clinic, order.ask, start, now)
        near = nearest(clinic, order.ask, start, now, rules.STAFF) if why else ()
        found.append(Planned(start, why, near))
    return found


def book_series(
    clinic: Clinic,
    request: BookRequest,
    kept: Mapping[datetime, str | None],
    by: Actor,
    now: datetime,
    vault: Vault,
) -> list[Booked]:
    """Book the dates that were kept, in one transaction: all of them or none (C10).

    Args:
        clinic: the clinic.
        request: as for ``book``; its start does not count, its key makes a retry harmless.
        kept: start (clinic wall time) -> who gives that visit, None for whom the request names.
        by: who asks.
        now: the present instant.
        vault: seals the links' tokens.

    Raises:
        Invalid: what to do for each field; no date, or too many.
        NotOffered, SlotTaken: one of the dates cannot be had: which, and why; nothing was booked.
    """
    if not kept:
        raise Invalid({"keep": "Keep at least one of the dates."})
    if len(kept) > MOST:
        raise Invalid({"keep": f"Keep at most {MOST} of the dates."})
    (first, order), *others = [(one, check_request(clinic, one)) for one in _requests(request, kept)]

    def work(conn: Connection) -> list[Booked]:
        booked = [_book_one(conn, clinic, first, order, by, now, vault)]
        visit = appointments.find_by_reference(conn, clinic.id, booked[0].reference)
        known = visit.patient.id if visit else request.patient_id
        for one, its_order in others:
            same = replace(one, patient_id=known)
            booked.append(_book_one(conn, clinic, same, its_order, by, now, vault))
        appointments.set_series(conn, clinic.id, [one.reference for one in booked])
        return booked

    return transaction(clinic.id, now, work)


def _requests(request: BookRequest, kept: Mapping[datetime, str | None]) -> list[BookRequest]:
    """Return a request for each date, the earliest first, each with a key of its own."""
    return [
        replace(
            request,
            start=start,
            practitioner=kept[start] or request.practitioner,
            key=f"{request.key}:{number}" if request.key else None,
        )
        for number, start in enumerate(sorted(kept))
    ]


def _book_one(
    conn: Connection,
    clinic: Clinic,
    request: BookRequest,
    order: Order,
    by: Actor,
    now: datetime,
    vault: Vault,
) -> Booked:
    bounds = bounds_of(clinic, order.ask, request.start, by, now, None)
    try:
        return book_in(conn, clinic, request, order, bounds, by, now, vault)
    except (NotOffered, SlotTaken) as refused:
        when = f"{request.start:%Y-%m-%d %H:%M}"
        raise type(refused)(f"{when}: {refused.message} Nothing was booked.", reason=refused.reason) from None
