"""Why a start is refused: a stable reason and a calm sentence for each rule.

What is possible is decided in ``slots.starts`` alone; this module only puts words
to a start that it has refused.
"""

from dataclasses import dataclass
from datetime import datetime

from booking.scheduling.ask import Ask, candidates
from booking.scheduling.clinic import Clinic, Practitioner
from booking.scheduling.hours import duty, odd, open_cells
from booking.scheduling.rules import Limits
from booking.scheduling.supply import rooms_for
from booking.scheduling.timeline import CELL, DAY, Window, minute_of

SENTENCES = {
    "unknown_practitioner": "We do not know this practitioner.",
    "licence": "This practitioner is not licensed for this treatment on that day.",
    "past": "This time has passed.",
    "lead": "This is too soon to book online. Please call us.",
    "horizon": "This is further ahead than can be booked online.",
    "grid": "Visits do not start at this minute.",
    "clock_change": "The clocks change at this time, so it cannot be booked.",
    "closed": "The clinic is closed on this day.",
    "hours": "The visit does not fit into the opening hours of this day.",
    "shift": "The practitioner does not work at this time.",
    "break": "The practitioner has a break at this time.",
    "devices": "The clinic does not have the equipment for this visit.",
    "room": "The clinic does not have a room for this visit.",
}
ORDER = tuple(SENTENCES)
YEARS = range(1970, 2200)  # beyond them date arithmetic ends, and so does anybody's plan


@dataclass(frozen=True)
class Refusal:
    """Which rule refuses a start: a stable code and a sentence for people."""

    reason: str
    sentence: str


def reason_for(clinic: Clinic, ask: Ask, start: datetime, limits: Limits) -> Refusal:
    """Return the rule that refuses a start; of several practitioners the closest one's."""
    reason = (
        limit_reason(clinic, start, limits) or _nobody(clinic, ask) or _clinic(clinic, ask, start, limits)
    )
    if reason is None:
        people = candidates(clinic, ask)
        reason = max((_person(clinic, ask, p, start, limits) for p in people), key=ORDER.index)
    return Refusal(reason, SENTENCES[reason])


def _nobody(clinic: Clinic, ask: Ask) -> str | None:
    if candidates(clinic, ask):
        return None
    wanted = ask.practitioners
    known = wanted is None or any(code in clinic.practitioner for code in wanted)
    return "licence" if known else "unknown_practitioner"


def limit_reason(clinic: Clinic, start: datetime, limits: Limits) -> str | None:
    """Return which limit (past, lead, horizon, grid) refuses a start, before any day is looked at."""
    minute = minute_of(start)
    if start.year not in YEARS:
        return "past" if start.year < YEARS.start else "horizon"
    if limits.now is not None and minute < limits.now:
        return "past"
    if limits.earliest is not None and minute < limits.earliest:
        return "lead"
    if limits.last_on is not None and start.date() > limits.last_on:
        return "horizon"
    step = clinic.grid_minutes if limits.on_grid else CELL
    if (start.hour * 60 + start.minute) % step or start.second or start.microsecond:
        return "grid"
    return None


def _clinic(clinic: Clinic, ask: Ask, start: datetime, limits: Limits) -> str | None:
    opened = open_cells(clinic, start.date())
    first = (start.hour * 60 + start.minute) // CELL
    if not opened and limits.hours_bind:
        return "closed"
    if odd(clinic.zone, Window(start.date(), 1)) & _run(first, ask.cells + ask.reset_cells):
        return "clock_change"
    visit = _run(first, ask.cells)
    if not limits.hours_bind:
        return "hours" if first + ask.cells > DAY else None
    return "hours" if visit & ~opened else None


def _person(clinic: Clinic, ask: Ask, person: Practitioner, start: datetime, limits: Limits) -> str:
    on = start.date()
    if person.licence_valid_until is not None and on > person.licence_valid_until:
        return "licence"
    first = (start.hour * 60 + start.minute) // CELL
    times = duty(clinic, person, Window(on, 1))
    visit, reset = _run(first, ask.cells), _run(first + ask.cells, ask.reset_cells)
    stay = visit if clinic.policy.reset_may_run_past_closing else visit | reset
    if limits.hours_bind and all(stay & ~shift for shift in times.shifts):
        return "shift"
    kept_free = visit | reset if "practitioner" in ask.shape.reset.holds else visit
    if limits.hours_bind and kept_free & times.breaks:
        return "break"
    return "devices" if rooms_for(clinic, ask.kind) else "room"


def _run(first: int, cells: int) -> int:
    return ((1 << cells) - 1) << first
