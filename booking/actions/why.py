"""Why a time is not offered: in one sentence, by the rules that decided it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from booking.actions.in_the_way import TOGETHER, name_obstacles
from booking.actions.offer import ask_for
from booking.actions.placing import what_is_taken
from booking.actions.values import Question
from booking.records import days
from booking.records.database import reading
from booking.scheduling import rules, slots, zone
from booking.scheduling.ask import candidates
from booking.scheduling.clinic import Clinic
from booking.scheduling.reasons import SENTENCES, limit_reason
from booking.scheduling.rules import Limits
from booking.scheduling.slots import Ask, Busy
from booking.scheduling.timeline import Window, minute_of

TAKEN = {"practitioner": "the practitioner's time", "room": "every room for this treatment"}
TO_STAFF = {
    "lead": "Too soon to be booked online; by phone it can be.",
    "horizon": "Further ahead than patients can book online; by phone it can be.",
    "grid": "Patients are offered whole quarters only.",
}
HELD = "Somebody is booking this time online at this moment."


@dataclass(frozen=True)
class Why:
    """What is refused to whom; None where nothing is.

    ``person`` is a practitioner's name, None for anyone. ``online`` says why patients are not
    offered the time, ``desk`` why reception cannot book it either.
    """

    person: str | None
    online: str | None
    desk: str | None


def explain(clinic: Clinic, question: Question, start: datetime, now: datetime) -> tuple[Why, ...]:
    """Say why a time is not offered: first for whom was asked, then for each who could be chosen.

    One statement for each line; what is claimed is looked at last, when no rule refuses.

    Args:
        clinic: the clinic.
        question: service, practitioner and companion; its dates do not count.
        start: clinic wall time.
        now: the present instant.

    Raises:
        Invalid: no such service or practitioner.
    """
    ask = ask_for(clinic, question)
    lines = [_why(clinic, ask, start, now, None if ask.practitioners is None else _only(clinic, ask))]
    if ask.practitioners is None:
        for person in candidates(clinic, ask):
            lines.append(_why(clinic, replace(ask, practitioners=(person.code,)), start, now, person.name))
    return tuple(lines)


def why_not_at_desk(clinic: Clinic, ask: Ask, start: datetime, now: datetime) -> str | None:
    """Say why reception cannot book a start for whom was asked; None where it can."""
    return _sentence(clinic, ask, start, now, rules.STAFF, through_holds=True)


def _only(clinic: Clinic, ask: Ask) -> str:
    return ", ".join(clinic.practitioner[code].name for code in ask.practitioners or ())


def _why(clinic: Clinic, ask: Ask, start: datetime, now: datetime, person: str | None) -> Why:
    online = rules.online_limits(clinic, zone.to_wall(now, clinic.zone))
    return Why(
        person,
        _sentence(clinic, ask, start, now, online, through_holds=False),
        why_not_at_desk(clinic, ask, start, now),
    )


def _sentence(
    clinic: Clinic, ask: Ask, start: datetime, now: datetime, limits: Limits, *, through_holds: bool
) -> str | None:
    rule = _rule(clinic, ask, start, limits)
    if rule is not None:
        return rule
    busy = _busy(clinic, ask, start, now, through_holds=through_holds)
    if _is_free(clinic, ask, start, busy, limits):
        return None
    beside = _busy(clinic, ask, start, now, through_holds=True)
    if not through_holds and _is_free(clinic, ask, start, beside, limits):
        return HELD
    return name_obstacles(clinic, ask, start, limits=limits) or _what_is_short(
        clinic, ask, start, busy, limits
    )


def _rule(clinic: Clinic, ask: Ask, start: datetime, limits: Limits) -> str | None:
    """Return the rule that refuses a start: first what binds everybody, then what binds patients."""
    limited = limit_reason(clinic, start, limits)
    if limited is not None and limited not in TO_STAFF:
        return SENTENCES[limited]
    refused = slots.refusal(clinic, ask, start, rules.STAFF)
    if refused is None and limited is not None:
        return TO_STAFF[limited]
    refused = refused or slots.refusal(clinic, ask, start, limits)
    return refused.sentence if refused else None


def _what_is_short(clinic: Clinic, ask: Ask, start: datetime, busy: Busy, limits: Limits) -> str:
    taken = what_is_taken(clinic, ask, busy, limits, minute_of(start))
    if not taken:
        return TOGETHER
    return f"Taken or blocked: {', '.join(TAKEN.get(what, what) for what in taken)}."


def _busy(clinic: Clinic, ask: Ask, start: datetime, now: datetime, *, through_holds: bool) -> Busy:
    wanted, window = slots.resources(clinic, ask), Window(start.date(), 1)
    return reading(lambda conn: days.load_busy(conn, wanted, window, now, through_holds=through_holds))


def _is_free(clinic: Clinic, ask: Ask, start: datetime, busy: Busy, limits: Limits) -> bool:
    masks: Iterable[int] = slots.starts(clinic, ask, busy, limits).values()
    return any(busy.window.has(mask, minute_of(start)) for mask in masks)
