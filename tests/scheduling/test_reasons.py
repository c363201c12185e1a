"""A refusal has a reason exactly where the engine finds no start, and the right one (D11)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from booking.scheduling import slots
from booking.scheduling.reasons import SENTENCES
from booking.scheduling.rules import STAFF, online_limits
from booking.scheduling.timeline import wall
from tests.scheduling.diary import at
from tests.scheduling.sample import ask_for, sample
from tests.scheduling.test_oracle import by_engine, cases

NOW = at("2026-11-23 08:00")  # a Monday


def reason(service: str, who: str, start: str, *, staff: bool = False) -> str | None:
    clinic = sample()
    limits = STAFF if staff else online_limits(clinic, NOW)
    refused = slots.refusal(clinic, ask_for(clinic, service, who), at(start), limits)
    return refused and refused.reason


@pytest.mark.parametrize(
    ("service", "who", "start", "expected"),
    [
        ("rmt-60", "nobody", "2026-11-24 09:00", "unknown_practitioner"),
        ("needle-followup", "kim", "2026-11-24 09:00", "licence"),
        ("rmt-60", "kim", "2026-11-23 07:45", "past"),
        ("rmt-60", "kim", "2026-11-23 09:45", "lead"),
        ("rmt-60", "kim", "2026-11-23 10:00", None),
        ("rmt-60", "tremblay", "2027-02-22 13:00", "horizon"),
        ("rmt-60", "kim", "2026-11-24 09:05", "grid"),
        ("rmt-60", "kim", "2026-12-25 09:00", "closed"),
        ("rmt-60", "kim", "2026-12-26 09:00", "closed"),
        ("rmt-60", "ahmadi", "2026-11-29 14:15", "hours"),
        ("rmt-60", "ahmadi", "2026-11-29 14:00", None),
        ("rmt-60", "kim", "2026-11-24 14:15", "shift"),
        ("rmt-60", "kim", "2026-11-26 09:00", "shift"),
        ("rmt-60", "kim", "2026-11-24 11:15", "break"),
        ("rmt-60", "kim", "2026-11-24 11:00", None),
    ],
)
def test_the_rule_that_refuses_is_named(service: str, who: str, start: str, expected: str | None) -> None:
    """E08, E09, E17, E40, E45, T12: each start is refused by its own rule, or not at all."""
    assert reason(service, who, start) == expected


def test_of_several_practitioners_the_closest_one_speaks() -> None:
    """At 11:15 Kim has a break coming and the others do not work: the break is the reason."""
    limits = online_limits(sample(), NOW)
    refused = slots.refusal(sample(), ask_for(sample(), "rmt-60"), at("2026-11-24 11:15"), limits)
    assert refused
    assert refused.reason == "break"


def test_e17_no_override_reaches_a_licence() -> None:
    """E17: a massage therapist cannot be booked for needles, by staff neither."""
    assert reason("needle-followup", "kim", "2026-11-24 09:00", staff=True) == "licence"


def test_a_licence_that_has_run_out_is_the_reason() -> None:
    """L30: a visit after the last day of the licence is refused, on it not."""
    clinic = sample()
    kim = replace(clinic.practitioner["kim"], licence_valid_until=date(2026, 11, 24))
    people = tuple(kim if p.code == "kim" else p for p in clinic.practitioners)
    clinic = replace(clinic, practitioners=people)
    ask = ask_for(clinic, "rmt-60", "kim")
    assert slots.refusal(clinic, ask, at("2026-11-24 09:00"), STAFF) is None
    refused = slots.refusal(clinic, ask, at("2026-11-25 09:00"), STAFF)
    assert refused
    assert refused.reason == "licence"


@pytest.mark.parametrize(
    ("without", "expected"), [("laser", "devices"), ("eyewear", "devices"), ("room", "room")]
)
def test_e10_what_the_clinic_lacks_is_named(without: str, expected: str) -> None:
    """E10, E11: without the laser, the eyewear or the room the reason says which."""
    clinic = sample()
    devices = tuple(d for d in clinic.devices if d.kind != without)
    rooms = clinic.rooms if without != "room" else tuple(r for r in clinic.rooms if r.code != "l1")
    clinic = replace(clinic, devices=devices, rooms=rooms)
    ask = ask_for(clinic, "laser-45", "lam")
    refused = slots.refusal(clinic, ask, at("2026-11-24 10:00"), STAFF)
    assert refused
    assert refused.reason == expected


def test_seconds_and_odd_minutes_bind_staff_too() -> None:
    """E77: staff may start at 13:05, but a cell is five minutes long for everybody."""
    assert reason("rmt-30", "kim", "2026-11-24 13:05", staff=True) is None
    assert reason("rmt-30", "kim", "2026-11-24 13:07", staff=True) == "grid"
    assert reason("rmt-30", "kim", "2026-11-24 13:05:30", staff=True) == "grid"


def test_the_reset_that_holds_the_practitioner_names_the_break() -> None:
    """E08: a visit that ends as the break begins is refused for its reset."""
    assert reason("rmt-60", "kim", "2026-11-24 11:15", staff=True) == "break"


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("0001-01-01 00:00", "past"),
        ("1969-12-31 23:55", "past"),
        ("2200-01-01 09:00", "horizon"),
        ("9999-12-31 23:55", "horizon"),
    ],
)
def test_dates_at_the_ends_of_time_are_refused_and_nothing_crashes(start: str, expected: str) -> None:
    """A well-formed date that no calendar reaches is a plain refusal, for patients and for staff."""
    assert reason("rmt-60", "kim", start) == expected
    assert reason("rmt-60", "kim", start, staff=True) == expected


def test_a_clock_change_is_named() -> None:
    """E36: a start in the hour that is skipped says that the clocks change."""
    clinic = replace(sample(), zone="America/Los_Angeles", hours=dict.fromkeys(range(7), ((0, 1440),)))
    ahmadi = replace(clinic.practitioner["ahmadi"], shifts=clinic.hours, breaks={})
    clinic = replace(clinic, practitioners=(ahmadi,))
    ask = ask_for(clinic, "rmt-30")
    refused = slots.refusal(clinic, ask, at("2027-03-14 02:30"), STAFF)
    assert refused
    assert refused.reason == "clock_change"


def test_a_refusal_is_given_exactly_where_no_start_is_found() -> None:
    """D11: over random clinics, a start has a reason if and only if the engine leaves it out."""
    for seed in range(150):
        rng = Random(seed)
        for case in cases(rng):
            free = by_engine(replace(case, rows=()))
            minutes = {minute for found in free.values() for minute in found}
            for _ in range(12):
                minute = case.window.origin + rng.randrange(0, case.window.days * 1440, 5)
                refused = slots.refusal(case.clinic, case.ask, wall(minute), case.limits)
                assert (refused is None) == (minute in minutes), f"seed {seed}, {wall(minute)}"
                assert refused is None or refused.sentence == SENTENCES[refused.reason]


def test_a_start_of_an_empty_day_is_never_free_of_reasons() -> None:
    """Every minute of a closed day is refused as closed, whatever else is wrong."""
    clinic = sample()
    for hour in range(24):
        start = datetime.combine(date(2026, 12, 25), datetime.min.time()) + timedelta(hours=hour)
        refused = slots.refusal(clinic, ask_for(clinic, "rmt-60"), start, STAFF)
        assert refused
        assert refused.reason == "closed"
