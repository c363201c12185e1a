"""Which starts are offered: the same function decides what can be booked (D11)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product

from booking.actions.values import Question
from booking.records import database, days
from booking.scheduling import rules, slots, zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic, Service
from booking.scheduling.errors import Invalid, Near
from booking.scheduling.rules import Limits
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, minute_of, wall

NEAR_DAYS, SOON_DAYS = 3, 14
NEAR_COUNT = 3


@dataclass(frozen=True)
class Offer:
    """The starts of one kind of visit over a window of days; ``starts`` are masks by practitioner.

    ``until`` is the epoch second at which a hold that was counted ends, if any.
    """

    clinic: Clinic
    window: Window
    starts: Mapping[str, int]
    until: int | None

    def slots(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Return an iterator of (minute since 2000, codes of the practitioners free then), earliest first."""
        return slots.each_slot(self.starts, self.window)

    def first(self) -> Near | None:
        """Return the first start and who is free then."""
        found = slots.first_slot(self.starts, self.window)
        return Near(wall(found[0]), found[1]) if found else None


def get_service(clinic: Clinic, code: str) -> Service:
    """Return a service of the menu.

    Raises:
        Invalid: there is none with that code.
    """
    found = clinic.service.get(code)
    if found is None:
        raise Invalid({"service": "There is no such service. Choose one from the list of services."})
    return found


def ask_for(clinic: Clinic, question: Question) -> Ask:
    """Return what a question asks of the schedule.

    Raises:
        Invalid: no such service or practitioner.
    """
    service = get_service(clinic, question.service)
    among: tuple[str, ...] | None = None
    if question.practitioner is not None:
        if question.practitioner not in clinic.practitioner:
            raise Invalid({"practitioner": "There is no such practitioner. Leave it out for anyone."})
        among = (question.practitioner,)
    elif question.language is not None:
        among = tuple(p.code for p in clinic.practitioners if question.language in p.languages)
    companion = question.companion and service.shape.companion_allowed
    return Ask(kind=service.kind, shape=service.shape, companion=companion, practitioners=among)


def offer(clinic: Clinic, question: Question, now: datetime, skip_hold: int | None = None) -> Offer:
    """Return the online starts between two dates, cut to today and the horizon; one statement.

    Args:
        clinic: the clinic.
        question: what is asked.
        now: the present instant.
        skip_hold: a hold that does not count, because it is the asker's own.

    Raises:
        Invalid: no such service or practitioner.
    """
    ask = ask_for(clinic, question)
    return _offer(clinic, ask, (question.from_on, question.to_on), now, skip_hold=skip_hold)


def offer_at_desk(clinic: Clinic, question: Question, now: datetime) -> Offer:
    """Return the starts that reception offers on the phone: from now on, on the grid, without a horizon.

    Raises:
        Invalid: no such service or practitioner.
    """
    limits = rules.desk_limits(zone.to_wall(now, clinic.zone))
    return _offer(clinic, ask_for(clinic, question), (question.from_on, question.to_on), now, limits=limits)


def offer_move(
    clinic: Clinic, visit: Visit, from_on: date, to_on: date, practitioner: str | None, now: datetime
) -> Offer:
    """Return the online starts to which a visit can be moved, as it was sold; one statement.

    Its own claims do not stand in its way. Its present start with the same person is no move
    and is left out.

    Args:
        clinic: the clinic.
        visit: the appointment; it keeps its steps, its reset and its companion (E14).
        from_on: the first day.
        to_on: the last day, counted.
        practitioner: a code; None for anyone.
        now: the present instant.

    Raises:
        Invalid: no such practitioner.
    """
    found = _offer(clinic, ask_for_move(clinic, visit, practitioner), (from_on, to_on), now, visit=visit)
    if not found.starts.get(visit.practitioner) or visit.starts.date() not in found.window.dates():
        return found
    own = 1 << found.window.cell(minute_of(visit.starts))
    return replace(
        found, starts={**found.starts, visit.practitioner: found.starts[visit.practitioner] & ~own}
    )


