"""Loading a set-up: all or nothing, again without effect, and only what changed."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import make_url

from booking.actions.set_up import load_setup
from booking.records import database
from booking.scheduling.clinic import Clinic
from tests.actions.asks import rows
from tests.actions.edits import edited, faults_of, load, without
from tests.actions.faulty_set_ups import FAULTY, SAMPLE
from tests.databases import MORNING


def dump(app: Flask) -> list[str]:
    """Every table and row of the SQLite database, as SQL."""
    path = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    with closing(sqlite3.connect(str(path))) as conn:
        return list(conn.iterdump())


def ids(table: str) -> dict[str, int]:
    return {row.code: row.id for row in rows(f"SELECT code, id FROM {table}")}


def versions(clinic: Clinic) -> tuple[int, int]:
    setup, changes = rows("SELECT setup, changes FROM clinic WHERE id = :id", id=clinic.id)[0]
    return setup, changes


def test_loading_twice_changes_nothing(clinic: Clinic, sqlite_app: Flask) -> None:
    """The same file again leaves every row and the version of the set-up as they are."""
    before = dump(sqlite_app)
    assert load_setup(SAMPLE, MORNING + timedelta(days=3)) == clinic.id
    assert load_setup("# another comment\n" + SAMPLE.replace("\n", "\r\n"), MORNING) == clinic.id
    assert dump(sqlite_app) == before


def test_no_faulty_file_changes_anything(clinic: Clinic, sqlite_app: Flask) -> None:
    """Whatever is wrong with a file, the database is row for row what it was."""
    before = dump(sqlite_app)
    for faulty in FAULTY:
        faults_of(faulty.text)
        assert dump(sqlite_app) == before, faulty.name


def test_an_update_changes_what_changed(clinic: Clinic, any_app: Flask) -> None:
    """A changed name and price become version 2; row ids and resources stay."""
    tables = ("practitioner", "room", "device", "service")
    before = [ids(table) for table in tables]
    found = load(edited(("Grace Lam", "Grace Lam-Wong"), ("price_cents = 14500", "price_cents = 15000")))
    assert (found.id, found.setup) == (clinic.id, 2)
    assert found.practitioner["lam"].name == "Grace Lam-Wong"
    assert found.service["needle-initial"].price_cents == 15000
    assert [ids(table) for table in tables] == before
    assert [p.hands for p in found.practitioners] == [p.hands for p in clinic.practitioners]
    assert [p.seats for p in found.practitioners] == [p.seats for p in clinic.practitioners]
    assert [r.resource for r in found.rooms] == [r.resource for r in clinic.rooms]
    assert versions(clinic) == (2, 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('mon = ["09:00-19:00"]', 'mon = ["10:00-19:00"]'),
        ("Christmas Eve", "Christmas"),
        ("online_lead_minutes = 120", "online_lead_minutes = 60"),
        ("max_concurrent = 2", "max_concurrent = 3"),
        ("count = 3 ", "count = 4 "),
        ("gst_percent = 5", "gst_percent = 6"),
        ('quiet_moves_to = "20:30"', 'quiet_moves_to = "20:00"'),
    ],
)
def test_each_part_of_the_file_counts_as_a_change(clinic: Clinic, old: str, new: str) -> None:
    """Hours, closures, policy, seats, units, tax, reminders: each alone makes a new version."""
    load(edited((old, new)))
    assert versions(clinic) == (2, 2)
    load(SAMPLE)
    assert versions(clinic) == (3, 3)


def test_the_order_of_the_file_is_kept(clinic: Clinic) -> None:
    """Services are listed as the file lists them, also after they were moved."""
    last = SAMPLE.index('[[services]]\nid = "rmt-90"')
    first = SAMPLE.index("[[services]]")
    found = load(SAMPLE[:first] + SAMPLE[last:].rstrip() + "\n" + SAMPLE[first:last])
    assert [s.code for s in found.services][:2] == ["rmt-90", "needle-initial"]


def test_what_is_gone_becomes_inactive_and_comes_back(clinic: Clinic, any_app: Flask) -> None:
    """A practitioner that leaves the file leaves the clinic; back again, they are the same row."""
    kim = clinic.practitioner["kim"]
    assert "kim" not in load(without("practitioners", "kim")).practitioner
    assert ids("practitioner")["kim"] == kim.id
    again = load(SAMPLE).practitioner["kim"]
    assert (again.id, again.hands, again.seats) == (kim.id, kim.hands, kim.seats)


def test_more_seats_and_units_keep_the_old_ones(clinic: Clinic) -> None:
    """A third seat and a fourth pair of eyewear are new resources beside the old."""
    found = load(edited(("max_concurrent = 2", "max_concurrent = 3"), ("count = 3 ", "count = 4 ")))
    lam, eyewear = found.practitioner["lam"], found.devices[1]
    assert (len(lam.seats), lam.seats[:2]) == (3, clinic.practitioner["lam"].seats)
    assert (len(eyewear.units), eyewear.units[:3]) == (4, clinic.devices[1].units)
    fewer = load(SAMPLE)
    assert fewer.practitioner["lam"].seats == clinic.practitioner["lam"].seats
    assert fewer.devices[1].units == clinic.devices[1].units


def test_another_id_is_another_clinic(clinic: Clinic, any_app: Flask) -> None:
    """Every row carries its clinic: a second file does not touch the first one's rows."""
    other = load(edited(('id = "synergy"', 'id = "harbour"')))
    assert (other.code, other.setup, len(other.practitioners)) == ("harbour", 1, 5)
    assert {p.hands for p in other.practitioners}.isdisjoint(p.hands for p in clinic.practitioners)
    assert versions(clinic) == (1, 1)


def test_two_first_loads_at_once_make_one_clinic(clinic: Clinic, any_app: Flask) -> None:
    """Whoever comes second finds the clinic that the first one made, and changes nothing."""
    new = edited(('id = "synergy"', 'id = "harbour"'))

    def load_new(_: int) -> int:
        with any_app.app_context():
            try:
                return load_setup(new, MORNING)
            finally:
                database.close_reader()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(load_new, range(8)))
    assert len(made) == 1
    assert [(row.code, row.setup) for row in rows("SELECT code, setup FROM clinic ORDER BY id")] == [
        ("synergy", 1),
        ("harbour", 1),
    ]
