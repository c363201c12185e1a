"""Who changed what, before and after, in words and names (P6)."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.records.audit import Recorded
from booking.scheduling.clinic import Clinic
from booking.web.desk.history import of_visit
from tests.databases import MORNING, Clock
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import TUESDAY, book, column, send

CODES = ("staff:", "fee:", "patient:m", "in_room", "m1", "m2", "rmt-")


def history(client: FlaskClient, address: str) -> str:
    """Return what the page says of what happened, without layout."""
    _, _, told = " ".join(client.get(address).text.split()).partition('<ol class="history">')
    return told.partition("</ol>")[0]


def test_p6_each_difference_is_said_before_and_after(any_app: Flask, staff_client: StaffClient) -> None:
    """P6: time, person, room, length and status, each by its name; no code is shown."""
    reference = book(any_app, f"{TUESDAY}T13:00", service="rmt-60", practitioner="kim", first_visit=True)
    first = str(column(any_app, "SELECT r.code FROM appointment a JOIN room r ON r.id = a.room_id")[0])
    other = {"m1": "m2", "m2": "m1"}[first]
    client = staff_client("reception")
    same = {"on": TUESDAY, "at": "13:00", "practitioner": "kim"}
    for wanted in (
        same | {"room": other},
        same | {"room": other, "service": "rmt-90"},
        same | {"at": "13:30"},
    ):
        assert send(client, reference, "move", **wanted).status_code == 303
    send(client, reference, "status", status="in_room")
    send(client, reference, "note", note="Brings a walking frame")
    told = history(client, f"/desk/visits/{reference}")
    names = {"m1": "Massage room 1", "m2": "Massage room 2"}
    for words in (
        "patient: booked for 1:00 p.m., Tuesday 24 November, 60 minutes, with Sarah Kim<",
        f"reception: changed: room: {names[first]} to {names[other]}<",
        "Registered massage therapy, 60 min to Registered massage therapy, 90 min; 60 to 90 minutes<",
        "moved: 1:00 p.m., Tuesday 24 November to 1:30 p.m., Tuesday 24 November",
        "reception: status: booked to in room<",
        "reception: note for the desk changed<",
    ):
        assert words in told
    assert [code for code in (*CODES, "walking") if code in told] == []


def test_p6_another_person_and_a_rule_that_was_set_aside(app: Flask, staff_client: StaffClient) -> None:
    """P6, D11: who gave it before and who gives it now; which rule was set aside, and why."""
    reference = book(app)
    client = staff_client("reception")
    send(client, reference, "move", on=TUESDAY, at="09:00", practitioner="sandhu")
    send(client, reference, "move", on=TUESDAY, at="07:00", practitioner="sandhu", reason="Only free hour")
    send(client, reference, "cancel")
    told = history(client, f"/desk/visits/{reference}")
    assert "practitioner: Grace Lam to Arjun Sandhu" in told
    assert "opening hours of this day. Done all the same: Only free hour<" in told
    assert "reception: cancelled<" in told
    assert [code for code in CODES if code in told] == []


def test_p6_e58_what_became_of_a_fee(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """P6, E58: recorded or waived, how much and why."""
    reference = book(app)
    clock.at = MORNING + timedelta(days=1, hours=2)
    client = staff_client("reception")
    send(client, reference, "status", status="noshow")
    send(client, reference, "fee")
    send(client, reference, "fee", waive="1", reason="Snow")
    told = history(client, f"/desk/visits/{reference}")
    assert "reception: fee of $110.00 recorded<" in told
    assert "reception: fee of $110.00 waived: Snow<" in told
    assert "Waived by reception: Snow." in client.get(f"/desk/visits/{reference}").text


def test_p6_e52_which_record_was_joined_by_name(any_app: Flask, staff_client: StaffClient) -> None:
    """P6, E52: both records say with which other one they were joined, and that they came apart."""
    book(any_app, patient={"name": "Ana Núñez", "phone": "604-555-0147"})
    book(any_app, f"{TUESDAY}T11:00", patient={"name": "Ana N.", "phone": "604-555-0147"})
    keep, gone = column(any_app, "SELECT id FROM patient ORDER BY id")
    client = staff_client("reception")
    form = {"csrf_token": csrf(client, f"/desk/patients/{keep}"), "other": str(gone)}
    assert client.post(f"/desk/patients/{keep}/merge", data=form).status_code == 303
    assert "the record of Ana N. joined into this one<" in history(client, f"/desk/patients/{keep}")
    assert client.post(f"/desk/patients/{gone}/unmerge", data=form).status_code == 303
    assert "the record of Ana N. taken out of this one again<" in history(client, f"/desk/patients/{keep}")
    told = history(client, f"/desk/patients/{gone}")
    assert "reception: joined into the record of Ana Núñez<" in told
    assert "reception: taken out of the record of Ana Núñez again<" in told
    assert [code for code in CODES if code in told] == []


@pytest.mark.parametrize(
    ("action", "words"), [("book", "booked"), ("move", "changed"), ("cancel", "cancelled")]
)
def test_p6_a_row_that_keeps_less_is_told_all_the_same(clinic: Clinic, action: str, words: str) -> None:
    """P6: a row without times, of another version or the program's own, breaks no page."""
    less = {"reason": "Leak"}
    for kept in (None, {}, less):
        row = Recorded(MORNING, "staff:reception", action, 1, 1, kept, kept)
        assert [line.words for line in of_visit(clinic, [row])] == [f"{words}. Leak" if kept else words]
