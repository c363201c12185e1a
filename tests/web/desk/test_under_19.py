"""Young patients: booked like everybody, marked by the desk (E53); and who comes along to a laser visit."""

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.staff import StaffClient
from tests.web.desk.test_book import HIDDEN, NEW, TIME, opened, rows, step
from tests.web.desk.test_patients import ZOE, number_of, post
from tests.web.desk.visits import TUESDAY, book

MARK = '<abbr class="flag" title="under 19: consent is talked about here">Y</abbr>'
SAME = {**ZOE, "phone": "", "language": "en-CA"}


def book_new(client: FlaskClient, service: str, **more: str) -> TestResponse:
    page = step(client, opened(client), **NEW, service=service, times="1", on=TUESDAY, **more).text
    return step(client, page, **NEW, service=service, start=TIME.findall(page)[0], **more)


def test_e53_a_new_patient_is_marked_on_the_phone(any_app: Flask, staff_client: StaffClient) -> None:
    """E53: a tick, no birth date; the letter stands in the calendar, beside the visit and on paper."""
    client = staff_client("reception")
    answer = book_new(client, "rmt-60", under_19="1")
    assert answer.status_code == 303
    assert rows(any_app, "name, under_19", "patient") == [("Ana Ruíz", True)]
    assert MARK in client.get(f"/desk/{TUESDAY}").text
    assert "<b>Y</b> under 19" in client.get(f"/desk/{TUESDAY}/sheet").text
    ((reference,),) = rows(any_app, "reference", "appointment")
    assert "under 19: consent is talked about here" in client.get(f"/desk/visits/{reference}").text


def test_e53_the_mark_is_set_and_taken_back_on_the_record(any_app: Flask, staff_client: StaffClient) -> None:
    """E53, E28: set and taken back by the same form, which the trail names; a stale form is refused."""
    number = number_of(any_app, book(any_app, patient=ZOE))
    client = staff_client("reception")
    assert MARK not in client.get(f"/desk/{TUESDAY}").text
    stale = dict(HIDDEN.findall(client.get(f"/desk/patients/{number}").text))
    assert post(client, number, "contact", **SAME, under_19="1").status_code == 303
    assert MARK in client.get(f"/desk/{TUESDAY}").text
    page = client.get(f"/desk/patients/{number}").text
    assert "reception: whether under 19 corrected<" in page
    refused = client.post(f"/desk/patients/{number}/contact", data={**stale, **SAME})
    assert (refused.status_code, rows(any_app, "under_19", "patient")) == (409, [(True,)])
    assert post(client, number, "contact", **SAME).status_code == 303
    assert MARK not in client.get(f"/desk/{TUESDAY}").text


def test_e11_a_companion_on_the_phone_takes_eyewear(any_app: Flask, staff_client: StaffClient) -> None:
    """E11: asked once the service allows one; a visit with two in the room holds three pairs, alone two."""
    client = staff_client("reception")
    page = step(client, opened(client), **NEW, service="rmt-60", times="1").text
    assert 'name="companion"' not in page
    page = step(client, opened(client), **NEW, service="laser-45", times="1").text
    assert 'name="companion"' in page
    assert book_new(client, "laser-45", safety="ok", companion="1").status_code == 303
    assert rows(any_app, "companion", "appointment") == [(True,)]
    eyewear = "resource JOIN device ON device.id = resource.device_id WHERE device.code = 'eyewear'"
    held = f"claim WHERE resource_id IN (SELECT resource.id FROM {eyewear})"
    assert len(rows(any_app, "resource_id", held)) == 3
