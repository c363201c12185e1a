"""The sample clinic as it is read back: every field, kept per version, never stale."""

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, select, update

from booking.actions.set_up import load_setup
from booking.records.database import reader
from booking.records.setup import find_clinic_id, get_clinic, load_clinic, stamp
from booking.records.tables import clinic as clinic_table
from booking.records.tables import practitioner, resource
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic, Closure, Reminders
from booking.scheduling.errors import NotFound
from booking.scheduling.visit import Reset, Shape, Step
from tests.databases import MORNING, SAMPLE, Clock, opened, sqlite_url
from tests.records.work import statements


def test_the_clinic_itself_is_read_back(any_app: Flask, clinic: Clinic) -> None:
    """Names, hours, closures, tax and policy are those of the file."""
    assert (clinic.code, clinic.zone, clinic.time_label, clinic.setup) == (
        "synergy",
        "America/Vancouver",
        "Vancouver time",
        1,
    )
    assert (clinic.discreet_name, clinic.city, clinic.grid_minutes) == ("Synergy Clinic", "Vancouver, BC", 15)
    assert clinic.locales[:2] == ("en-CA", "zh-Hans")
    assert (clinic.hours[0], clinic.hours[6]) == (((540, 1140),), ((540, 900),))
    assert (clinic.gst_percent, clinic.gst_valid_from) == ("5", date(2008, 1, 1))
    assert clinic.closures[date(2026, 12, 24)] == Closure(((540, 900),), "Christmas Eve")
    assert clinic.closures[date(2027, 2, 6)].spans == ()
    assert clinic.policy.fee_waiver_reasons[0] == "illness"
    assert clinic.policy.new_patient_min_minutes == {"massage": 60, "needle": 75, "laser": 60}
    assert clinic.reminders == Reminders(
        offsets_hours=(48, 3),
        quiet_from=1260,
        quiet_until=480,
        quiet_moves_to=1230,
        skip_if_booked_within_hours=48,
        attach_ics=True,
    )


def test_people_rooms_and_devices_are_read_back_in_the_order_of_the_file(
    any_app: Flask, clinic: Clinic
) -> None:
    """Each practitioner has hands and as many seats as visits at once; each device its units."""
    assert [p.code for p in clinic.practitioners] == ["lam", "sandhu", "kim", "tremblay", "ahmadi"]
    assert [r.code for r in clinic.rooms] == ["n1", "n2", "l1", "m1", "m2"]
    lam = clinic.practitioner["lam"]
    assert (lam.name, lam.title, lam.kinds) == ("Grace Lam", "R.TCM.P", {"needle", "laser"})
    assert (lam.languages, len(lam.seats)) == (("en", "yue", "zh"), 2)
    assert lam.shifts == {0: ((540, 1020),), 1: ((540, 1020),), 2: ((660, 1140),), 3: ((660, 1140),)}
    assert lam.breaks[2] == ((900, 930),)
    assert (lam.licence_valid_until, lam.shift_exceptions) == (None, {})
    assert len(clinic.practitioner["kim"].seats) == 1
    laser, eyewear = clinic.devices
    assert (laser.kind, laser.tied_to_room, len(laser.units)) == ("laser", "l1", 1)
    assert (eyewear.kind, eyewear.tied_to_room, len(eyewear.units)) == ("eyewear", None, 3)
    assert (clinic.room["l1"].laser_controlled_area, clinic.room["m2"].wheelchair) == (True, False)
    everything = [p.hands for p in clinic.practitioners] + [r.resource for r in clinic.rooms]
    everything += [seat for p in clinic.practitioners for seat in p.seats]
    everything += [unit for device in clinic.devices for unit in device.units]
    assert len(everything) == len(set(everything)) == 21


def test_services_are_read_back_as_shapes(any_app: Flask, clinic: Clinic) -> None:
    """Steps alternate hands-on and rest; reset and devices belong to the shape."""
    assert len(clinic.services) == 10
    first = clinic.service["needle-initial"]
    assert first.shape == Shape(
        steps=(Step(30, hands_on=True), Step(30, hands_on=False), Step(15, hands_on=True)),
        reset=Reset(5, frozenset({"room"})),
    )
    assert (first.for_patients, first.price_cents, first.gst, first.safety_gate) == (
        "new",
        14500,
        False,
        None,
    )
    laser = clinic.service["laser-30"]
    assert (laser.shape.needs, laser.safety_gate) == ({"laser": 1, "eyewear": 2}, "laser")


