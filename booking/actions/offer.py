"""Which starts are offered: the same function decides what can be booked (D11)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.actions.values import Question
from booking.records import database, days
from booking.scheduling import rules, slots, zone
from booking.scheduling.clinic import Clinic, Service
from booking.scheduling.errors import Invalid, Near
from booking.scheduling.rules import Limits
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, wall

NEAR_DAYS = 3


@dataclass(frozen=True)
class Offer:
    """The starts of one service over a window of days; ``starts`` are masks by practitioner.

    ``until`` is the epoch second at which a hold that was counted ends, if any.
    """

    clinic: Clinic
    service: Service
    window: Window
    starts: Mapping[str, int]
    until: int | None

    def slots(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Return an iterator of (minute since 2000, codes of the practitioners free then), earliest first."""
        return slots.each_slot(self.starts, self.window)


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
    service = clinic.service[question.service]
    now_wall = zone.to_wall(now, clinic.zone)
    limits = rules.online_limits(clinic, now_wall)
    first = max(question.from_on, now_wall.date())
    last = question.to_on if limits.last_on is None else min(question.to_on, limits.last_on)
    if first > last:
        return Offer(clinic, service, Window(first, 1), {}, None)
    window = Window(first, (last - first).days + 1)
    busy = _busy(clinic, ask, window, now, skip_hold)
    return Offer(clinic, service, window, slots.starts(clinic, ask, busy, limits), busy.until)


def find_next_free(clinic: Clinic, question: Question, now: datetime) -> Near | None:
    """Return the first free start from ``question.from_on`` to the horizon."""
    for length in (7, clinic.policy.online_horizon_days):
        found = offer(clinic, replace(question, to_on=question.from_on + timedelta(days=length)), now)
        for minute, codes in found.slots():
            return Near(wall(minute), codes)
    return None


def nearest(
    clinic: Clinic, ask: Ask, start: datetime, now: datetime, limits: Limits, count: int = 3
) -> tuple[Near, ...]:
    """Return the free starts closest to ``start``, in order of time.

    The same practitioner is preferred; where they have too few, anybody's are taken.
    """
    today = zone.to_wall(now, clinic.zone).date()
    last = limits.last_on or today + timedelta(days=clinic.policy.online_horizon_days)
    centre = min(max(start.date(), today), last)
    best: tuple[Near, ...] = ()
    asks = [ask] if ask.practitioners is None else [ask, replace(ask, practitioners=None)]
    for asked in asks:
        for reach in (NEAR_DAYS, (last - today).days):
            first = max(today, centre - timedelta(days=reach))
            window = Window(first, (min(last, centre + timedelta(days=reach)) - first).days + 1)
            found = _free(clinic, asked, window, now, limits)
            best = _closest(found, start, count)
            if len(best) >= count:
                return best
    return best


def _closest(found: list[Near], start: datetime, count: int) -> tuple[Near, ...]:
    ranked = sorted(found, key=lambda near: (abs(near.start - start), near.start))[:count]
    return tuple(sorted(ranked, key=lambda near: near.start))


def _free(clinic: Clinic, ask: Ask, window: Window, now: datetime, limits: Limits) -> list[Near]:
    busy = _busy(clinic, ask, window, now, None)
    masks = slots.starts(clinic, ask, busy, limits)
    return [Near(wall(minute), codes) for minute, codes in slots.each_slot(masks, window)]


def _busy(clinic: Clinic, ask: Ask, window: Window, now: datetime, skip_hold: int | None) -> Busy:
    return database.reading(
        lambda conn: days.load_busy(conn, slots.resources(clinic, ask), window, now, skip_hold=skip_hold)
    )
