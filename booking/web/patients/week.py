"""A week of free times: what is offered, and in words what is not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from markupsafe import Markup, escape

from booking.actions.offer import Offer, find_first, offer
from booking.actions.values import Held
from booking.scheduling import hours
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Near
from booking.scheduling.timeline import CELL, split_days
from booking.scheduling.zone import to_wall
from booking.web.kept import good_until
from booking.web.patients.chips import day_section, strip
from booking.web.patients.choices import Choices
from booking.web.patients.lines import licensed
from booking.wording.dates import week_words, weekday_words
from booking.wording.language import _
from booking.wording.plain import isolated

DAYS_SHOWN = 7


@dataclass(frozen=True)
class Week:
    """What the second screen shows of one week; None where there is no such week or time."""

    first: date
    last: date
    strip: Markup
    days: Markup
    has_times: bool
    earlier: date | None
    later: date | None
    next_free: Near | None
    last_on: date
    good_until: datetime

    @property
    def words(self) -> str:
        """The days of the week: "22 to 28 November"."""
        return week_words(self.first, self.last)


@dataclass(frozen=True)
class Search:
    """What a week is looked through for.

    ``offered`` returns the offer between two days, both counted; ``kept`` is a start that is
    kept for this visitor and marked as such.
    """

    kind: str
    practitioner: str | None
    language: str | None
    offered: Callable[[date, date], Offer]
    kept: datetime | None = None


def first_day(clinic: Clinic, from_on: date | None, now: datetime) -> date:
    """Return the first day to show: the one that is asked for, cut to today and the horizon."""
    today = to_wall(now, clinic.zone).date()
    last_on = today + timedelta(days=clinic.policy.online_horizon_days)
    return min(max(from_on or today, today), last_on)


def load_week(clinic: Clinic, choices: Choices, first: date, now: datetime, held: Held | None) -> Week:
    """Return the week that begins at a day, with the next free time of all.

    Args:
        clinic: the clinic.
        choices: what is wanted; its person and language are known.
        first: the first day, from ``first_day``.
        now: the present instant.
        held: the visitor's own hold, which does not stand in their way.
    """
    own = held.id if held else None
    mine = held is not None and held.service == choices.service.code
    search = Search(
        kind=choices.service.kind,
        practitioner=choices.practitioner,
        language=choices.language,
        offered=lambda begin, end: offer(clinic, choices.question(begin, end), now, own),
        kept=held.start if held and mine else None,
    )
    return search_week(clinic, search, first, now)


def search_week(clinic: Clinic, search: Search, first: date, now: datetime) -> Week:
    """Return the week that begins at a day, with the next free time of all."""
    today = to_wall(now, clinic.zone).date()
    last_on = today + timedelta(days=clinic.policy.online_horizon_days)
    last = min(first + timedelta(days=DAYS_SHOWN - 1), last_on)
    found = search.offered(first, last)
    next_free, next_good_until = _next_free(clinic, search, found, now)
    masks = list(split_days(_anyone(found), found.window.days))
    days = list(zip(found.window.dates(), masks, strict=True))
    return Week(
        first=first,
        last=last,
        strip=strip(days),
        days=_days(clinic, search, days, today),
        has_times=any(masks),
        earlier=max(first - timedelta(days=DAYS_SHOWN), today) if first > today else None,
        later=last + timedelta(days=1) if last < last_on else None,
        next_free=next_free,
        last_on=last_on,
        good_until=min(good_until(found, now), next_good_until),
    )


def _anyone(found: Offer) -> int:
    together = 0
    for mask in found.starts.values():
        together |= mask
    return together


def _next_free(clinic: Clinic, search: Search, found: Offer, now: datetime) -> tuple[Near | None, datetime]:
    """Return the next free time, and until when that is so where nothing is booked meanwhile."""
    today = to_wall(now, clinic.zone).date()
    after = today + timedelta(days=DAYS_SHOWN)
    if found.window.first_on != today:
        found = search.offered(today, after - timedelta(days=1))
    next_free = found.first()
    if next_free is not None:
        return next_free, good_until(found, now)
    return find_first(clinic, after, search.offered), now


def _days(clinic: Clinic, search: Search, days: list[tuple[date, int]], today: date) -> Markup:
    """Return the days with times as sections, each run of days without as one line."""
    parts: list[Markup] = []
    for has_times, run in groupby(days, key=lambda day: bool(day[1])):
        if has_times:
            parts.extend(day_section(on, today, mask, _kept(search, on)) for on, mask in run)
        else:
            parts.append(_empty_line(clinic, search, [on for on, _ in run], today))
    return Markup("").join(parts)


def _kept(search: Search, on: date) -> int:
    if search.kept is None or search.kept.date() != on:
        return 0
    return 1 << (search.kept.hour * 60 + search.kept.minute) // CELL


def _empty_line(clinic: Clinic, search: Search, run: list[date], today: date) -> Markup:
    """Return "Wednesday, Thursday: full"."""
    reasons = [(on, _why_empty(clinic, search, on, today)) for on in run]
    said = [
        _("%(days)s: %(why)s", days=", ".join(_short_day(on, today) for on, __ in same), why=why)
        for why, same in groupby(reasons, key=lambda pair: pair[1])
    ]
    return Markup('<p class="none">') + escape(" · ".join(said)) + Markup("</p>")


def _short_day(on: date, today: date) -> str:
    return _("Today") if on == today else weekday_words(on)


def _why_empty(clinic: Clinic, search: Search, on: date, today: date) -> str:
    if not hours.opening(clinic, on):
        closure = clinic.closures.get(on)
        reason = closure.reason if closure else hours.holiday(clinic, on)
        return _("closed (%(reason)s)", reason=isolated(_(reason))) if reason else _("closed")
    if on == today:
        return _("nothing more online; phone us for something sooner")
    people = licensed(clinic, search.kind)
    if search.practitioner:
        people = (clinic.practitioner[search.practitioner],)
    elif search.language:
        people = tuple(p for p in people if search.language in p.languages)
    if any(hours.shift_cells(clinic, person, on) for person in people):
        return _("full")
    if len(people) == 1:
        return _("%(name)s is not in", name=isolated(people[0].name))
    return _("nobody in for this")
