"""The clinic's policy towards patients: lead time, horizon, grid, windows, first visits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.scheduling.clinic import Clinic, Service
from booking.scheduling.errors import Invalid
from booking.scheduling.timeline import minute_of
from booking.scheduling.zone import later, to_instant


@dataclass(frozen=True)
class Limits:
    """What bounds an offered start beside hours and claims; None and False bound nothing.

    ``earliest`` and ``now`` are minutes of wall time; ``now`` only tells past from too soon.
    ``hours_bind`` False: opening hours, shifts and breaks do not count, as staff may decide (D11).
    """

    earliest: int | None
    last_on: date | None
    on_grid: bool
    now: int | None = None
    hours_bind: bool = True


STAFF = Limits(None, None, False)
OVERRIDE = Limits(None, None, False, hours_bind=False)
HOURS = ("closed", "hours", "shift", "break")  # what OVERRIDE sets aside


def online_limits(clinic: Clinic, now_wall: datetime) -> Limits:
    """Return the bounds for patients: exactly now + lead, the whole last day (E38, E45)."""
    policy = clinic.policy
    first = later(now_wall, policy.online_lead_minutes, clinic.zone)
    return Limits(
        earliest=_rounded_up(first),
        last_on=now_wall.date() + timedelta(days=policy.online_horizon_days),
        on_grid=True,
        now=_rounded_up(now_wall),
    )


def desk_limits(now_wall: datetime) -> Limits:
    """Return the bounds of what reception offers first: nothing that has passed, times on the grid."""
    return Limits(earliest=_rounded_up(now_wall), last_on=None, on_grid=True)


def _rounded_up(when: datetime) -> int:
    whole = minute_of(when)
    return whole + bool(when.second or when.microsecond)


def may_cancel(clinic: Clinic, starts: datetime, now: datetime) -> bool:
    """Say whether a patient may still cancel by link: exactly the hours before is in time (E37).

    Args: ``starts`` is wall time; ``now`` an aware instant, or wall time.
    """
    return _hours_left(clinic, starts, now) >= timedelta(hours=clinic.policy.cancel_until_hours)


def may_move(clinic: Clinic, starts: datetime, now: datetime) -> bool:
    """Say whether a patient may still move by link, judged by the original time (E37, E57).

    Args: ``starts`` is wall time; ``now`` an aware instant, or wall time.
    """
    return _hours_left(clinic, starts, now) >= timedelta(hours=clinic.policy.move_until_hours)


def may_be_missed(clinic: Clinic, starts: datetime, now: datetime) -> bool:
    """Say whether a visit may be set down as missed by now: never before its minutes of grace (E58).

    Args: ``starts`` is wall time, ``now`` an aware instant.
    """
    grace = timedelta(minutes=clinic.policy.no_show_after_minutes)
    return now >= to_instant(starts, clinic.zone) + grace


def _hours_left(clinic: Clinic, starts: datetime, now: datetime) -> timedelta:
    instant = to_instant(now, clinic.zone) if now.tzinfo is None else now
    return to_instant(starts, clinic.zone) - instant


def least_minutes(clinic: Clinic, kind: str) -> int:
    """Return how long a first visit of a kind must be at least."""
    return clinic.policy.new_patient_min_minutes.get(kind, 0)


def first_visit_fits(service: Service, first_visit: bool, least: int = 0) -> bool:
    """Say whether a service may be booked as a first, or as a later, visit of its kind (E49).

    Args: ``least`` minutes that a first visit must have.
    """
    if first_visit:
        return service.for_patients != "returning" and service.shape.minutes >= least
    return service.for_patients != "new"


def suggested_services(clinic: Clinic, kind: str, first_visit: bool) -> tuple[str, ...]:
    """Return the codes of the services of a kind that do fit, in set-up order (E50)."""
    least = least_minutes(clinic, kind)
    fitting = (s for s in clinic.services if s.kind == kind)
    return tuple(s.code for s in fitting if first_visit_fits(s, first_visit, least))


def resolve_first_visit(clinic: Clinic, service: Service, stated: bool | None) -> bool:
    """Return whether a visit is a first one: the patient's word, else what the service is for.

    Raises Invalid with the services that fit when the stated word does not match (E50).
    """
    if stated is None:
        return service.for_patients == "new"
    if first_visit_fits(service, stated, least_minutes(clinic, service.kind)):
        return stated
    raise Invalid(
        {"first_visit": _mismatch(clinic, service, stated)},
        suggested_services=suggested_services(clinic, service.kind, stated),
    )


def _mismatch(clinic: Clinic, service: Service, stated: bool) -> str:
    if not stated:
        return "This is for a first visit. Please choose a follow-up."
    least = least_minutes(clinic, service.kind)
    if service.shape.minutes < least:
        return f"A first visit takes at least {least} minutes. Please choose one of the longer visits."
    return "This is for patients who have been here before. Please choose a first visit."


def may_book_another(clinic: Clinic, upcoming: int) -> bool:
    """Say whether a patient with so many upcoming visits may book one more online."""
    return upcoming < clinic.policy.max_upcoming_per_patient