def test_optional_fields_of_a_practitioner_are_read_back(app: Flask, clinic: Clinic) -> None:
    """A licence's end and shifts of single days come back as dates."""
    added = (
        'languages = ["en", "yue", "zh"]\nlicence_valid_until = "2027-12-31"\n'
        'shift_exceptions = [{ date = "2026-12-30", hours = ["09:00-13:00"] }]'
    )
    load_setup(SAMPLE.read_text().replace('languages = ["en", "yue", "zh"]', added), MORNING)
    lam = get_clinic(clinic.id, stamp(clinic.id)).practitioner["lam"]
    assert lam.licence_valid_until == date(2027, 12, 31)
    assert lam.shift_exceptions == {date(2026, 12, 30): ((540, 780),)}


def test_an_unchanged_clinic_is_read_once(any_app: Flask, clinic: Clinic) -> None:
    """With the stamp known and the set-up unchanged, the clinic costs no statement."""
    known = stamp(clinic.id)
    with statements() as sent:
        assert get_clinic(clinic.id, known) is clinic
        assert find_clinic_id(None) == find_clinic_id("synergy") == clinic.id
    assert len(sent) <= 2
    with statements() as sent:
        assert find_clinic_id(None) == find_clinic_id("synergy") == clinic.id
    assert sent == []


def change(conn: Connection, clinic: Clinic) -> None:
    """Let everybody go but the first practitioner, and take one of her seats."""
    first = clinic.practitioners[0]
    conn.execute(update(practitioner).where(practitioner.c.id != first.id).values(active=False))
    conn.execute(update(resource).where(resource.c.id == first.seats[0]).values(active=False))
    conn.execute(update(clinic_table).values(setup=clinic_table.c.setup + 1))


def test_only_what_is_active_is_loaded_and_a_new_version_is_seen(any_app: Flask, clinic: Clinic) -> None:
    """Rows and resources that have gone from the set-up are not offered any more."""
    transaction(clinic.id, MORNING, lambda conn: change(conn, clinic))
    found = get_clinic(clinic.id, stamp(clinic.id))
    assert found.setup == 2
    assert [(p.code, p.seats) for p in found.practitioners] == [("lam", clinic.practitioners[0].seats[1:])]


def test_what_a_transaction_reads_of_its_own_changes_is_not_kept(any_app: Flask, clinic: Clinic) -> None:
    """A set-up that is rolled back is never served, not even when its version comes again."""

    def work(conn: Connection) -> None:
        change(conn, clinic)
        assert len(load_clinic(conn, clinic.id).practitioners) == 1
        raise KeyError("a fault in the work")

    with pytest.raises(KeyError):
        transaction(clinic.id, MORNING, work)
    raise_version = update(clinic_table).values(setup=clinic_table.c.setup + 1)
    transaction(clinic.id, MORNING, lambda conn: conn.execute(raise_version))
    assert len(get_clinic(clinic.id, stamp(clinic.id)).practitioners) == 5


def test_clinics_are_found_by_code_or_when_there_is_only_one(any_app: Flask, clinic: Clinic) -> None:
    """With several and no code there is no guess; one that was founded but not set up does not count."""
    facts = reader().execute(select(clinic_table.c.facts)).scalar_one()

    def found(code: str, setup: int) -> int:
        row = {"code": code, "setup": setup, "changes": 0, "facts": facts}
        adding = clinic_table.insert().values(row).returning(clinic_table.c.id)
        return transaction(None, MORNING, lambda conn: conn.execute(adding).scalar_one())

    unfinished = found("unfinished", 0)
    assert find_clinic_id("unfinished") == unfinished
    assert find_clinic_id(None) == clinic.id
    second = found("second", 1)
    assert (find_clinic_id("second"), find_clinic_id("third")) == (second, None)


def test_two_clinics_and_no_code_are_no_guess(app: Flask, tmp_path: Path, clock: Clock) -> None:
    """Which clinic is meant must then be said by the setting CLINIC."""
    from flask_migrate import upgrade

    with opened(sqlite_url(tmp_path / "two.db"), tmp_path, clock) as two, two.app_context():
        upgrade()
        assert find_clinic_id(None) is None
        text = SAMPLE.read_text()
        load_setup(text, MORNING)
        load_setup(text.replace('id = "synergy"', 'id = "second"'), MORNING)
        assert find_clinic_id(None) is None
        assert find_clinic_id("second") is not None


def test_an_unknown_clinic_is_not_found(any_app: Flask, clinic: Clinic) -> None:
    """Neither its stamp nor its set-up can be read."""
    with pytest.raises(NotFound):
        stamp(clinic.id + 1)
    with pytest.raises(NotFound):
        load_clinic(reader(), clinic.id + 1)


def test_facts_hold_what_json_can_hold(any_app: Flask, clinic: Clinic) -> None:
    """What is stored survives a round through JSON unchanged, on both engines."""
    for table in (clinic_table, practitioner):
        for facts in reader().execute(select(table.c.facts)).scalars():
            assert json.loads(json.dumps(facts)) == facts
