"""Booking by phone at the desk: one form, step by step, every rule the same as online."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.records.database import reader
from tests.staff import StaffClient
from tests.web.desk.visits import TUESDAY, book
from tests.web.patients.lint import lint, parse

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
TIME = re.compile(r'name="start" value="([^"]+)"')
NEW = {"patient": "new", "name": "Ana Ruíz", "phone": "604-555-0147"}


def step(client: FlaskClient, page: str, **fields: str) -> TestResponse:
    """Send the form of a page with fields filled in and one button pressed."""
    return client.post("/desk/book", data={**dict(HIDDEN.findall(page)), **fields})


def opened(client: FlaskClient) -> str:
    return client.get("/desk/book").text


def rows(app: Flask, columns: str, table: str) -> list[tuple[object, ...]]:
    with app.app_context():
        return [tuple(row) for row in reader().execute(text(f"SELECT {columns} FROM {table} ORDER BY id"))]


def test_r1_a_new_patient_with_a_name_and_a_phone(any_app: Flask, staff_client: StaffClient) -> None:
    """R1, E54: name and phone suffice; the first free times are buttons; no consent is written for them."""
    client = staff_client("reception")
    page = step(client, opened(client), patient="new").text
    page = step(client, page, **NEW, service="rmt-60", times="1").text
    times = TIME.findall(page)
    assert len(times) == 6
    assert times[0] == "2026-11-23T09:00"  # it is 8:00: reception has no lead time
    answer = step(client, page, **NEW, service="rmt-60", start=times[0])
    assert (answer.status_code, answer.location) == (303, "/desk/2026-11-23")
    assert "Booked: 9:00 a.m., Monday 23 November" in client.get(answer.location).text
    assert rows(any_app, "name, phone, consented_at", "patient") == [("Ana Ruíz", "+16045550147", None)]
    assert rows(any_app, "created_by", "appointment") == [("reception",)]
    assert {kind for (kind,) in rows(any_app, "kind", "call_task")} <= {"confirmation", "reminder"}


def test_r1_a_known_patient_keeps_their_record(app: Flask, staff_client: StaffClient) -> None:
    """R1: found by part of the name and chosen: the new visit is theirs, with the address that is known."""
    reference = book(app, patient={"name": "Zoë Ångström", "email": "zoe@example.com"})
    client = staff_client("reception")
    page = step(client, opened(client), q="angst", search="1").text
    assert f'value="{reference}"' in page
    page = step(client, page, patient=reference).text
    assert 'name="tell" value="1" checked' in page
    page = step(client, page, patient=reference, service="needle-followup", times="1", on=TUESDAY).text
    start = TIME.findall(page)[2]
    answer = step(client, page, patient=reference, service="needle-followup", start=start, tell="1")
    assert answer.status_code == 303
    assert len(rows(app, "id", "patient")) == 1
    assert len(set(rows(app, "patient_id", "appointment"))) == 1


def test_e25_the_button_pressed_twice(app: Flask, staff_client: StaffClient) -> None:
    """E25: the same form sent again gives the same visit."""
    client = staff_client("reception")
    page = step(client, opened(client), **NEW, service="rmt-60", times="1").text
    for _ in range(2):
        answer = step(client, page, **NEW, service="rmt-60", start=TIME.findall(page)[0])
        assert answer.status_code == 303
    assert len(rows(app, "id", "appointment")) == 1


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"name": ""}, 422, "give your name"),
        ({"phone": ""}, 422, "e-mail address or a phone number"),
        ({"phone": "12"}, 422, "check the phone number"),
        ({"start": "2026-11-23T08:00"}, 409, "opening hours"),
        ({"start": "2026-11-23T12:00", "practitioner": "lam"}, 409, "not licensed"),
        ({"start": "2026-12-25T12:00"}, 409, "closed on this day"),
        ({"start": "soon"}, 422, "Choose one of the times"),
        ({"service": "nothing"}, 422, "no such service"),
        ({"service": "laser-45"}, 422, "safety notice"),
    ],
)
def test_bad_input_is_said_and_kept(
    app: Flask, staff_client: StaffClient, fields: dict[str, str], status: int, says: str
) -> None:
    """No name, a broken number, a closed day, no licence: words, what was typed stays, nothing booked."""
    client = staff_client("reception")
    page = opened(client)
    given = {**NEW, "service": "rmt-60", "start": "2026-11-23T09:00", **fields}
    answer = step(client, page, **given)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert f'value="{given["name"]}"' in answer.text
    assert rows(app, "id", "appointment") == []
    lint(answer.text, parse(answer.text), is_staff=True)


def test_a_taken_time_shows_free_ones_as_buttons(app: Flask, staff_client: StaffClient) -> None:
    """The time was taken meanwhile: the nearest free ones can be pressed at once."""
    client = staff_client("reception")
    for who in ("kim", "tremblay", "ahmadi"):
        person = {"name": who, "email": f"{who}@example.com"}
        try:
            book(
                app, "2026-11-25T13:00", service="rmt-60", practitioner=who, patient=person, first_visit=True
            )
        except AssertionError:
            continue  # not in on that day
    answer = step(client, opened(client), **NEW, service="rmt-60", start="2026-11-25T13:00")
    assert answer.status_code == 409
    assert len(TIME.findall(answer.text)) == 3


def test_no_name_travels_in_an_address(staff_client: StaffClient) -> None:
    """The form is sent, never asked for: what is typed stands in no address and no log."""
    client = staff_client("reception")
    page = step(client, opened(client), q="Zoë", search="1").text
    assert 'method="post"' in page
    assert "zoe" not in "".join(re.findall(r'href="([^"]*)"', page)).lower()
