"""Migration 0009: stored patients are found with and without their apostrophes and hyphens."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from booking.actions.clinics import get_clinic
from booking.actions.search import find_patients
from booking.records import database
from booking.records.database import reader
from booking.scheduling.people import search_key
from tests.databases import MORNING
from tests.web.desk.visits import TUESDAY, book

PEOPLE = (
    ("Siobhán O'Brien-D’Arcy", "siobhan-o'brien@example.com", None),
    ("Seán O´Casey", None, "+1 604 555 0147"),
    ("Zoë Ångström", "zoe@example.com", "+1 604 555 0148"),
)
OLD = [
    "siobhan o'brien-d’arcy siobhan-o'brien@example.com",
    "sean o casey 16045550147",
    "zoe angstrom zoe@example.com 16045550148",
]


def test_0009_stored_keys_follow_up_and_down(any_app: Flask, inside: Flask) -> None:
    """Each key is what a new record would have; going down gives back the old ones, nobody is lost."""
    for number, (name, email, phone) in enumerate(PEOPLE):
        book(any_app, f"{TUESDAY}T{10 + number}:00", patient={"name": name, "email": email, "phone": phone})
    new = stored()
    for name, email, phone in reader().execute(text("SELECT name, email, phone FROM patient")).all():
        assert search_key(name, email, phone) in new
    database.close(any_app)
    downgrade(revision="0008")
    assert stored() == OLD
    database.close(any_app)
    upgrade()
    assert stored() == new
    assert [one.name for one in find_patients(get_clinic(None), "obrien", MORNING)] == [PEOPLE[0][0]]
    assert [one.name for one in find_patients(get_clinic(None), "o'casey", MORNING)] == [PEOPLE[1][0]]


def stored() -> list[str]:
    """Return by what each patient is found, in the order that they came."""
    return list(reader().execute(text("SELECT search FROM patient ORDER BY id")).scalars())
