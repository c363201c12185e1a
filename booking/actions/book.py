"""Book a visit: the one way in for web, desk, API and command line (D11)."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.access.vault import Vault, digest, mint_token
from booking.actions import messages
from booking.actions.contact import Contact, check_contact
from booking.actions.hold import remove_hold
from booking.actions.in_the_way import tell_staff
from booking.actions.offer import ask_for, nearest
from booking.actions.person import check_person, enter_patient
from booking.actions.placing import Bounds, Placed, bounds_of, place
from booking.actions.recording import record
from booking.actions.retries import Booked, find_answer, refuse_reuse, remember
from booking.actions.sold import sell
from booking.actions.values import Actor, BookRequest, Question
from booking.actions.wait_list import check_waits
from booking.records import appointments, call_tasks, claims, holds, links, wait_list
from booking.records.transaction import Connection, transaction
from booking.scheduling import rules
from booking.scheduling.appointment import Patient, Visit
from booking.scheduling.clinic import Clinic, Service
from booking.scheduling.errors import Invalid, NotOffered, SlotTaken, TooMany
from booking.scheduling.slots import Ask
from booking.scheduling.timeline import minute_of
from booking.wording.notices import SAFETY_VERSION

DESK = "desk"  # the door of staff
BOOKINGS_PER_HOUR = 60  # from one address (A26)
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Order:
    """A request that is right by itself."""

    service: Service
    contact: Contact
    ask: Ask
    first_visit: bool
    safety: str | None


def book(
    clinic: Clinic,
    request: BookRequest,
    by: Actor,
    now: datetime,
    vault: Vault,
    override: str | None = None,
) -> Booked:
    """Book a visit with everything that belongs to it, or change nothing.

    Args:
        clinic: the clinic.
        request: what is asked; its hold, if the visitor has one, is used up.
        by: who asks.
        now: the present instant; it is when the request arrived.
        vault: seals the link's token.
        override: why staff set opening hours, shift or break aside (D11); patients cannot.

    Raises:
        Invalid: the request is wrong by itself; says what to do for each field.
        KeyReused: the key was used for another request.
        NotOffered, SlotTaken: the start cannot be had; carry the nearest free ones.
        Stale: the entry of the wait list that it was for is settled already.
        TooMany: too many bookings from one address within the hour.
    """
    try:
        order = check_request(clinic, request)
    except Invalid:
        refuse_reuse(clinic, request, now)
        raise
    bounds = bounds_of(clinic, order.ask, request.start, by, now, override)
    try:
        return transaction(
            clinic.id, now, lambda conn: book_in(conn, clinic, request, order, bounds, by, now, vault)
        )
    except (NotOffered, SlotTaken) as refused:
        refused.nearest = nearest(clinic, order.ask, request.start, now, bounds[0])
        tell_staff(refused, by, clinic, order.ask, request.start, limits=bounds[0])
        raise


def book_in(
    conn: Connection,
    clinic: Clinic,
    request: BookRequest,
    order: Order,
    bounds: Bounds,
    by: Actor,
    now: datetime,
    vault: Vault,
) -> Booked:
    """Book within a transaction; for ``book`` and for a series, which is one transaction (C10).

    Args: ``order`` is the checked request, ``bounds`` what binds its start (``bounds_of``).
    """
    found = find_answer(conn, clinic, request, now, vault)
    if found is not None:
        return found
    _check_rate(conn, by, now)
    if request.waits is not None:
        check_waits(conn, clinic, request.waits)
    ask = _use_up_hold(conn, clinic, request, order.ask, now)
    placed = place(conn, clinic, ask, request.start, bounds[0], now, through_holds=by.is_staff)
    _check_person(conn, clinic, request, order, by, now)
    visit, token = _store(conn, clinic, request, order, placed, by, now, vault)
    if request.waits is not None:
        wait_list.close(conn, clinic.id, request.waits, now, visit.id)
    record(conn, clinic, "book", by, now, None, visit, bounds[1])
    booked = _booked(visit, token)
    remember(conn, clinic, request, booked, visit.id, now, vault)
    return booked


def check_request(clinic: Clinic, request: BookRequest) -> Order:
    """Return the request as an order, or say what is wrong with it by itself.

    Raises:
        Invalid: what to do for each field.
    """
    faults: dict[str, str] = {}
    suggested: tuple[str, ...] = ()
    first_visit = False
    contact, wrong = check_contact(clinic, request.name, request.email, request.phone, request.language)
    faults |= wrong
    service = clinic.service.get(request.service)
    if service is None:
        faults["service"] = "There is no such service. Choose one from the list of services."
    else:
        try:
            first_visit = rules.resolve_first_visit(clinic, service, request.first_visit)
        except Invalid as mismatch:
            faults |= mismatch.fields
            suggested = mismatch.suggested_services
        if service.safety_gate and request.safety not in ("ok", "call_me"):
            faults["safety"] = "Please choose one of the two answers to the safety notice."
    if request.practitioner is not None and request.practitioner not in clinic.practitioner:
        faults["practitioner"] = "There is no such practitioner. Leave it out for anyone."
    if request.consent is not True and request.door != DESK:  # consent is taken at the clinic (L34)
        faults["consent"] = "Please agree to the privacy notice, or book by phone."
    if faults or contact is None or service is None:
        raise Invalid(faults, suggested_services=suggested)
    on = request.start.date()
    ask = ask_for(clinic, Question(service.code, on, on, request.practitioner, request.companion))
    return Order(service, contact, ask, first_visit, request.safety if service.safety_gate else None)


def _check_rate(conn: Connection, by: Actor, now: datetime) -> None:
    if by.origin is None:
        return
    if appointments.count_since(conn, by.origin, now - timedelta(hours=1)) >= BOOKINGS_PER_HOUR:
        raise TooMany("Many visits were booked from your connection. Please try later, or call us.")


def _use_up_hold(conn: Connection, clinic: Clinic, request: BookRequest, ask: Ask, now: datetime) -> Ask:
    """Free the visitor's hold for their own booking; its practitioner is theirs if anyone will do."""
    if request.visitor is None:
        return ask
    stored = holds.find_of_visitor(conn, clinic.id, request.visitor, now)
    if stored is None:
        return ask
    remove_hold(conn, clinic, stored.id)
    same = (stored.service, stored.starts) == (request.service, request.start)
    if same and ask.practitioners is None and stored.companion == ask.companion:
        return replace(ask, practitioners=(stored.practitioner,))
    return ask


