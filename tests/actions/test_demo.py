"""The demo: a lived-in clinic by the real actions, the same for a seed, and nobody is written to."""

from pathlib import Path
from random import Random

import pytest

from booking.actions import doctor
from booking.actions.demo import fill
from booking.actions.demo_people import make_people
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from tests.actions.asks import VAULT, at, book, rows
from tests.databases import MORNING, Clock, copy_sqlite, opened, sqlite_url

VISITS = """
    SELECT appointment.starts, appointment.status, patient.name, patient.email, service.code AS service,
           practitioner.code AS practitioner, room.code AS room, companion, first_visit, safety
    FROM appointment JOIN patient ON patient.id = patient_id JOIN service ON service.id = service_id
    JOIN practitioner ON practitioner.id = practitioner_id JOIN room ON room.id = room_id
    ORDER BY appointment.starts, appointment.id
"""


def visits_of(template: Path, folder: Path, seed: int) -> list[tuple[object, ...]]:
    copy_sqlite(template, folder / f"{seed}.db")
    with opened(sqlite_url(folder / f"{seed}.db"), folder, Clock()) as app, app.app_context():
        from booking.actions.clinics import get_clinic

        fill(get_clinic(None), seed=seed, days=2, now=MORNING, vault=VAULT)
        return [tuple(row) for row in rows(VISITS)]


def test_a_seed_gives_the_same_visits(sqlite_template: Path, tmp_path: Path) -> None:
    """The same seed and time give the same visits; another seed gives others."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    one, two = (visits_of(sqlite_template, folder, seed=1) for folder in folders)
    assert one == two
    assert visits_of(sqlite_template, tmp_path, seed=2) != one


def test_past_and_future_are_as_lived_in(clinic: Clinic) -> None:
    """Each past day is settled, today and later is booked; all kinds, companions and strange names occur."""
    statuses = fill(clinic, seed=1, days=7, now=MORNING, vault=VAULT)
    found = rows(VISITS)
    assert statuses.total() == len(found) > 120
    past = {visit.status for visit in found if str(visit.starts) < "2026-11-23"}
    future = {visit.status for visit in found if str(visit.starts) >= "2026-11-23"}
    assert past == {"fulfilled", "noshow", "cancelled"}
    assert future == {"booked", "cancelled"}
    assert {clinic.service[visit.service].kind for visit in found} == {"needle", "laser", "massage"}
    assert {"Null", "李明", "محمد رضایی", "=SUM(A1:A9)", "👩‍👩‍👧 Robin 🌿"} <= {visit.name for visit in found}
    assert {bool(visit.companion) for visit in found} == {True, False}
    assert {visit.safety for visit in found} == {"ok", "call_me", None}
    assert doctor.claims().ok
    assert all(visit.email is None or visit.email.endswith(".example") for visit in found)


def test_e48_the_names_break_things() -> None:
    """Persian, long Gurmukhi, two letters of Han, emoji, apostrophes, "Null", one letter (B7)."""
    people = make_people(Random(1), ("en-CA", "fa", "pa", "zh-Hans"))
    names = [person.name for person in people]
    assert {"Null", "X", "李明", "محمد رضایی", "Siobhán O'Brien-D’Arcy", "👩‍👩‍👧 Robin 🌿"} <= set(names)
    assert [len(name) for name in names if name.startswith("ਹਰਪ੍ਰੀਤ")] == [61]
    assert max(map(len, names)) == 191
    assert all(person.email or person.phone for person in people)


def test_e40_nobody_comes_on_a_holiday(clinic: Clinic) -> None:
    """Remembrance Day and the nights stay empty: the demo passes no rule over."""
    fill(clinic, seed=1, days=13, now=MORNING, vault=VAULT)
    days = {str(row.starts)[:10] for row in rows("SELECT starts FROM appointment")}
    assert {"2026-11-10", "2026-11-12"} <= days
    assert "2026-11-11" not in days
    assert (
        rows("SELECT count(*) AS n FROM appointment WHERE created_at > :now", now="2026-11-23 15:00:00")[0].n
        == 0
    )


def test_nobody_is_written_to(clinic: Clinic) -> None:
    """Every message of the demo is skipped, with the reason; no hold is left behind."""
    fill(clinic, seed=1, days=3, now=MORNING, vault=VAULT)
    states = {(row.state, row.reason) for row in rows("SELECT state, reason FROM message")}
    assert {state for state, _ in states} == {"skipped"}
    assert ("skipped", "Made by flask demo: nobody is written to.") in states


def test_a_clinic_with_visits_is_left_alone(clinic: Clinic) -> None:
    """A clinic that is in use is refused; only ``add`` fills it further, around what is there."""
    book(clinic, start=at(24, 9))
    with pytest.raises(Invalid):
        fill(clinic, seed=1, days=1, now=MORNING, vault=VAULT)
    assert len(rows(VISITS)) == 1
    assert (
        fill(clinic, seed=1, days=1, now=MORNING, vault=VAULT, add=True).total() == len(rows(VISITS)) - 1 > 9
    )
    again = fill(clinic, seed=1, days=1, now=MORNING, vault=VAULT, add=True)
    assert again.total() < 20
