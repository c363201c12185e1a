"""What can go wrong between two tabs and two people at the desk: said plainly, nothing half-done."""

import pytest
from flask import Flask
from sqlalchemy import text

from booking.actions.set_up import load_setup
from booking.records.database import reader
from tests.actions.edits import without
from tests.databases import Clock
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import TUESDAY, book, send

MASSAGE = {"service": "rmt-60", "practitioner": "kim"}


def stored(app: Flask) -> list[tuple[object, ...]]:
    """Return time, person, room and version of every visit."""
    query = "SELECT starts, practitioner_id, room_id, version FROM appointment ORDER BY id"
    with app.app_context():
        return [tuple(row) for row in reader().execute(text(query))]


def test_a_drop_where_every_room_is_closed(any_app: Flask, staff_client: StaffClient) -> None:
    """R12, D11: both massage rooms are blocked at noon: refused in words, with a reason too."""
    reference = book(any_app, **MASSAGE)
    client = staff_client("reception")
    for room in ("m1", "m2"):
        span = {"from_on": TUESDAY, "from_at": "13:00", "to_on": TUESDAY, "to_at": "15:00"}
        data = {"csrf_token": csrf(client, "/desk/blocks"), "of": f"room:{room}", "kind": "block", **span}
        assert client.post("/desk/blocks", data=data).status_code == 303
    before = stored(any_app)
    for more in ({}, {"reason": "It must be"}, {"room": "m1"}):
        given = {"on": TUESDAY, "at": "13:00", "practitioner": "kim", **more}
        answer = send(client, reference, "move", **given)
        assert (answer.status_code, 'role="alert"' in answer.text) == (409, True)
        assert "Reason to do it all the same" not in answer.text
    assert stored(any_app) == before


@pytest.mark.parametrize("where", ["move", "book"])
def test_e16_a_person_who_left_the_set_up_in_another_tab(
    app: Flask, staff_client: StaffClient, clock: Clock, where: str
) -> None:
    """E16: the page still shows them; what is dropped on or booked with them is refused in words."""
    reference = book(app, **MASSAGE)
    client = staff_client("reception")
    token = csrf(client, "/desk/book")
    with app.app_context():
        load_setup(without("practitioners", "tremblay"), clock.at)
    before = stored(app)
    if where == "move":
        answer = send(client, reference, "move", on=TUESDAY, at="13:30", practitioner="tremblay")
    else:
        who = {"patient": "new", "name": "Null", "phone": "604-555-0147"}
        start = {"service": "rmt-60", "practitioner": "tremblay", "start": f"{TUESDAY}T13:30"}
        answer = client.post("/desk/book", data={"csrf_token": token, "key": "k" * 24, **who, **start})
    assert (answer.status_code, "no such practitioner" in answer.text) == (422, True)
    assert stored(app) == before


def test_e46_two_patients_with_one_phone_are_two(app: Flask, staff_client: StaffClient) -> None:
    """E46, E48: "Null" and "X" share a phone: both are found by it, and each is booked for alone."""
    for number, name in enumerate(("Null", "X")):
        person = {"name": name, "email": None, "phone": "604-555-0147"}
        book(app, f"{TUESDAY}T{13 + 2 * number}:00", service="rmt-30", practitioner=None, patient=person)
    client = staff_client("reception")
    for typed, found in (("555-0147", {"Null", "X"}), ("null", {"Null"}), ("x", {"X"}), ("%", set())):
        data = {"csrf_token": csrf(client, "/desk/book"), "q": typed, "search": "1"}
        page = client.post("/desk/book", data=data).text
        assert {name for name in ("Null", "X") if f"<bdi>{name}</bdi>" in page} == found
    with app.app_context():
        assert reader().execute(text("SELECT count(DISTINCT patient_id) FROM appointment")).scalar_one() == 2
