"""Reception finds patients by whatever part of them it hears (R1, E46, E48)."""

from datetime import date, timedelta

import pytest
from flask import Flask

from booking.actions.search import MOST, find_patients
from booking.scheduling.clinic import Clinic
from tests.web.api.calls import booked

VISIT = {"service": "rmt-30", "practitioner": None, "first_visit": False}
PEOPLE = (
    ("Zoë Ångström", "zoe@example.com", None),
    ("José Núñez-O'Neil", None, "604-555-0147"),
    ("Ana Núñez", None, "604-555-0147"),
    ("王小明", "wang@example.com", None),
    ("Null", "null_50%@example.com", None),
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
    assert sorted(one.name for one in find_patients(known, typed)) == sorted(found)


def test_one_letter_finds_a_bounded_list(any_app: Flask, clinic: Clinic) -> None:
    """One letter works: at most 20 are shown, and one more tells that there are more."""
    for number in range(MOST + 5):
        day = date(2026, 11, 24) + timedelta(days=number)
        person = {"name": f"Ann {number:02}", "email": f"ann{number}@example.com"}
        booked(any_app.test_client(), **VISIT, start=f"{day}T13:00", patient=person)
    assert len(find_patients(clinic, "a")) == MOST + 1
