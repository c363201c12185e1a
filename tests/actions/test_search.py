"""Reception finds patients by whatever part of them it hears (R1, E46, E48)."""

from datetime import date, timedelta

import pytest
from flask import Flask

from booking.actions.cancel import cancel
from booking.actions.search import MOST, find_patients
from booking.actions.status import get_by_reference
from booking.actions.values import Actor
from booking.scheduling.clinic import Clinic
from tests.databases import MORNING
from tests.web.api.calls import booked

VISIT = {"service": "rmt-30", "practitioner": None, "first_visit": False}
PEOPLE = (
    ("Zoë Ångström", "zoe@example.com", None),
    ("José Núñez-O'Neil", None, "604-555-0147"),
    ("Ana Núñez", None, "604-555-0147"),
    ("王小明", "wang@example.com", None),
    ("Null", "null_50%@example.com", None),
    ("Siobhán O'Brien-D’Arcy", "siobhan.o'brien-darcy@example.com", None),
    ("فاطمه زهرا", "fatemeh@example.com", "+1 778 555 0188"),
)


@pytest.fixture
def known(any_app: Flask, clinic: Clinic) -> Clinic:
    for number, (name, email, phone) in enumerate(PEOPLE):
        start = f"2026-11-{24 + number // 2}T{13 + number % 2:02}:00"
        person = {"name": name, "email": email, "phone": phone}
        booked(any_app.test_client(), **VISIT, start=start, patient=person)
    return clinic


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", ["Zoë Ångström"]),
        ("  ANGSTROM zo", ["Zoë Ångström"]),
        ("nunez", ["Ana Núñez", "José Núñez-O'Neil"]),
        ("d'arcy", ["Siobhán O'Brien-D’Arcy"]),
        ("O’Brien", ["Siobhán O'Brien-D’Arcy"]),
        ("O´BRIEN", ["Siobhán O'Brien-D’Arcy"]),
        ("obrien", ["Siobhán O'Brien-D’Arcy"]),
        ("o brien darcy", ["Siobhán O'Brien-D’Arcy"]),
        ("obriendarcy", ["Siobhán O'Brien-D’Arcy"]),
        ("o'brien‑d`arcy", ["Siobhán O'Brien-D’Arcy"]),
        ("siobhan.o'brien-darcy@example.com", ["Siobhán O'Brien-D’Arcy"]),
        ("-", []),
        ("'", []),
        ("o'neil", ["José Núñez-O'Neil"]),
        ("604 555-0147", ["Ana Núñez", "José Núñez-O'Neil"]),
        ("(778) 555", ["فاطمه زهرا"]),
        ("小", ["王小明"]),
        ("زهرا", ["فاطمه زهرا"]),
        ("null", ["Null"]),
        ("%", ["Null"]),
        ("null_", ["Null"]),
        ("_50%", ["Null"]),
        ("'; DROP TABLE patient; --", []),
        ("nobody", []),
        ("", []),
        ("   ", []),
        ("\u200d", []),
        ("x" * 5000, []),
    ],
)
def test_e48_any_part_in_any_script_finds(known: Clinic, typed: str, found: list[str]) -> None:
    """E46, E48: accents, case, order, dashes make no difference; `%`, `_` and quotes are plain letters."""
    assert sorted(one.name for one in find_patients(known, typed, MORNING)) == sorted(found)


def test_one_letter_finds_a_bounded_list(any_app: Flask, clinic: Clinic) -> None:
    """One letter works: at most 20 are shown, and one more tells that there are more."""
    for number in range(MOST + 5):
        day = date(2026, 11, 24) + timedelta(days=number)
        person = {"name": f"Ann {number:02}", "email": f"ann{number}@example.com"}
        booked(any_app.test_client(), **VISIT, start=f"{day}T13:00", patient=person)
    assert len(find_patients(clinic, "a", MORNING)) == MOST + 1


def test_e47_one_person_is_one_line_whatever_the_records(any_app: Flask, clinic: Clinic) -> None:
    """E47: five records of one name and contact are one line; another contact is another line."""
    ruth = {"name": "Ruth Dhaliwal", "email": "ruth@example.com"}
    for day in range(24, 29):
        booked(any_app.test_client(), **VISIT, start=f"2026-11-{day}T13:00", patient=ruth)
    other = {"name": "Ruth Dhaliwal", "email": "other@example.com"}
    booked(any_app.test_client(), **VISIT, start="2026-11-24T14:00", patient=other)
    found = find_patients(clinic, "dhaliwal", MORNING + timedelta(days=2))
    assert sorted((one.email, one.records) for one in found) == [
        ("other@example.com", 1),
        ("ruth@example.com", 5),
    ]


def test_a_line_names_the_next_visit_else_the_last_one(any_app: Flask, clinic: Clinic) -> None:
    """The nearest visit to come is the next one, one that is over the last; cancelled is neither."""
    ana = {"name": "Ana", "email": "ana@example.com"}
    for day in (24, 26, 28):
        given = booked(any_app.test_client(), **VISIT, start=f"2026-11-{day}T13:00", patient=ana)
    days = [find_patients(clinic, "ana", MORNING + timedelta(days=n))[0] for n in (0, 2, 4, 6)]
    assert [(one.standing, one.starts.day) for one in days] == [
        ("next", 24),
        ("next", 26),
        ("next", 28),
        ("last", 28),
    ]
    seen = get_by_reference(clinic, given["reference"])
    cancel(clinic, seen, Actor("staff", "desk"), MORNING)
    assert find_patients(clinic, "ana", MORNING + timedelta(days=4))[0].starts.day == 26