def ask_for_move(clinic: Clinic, visit: Visit, practitioner: str | None) -> Ask:
    """Return what a visit asks of the schedule when it moves: the shape that it was sold with (E14).

    Raises:
        Invalid: no such practitioner.
    """
    if practitioner is not None and practitioner not in clinic.practitioner:
        raise Invalid({"practitioner": "There is no such practitioner. Leave it out for the same one."})
    among = None if practitioner is None else (practitioner,)
    return Ask(visit.sold.kind, visit.sold.shape, visit.companion, among)


def find_next_free(clinic: Clinic, question: Question, now: datetime) -> Near | None:
    """Return the first free start from ``question.from_on`` to the horizon."""
    return find_first(
        clinic, question.from_on, lambda first, last: offer(clinic, replace(question, to_on=last), now)
    )


def find_first(clinic: Clinic, from_on: date, offered: Callable[[date, date], Offer]) -> Near | None:
    """Return the first start that is offered from a day to the horizon.

    Args: ``offered`` returns the offer between two days.
    """
    for length in (7, clinic.policy.online_horizon_days):
        found = offered(from_on, from_on + timedelta(days=length)).first()
        if found is not None:
            return found
    return None


def nearest(
    clinic: Clinic, ask: Ask, start: datetime, now: datetime, limits: Limits, visit: Visit | None = None
) -> tuple[Near, ...]:
    """Return the three free starts closest to ``start``, in order of time; none that has passed.

    The same practitioner is preferred; where they have too few within two weeks, anybody's are taken.
    Staff are offered whole times of the grid within the hours, whatever they may set aside.
    ``visit`` is the appointment that moves, if one does: it does not stand in its own way.
    """
    now_wall = zone.to_wall(now, clinic.zone)
    limits = limits if limits.earliest is not None else rules.desk_limits(now_wall)
    today = now_wall.date()
    last = limits.last_on or today + timedelta(days=clinic.policy.online_horizon_days)
    centre = min(max(start.date(), today), last)
    best: tuple[Near, ...] = ()
    asks = [ask] if ask.practitioners is None else [ask, replace(ask, practitioners=None)]
    for asked, reach in [*product(asks, (NEAR_DAYS, SOON_DAYS)), (asks[-1], (last - today).days)]:
        first = max(today, centre - timedelta(days=reach))
        window = Window(first, (min(last, centre + timedelta(days=reach)) - first).days + 1)
        found = _free(clinic, asked, window, now, limits, visit)
        best = _closest(found, start)
        if len(best) >= NEAR_COUNT:
            return best
    return best


def _offer(
    clinic: Clinic,
    ask: Ask,
    days_asked: tuple[date, date],
    now: datetime,
    *,
    skip_hold: int | None = None,
    visit: Visit | None = None,
    limits: Limits | None = None,
) -> Offer:
    now_wall = zone.to_wall(now, clinic.zone)
    limits = limits or rules.online_limits(clinic, now_wall)
    first = max(days_asked[0], now_wall.date())
    last = days_asked[1] if limits.last_on is None else min(days_asked[1], limits.last_on)
    if first > last:
        return Offer(clinic, Window(first, 1), {}, None)
    window = Window(first, (last - first).days + 1)
    busy = _busy(clinic, ask, window, now, skip_hold=skip_hold, visit=visit)
    return Offer(clinic, window, slots.starts(clinic, ask, busy, limits), busy.until)


def _closest(found: list[Near], start: datetime) -> tuple[Near, ...]:
    ranked = sorted(found, key=lambda near: (abs(near.start - start), near.start))[:NEAR_COUNT]
    return tuple(sorted(ranked, key=lambda near: near.start))


def _free(
    clinic: Clinic, ask: Ask, window: Window, now: datetime, limits: Limits, visit: Visit | None
) -> list[Near]:
    masks = slots.starts(clinic, ask, _busy(clinic, ask, window, now, visit=visit), limits)
    free = (Near(wall(minute), codes) for minute, codes in slots.each_slot(masks, window))
    return [near for near in free if visit is None or near.start != visit.starts]


def _busy(
    clinic: Clinic,
    ask: Ask,
    window: Window,
    now: datetime,
    *,
    skip_hold: int | None = None,
    visit: Visit | None = None,
) -> Busy:
    wanted = slots.resources(clinic, ask)
    moving = visit.id if visit else None
    return database.reading(
        lambda conn: days.load_busy(conn, wanted, window, now, skip_hold=skip_hold, skip_appointment=moving)
    )
