"""Fill a clinic with a lived-in past and future, by the same actions that every door calls (D11).

Each visit is offered and booked at an instant before its day, as it would have been: no
rule is passed over. Nobody is written to: the messages are skipped long before they are due.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from booking.access.vault import Vault
from booking.actions.book import book
from booking.actions.cancel import cancel
from booking.actions.demo_people import Person, deal, make_people
from booking.actions.look_up import get_visit
from booking.actions.offer import Offer, offer
from booking.actions.recording import record
from booking.actions.values import Actor, BookRequest, Question
from booking.records import appointments, database, demo, messages
from booking.records.transaction import Connection, transaction
from booking.scheduling import rules, zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic, Service
from booking.scheduling.errors import Invalid, NotOffered, SlotTaken
from booking.scheduling.timeline import wall

PATIENT = Actor("patient", "demo")
DESK = Actor("staff", "demo")
WHY_SKIPPED = "Made by flask demo: nobody is written to."
NEVER = 60 * 24 * 366  # minutes until a message of the demo would be due
TRIES = 9  # bookings that are tried for each practitioner at work on a day
BY_HOUR = {9: 3, 10: 6, 11: 6, 12: 2, 13: 2, 14: 3, 15: 4, 16: 6, 17: 8, 18: 7}  # how often asked for
REGULARS, COMPANIONS, CALL_ME, CANCELLED, MISSED = 0.6, 0.3, 0.1, 0.08, 0.05
BOOKED_DAYS_AHEAD = 5.0  # on average
CALLED_WITHIN = timedelta(hours=20)
ARRIVE_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True)
class _Stage:
    """What all visits of one demo share; ``regulars`` are (person, kind) that came before.

    ``unwritten`` is the clinic with so long an undo window that no worker picks a message
    up before ``_settle`` skips it.
    """

    clinic: Clinic
    unwritten: Clinic
    random: Random
    now: datetime
    vault: Vault
    people: Iterator[Person]
    regulars: set[tuple[Person, str]]


def fill(
    clinic: Clinic, *, seed: int, days: int, now: datetime, vault: Vault, add: bool = False
) -> Counter[str]:
    """Book visits from ``days`` days ago to ``days`` days ahead; return how many have each status.

    The same seed, ``now`` and set-up give the same visits; references and links are random
    as always.

    Raises:
        Invalid: the clinic has visits already, and ``add`` does not say to go on.
    """
    if not add and database.reading(lambda conn: demo.has_visits(conn, clinic.id)):
        raise Invalid(
            {"clinic": "It has visits already; the demo is for an empty clinic. --add adds to them."}
        )
    stage = _set_stage(clinic, Random(seed), now, vault)  # noqa: S311  a play that can be repeated, no secret
    today = zone.to_wall(now, clinic.zone).date()
    statuses: Counter[str] = Counter()
    for offset in range(-days, days + 1):
        load = 1.0 if offset <= 1 else 1.0 - 0.7 * offset / days  # less is booked yet, the further ahead
        statuses.update(_fill_day(stage, today + timedelta(days=offset), load))
    return statuses


def _set_stage(clinic: Clinic, random: Random, now: datetime, vault: Vault) -> _Stage:
    people = make_people(random, clinic.locales)
    regulars = {(p, kind) for p in people for kind in _kinds(clinic) if random.random() < REGULARS}
    unwritten = replace(clinic, policy=replace(clinic.policy, confirmation_delay_minutes=NEVER))
    return _Stage(clinic, unwritten, random, now, vault, deal(random, people), regulars)


def _kinds(clinic: Clinic) -> list[str]:
    return sorted({service.kind for service in clinic.services})


def _fill_day(stage: _Stage, on: date, load: float) -> list[str]:
    at_work = sum(1 for p in stage.clinic.practitioners if p.shifts.get(on.weekday()))
    tries = (_try_to_book(stage, on) for _ in range(round(TRIES * at_work * load)))
    visits = [_cancel_some(stage, visit) for visit in tries if visit is not None]

    def settle(conn: Connection) -> list[str]:
        return [_settle(conn, stage, visit) for visit in visits]

    return transaction(stage.clinic.id, stage.now, settle)


def _try_to_book(stage: _Stage, on: date) -> Visit | None:
    """Let somebody book on a day; None when they find nothing, or have other plans at that time."""
    random = stage.random
    person, kind = next(stage.people), random.choice(_kinds(stage.clinic))
    is_first = (person, kind) not in stage.regulars
    service = random.choice(_fitting(stage.clinic, kind, is_first) or [None])
    if service is None:
        return None
    companion = service.shape.companion_allowed and random.random() < COMPANIONS
    at = _booking_instant(stage, on)
    found = offer(stage.clinic, Question(service.code, on, on, companion=companion), at)
    start, practitioner = _choose(random, found)
    if start is None:
        return None
    request = BookRequest(
        service.code, start, practitioner, person.name, person.email, person.phone, person.language,
        is_first, companion, "call_me" if random.random() < CALL_ME else "ok", consent=True,
    )  # fmt: skip
    try:
        booked = book(stage.unwritten, request, PATIENT, at, stage.vault)
    except (NotOffered, SlotTaken):
        return None
    stage.regulars.add((person, kind))
    return get_visit(stage.clinic, booked.token, at)


def _fitting(clinic: Clinic, kind: str, is_first: bool) -> list[Service]:
    least = rules.least_minutes(clinic, kind)
    return [s for s in clinic.services if s.kind == kind and rules.first_visit_fits(s, is_first, least)]


def _booking_instant(stage: _Stage, on: date) -> datetime:
    """Return an instant before the day, and not after now."""
    latest = min(zone.to_instant(datetime.combine(on, time()), stage.clinic.zone), stage.now)
    return latest - timedelta(minutes=round(stage.random.expovariate(1 / (BOOKED_DAYS_AHEAD * 1440))))


def _choose(random: Random, found: Offer) -> tuple[datetime | None, str | None]:
    """Choose a start by the hours that people like, and now and then one practitioner."""
    starts = [(wall(minute), codes) for minute, codes in found.slots()]
    if not starts:
        return None, None
    weights = [BY_HOUR.get(start.hour, 1) for start, _ in starts]
    start, codes = random.choices(starts, weights)[0]
    return start, random.choice(codes) if random.random() < 0.3 else None


def _cancel_some(stage: _Stage, visit: Visit) -> Visit:
    """Cancel a few visits at an instant between their booking and their start."""
    if stage.random.random() >= CANCELLED:
        return visit
    latest = min(zone.to_instant(visit.starts, stage.clinic.zone), stage.now)
    at = visit.created_at + (latest - visit.created_at) * stage.random.random()
    by = PATIENT if rules.may_cancel(stage.clinic, visit.starts, at) else DESK
    return cancel(stage.clinic, visit, by, at)


def _settle(conn: Connection, stage: _Stage, visit: Visit) -> str:
    """Skip the visit's messages, do its older phone jobs, bring it to the status it has by now."""
    messages.withdraw_of_visit(conn, visit.id, WHY_SKIPPED)
    if visit.created_at < stage.now - CALLED_WITHIN:
        demo.finish_calls(conn, visit.id, visit.created_at + CALLED_WITHIN, DESK.name)
    status = _status_now(stage, visit)
    if status != visit.status:
        appointments.change(conn, visit, {"status": status})
        record(conn, stage.clinic, status, DESK, stage.now, visit, replace(visit, status=status))
    return status


def _status_now(stage: _Stage, visit: Visit) -> str:
    now = zone.to_wall(stage.now, stage.clinic.zone)
    if visit.status == "cancelled" or now < visit.starts - ARRIVE_BEFORE:
        return visit.status
    if now < visit.ends:
        return "in_room" if now >= visit.starts else "arrived"
    return "noshow" if stage.random.random() < MISSED else "fulfilled"