def _store(
    conn: Connection,
    clinic: Clinic,
    request: BookRequest,
    order: Order,
    placed: Placed,
    by: Actor,
    now: datetime,
    vault: Vault,
) -> tuple[Visit, str]:
    patient, resource_id = enter_patient(
        conn,
        clinic,
        order.contact,
        now,
        request.patient_id,
        agreed=request.consent,
        under_19=request.under_19,
    )
    visit = _add_visit(conn, clinic, request, order, placed, patient, by, now)
    whole = (resource_id, minute_of(visit.starts), minute_of(visit.ends))
    claims.add(conn, clinic.id, ("appointment_id", visit.id), [*placed.claims, whole])
    token = mint_token()
    links.add(conn, clinic.id, visit.id, digest(token), vault.seal(token, "link"), now)
    is_heard = request.door == DESK and not patient.mail_address  # who has no e-mail is on the phone, or here
    messages.plan(conn, clinic, visit, "confirmation", now, tell=request.tell and not is_heard)
    if visit.safety == "call_me":
        call_tasks.add(conn, clinic.id, patient.id, visit.id, "safety", now)
    return visit, token


def _booked(visit: Visit, token: str) -> Booked:
    return Booked(
        visit.reference,
        token,
        visit.service,
        visit.practitioner,
        visit.starts,
        visit.ends,
        visit.status,
    )


def _check_person(
    conn: Connection, clinic: Clinic, request: BookRequest, order: Order, by: Actor, now: datetime
) -> None:
    minutes = order.ask.shape.minutes
    check_person(conn, clinic, order.contact, request.start, minutes, now, is_staff=by.is_staff)


def _add_visit(
    conn: Connection,
    clinic: Clinic,
    request: BookRequest,
    order: Order,
    placed: Placed,
    patient: Patient,
    by: Actor,
    now: datetime,
) -> Visit:
    visit = Visit(
        id=0,
        clinic_id=clinic.id,
        reference=mint_reference(),
        patient=patient,
        service=order.service.code,
        practitioner=placed.practitioner.code,
        room=placed.room.code,
        starts=request.start,
        ends=request.start + timedelta(minutes=order.service.shape.minutes),
        status="booked",
        version=1,
        sold=sell(clinic, order.service, placed.practitioner, placed.room),
        first_visit=order.first_visit,
        companion=order.ask.companion,
        safety=order.safety,
        created_at=now,
        cancelled_by=None,
    )
    beside = {
        "practitioner_id": placed.practitioner.id,
        "room_id": placed.room.id,
        "service_id": order.service.id,
        "safety_text": SAFETY_VERSION if order.safety else None,
        "origin": by.origin,
        "created_by": by.name,
    }
    return Visit(**{**vars(visit), "id": appointments.add(conn, visit, beside)})


def mint_reference() -> str:
    """Return a new public reference, such as ``7KQ2M-XV4RB``: random, told apart on the phone."""
    number, letters = secrets.randbelow(len(REFERENCE_LETTERS) ** 10), ""
    for _ in range(10):
        number, place = divmod(number, len(REFERENCE_LETTERS))
        letters += REFERENCE_LETTERS[place]
    return f"{letters[:5]}-{letters[5:]}"
