"""The wait list at the desk: who waits, what is free for them, one press (R9, E60, E61)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.databases import MORNING, Clock
from tests.staff import StaffClient, csrf
from tests.web.desk.test_book import NEW, TIME, opened, rows, step
from tests.web.desk.test_patients import ZOE, number_of, post
from tests.web.desk.visits import TUESDAY, book, send
from tests.web.patients.lint import lint, parse

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
WISH = {"day": ["Tue"], "part": "morning", "until": "2026-12-08"}
LAM = {"service": "needle-followup", "practitioner": "lam"}
ENTRY = re.compile(r"/desk/waiting/(\d+)/remove")


def wait(client: FlaskClient, who: dict[str, str], **more: object) -> TestResponse:
    """Put somebody on the list as the booking form leads there."""
    page = step(client, opened(client), **who, **LAM, times="1").text
    assert 'formaction="/desk/waiting/new"' in page
    asked = client.post("/desk/waiting/new", data={**dict(HIDDEN.findall(page)), **who, **LAM}).text
    lint(parse(asked), is_staff=True)
    given = {**dict(HIDDEN.findall(asked)), **who, **LAM, **WISH, **more}
    return client.post("/desk/waiting", data=given)


def listed(client: FlaskClient) -> str:
    return client.get("/desk/waiting").text


def press(client: FlaskClient, page: str, start: str, **more: str) -> TestResponse:
    """Press a free time beside the first entry of the list."""
    return client.post("/desk/book", data={**dict(HIDDEN.findall(page)), "start": start, **more})


def test_r9_who_waits_is_booked_by_one_press(any_app: Flask, staff_client: StaffClient) -> None:
    """R9: name and phone suffice; only times that suit stand beside the name; booked, the entry is gone."""
    client = staff_client("reception")
    assert "Nobody waits" in listed(client)
    answer = wait(client, NEW)
    assert (answer.status_code, answer.location) == (303, "/desk/waiting")
    page = listed(client)
    lint(parse(page), is_staff=True)
    times = TIME.findall(page)
    assert [one.split()[0] for one in times] == [f"{TUESDAY}T{at}" for at in ("09:00", "09:15", "09:30")]
    assert press(client, page, times[1]).status_code == 303
    assert "Nobody waits" in listed(client)
    assert rows(any_app, "name, phone", "patient") == [("Ana Ruíz", "+16045550147")]
    assert rows(any_app, "starts, patient_id", "appointment") != []
    assert rows(any_app, "closed_at IS NULL, appointment_id", "wait_entry") == [
        (False, rows(any_app, "id", "appointment")[0][0])
    ]


def test_e60_two_receptionists_press_at_once(any_app: Flask, staff_client: StaffClient) -> None:
    """E60: the second is told that it is settled; one visit, though the other time was free, too."""
    client, other = staff_client("reception"), staff_client("admin")
    wait(client, NEW)
    page, seen = listed(client), listed(other)
    times = TIME.findall(page)
    assert press(client, page, times[0]).status_code == 303
    late = press(other, seen, times[2])
    assert late.status_code == 409
    assert "Somebody has settled this entry of the wait list a moment ago. Nothing was booked." in late.text
    assert len(rows(any_app, "id", "appointment")) == 1


def test_r9_a_cancelled_time_says_who_could_take_it(any_app: Flask, staff_client: StaffClient) -> None:
    """R9: beside the news of a cancellation or a move; whose wish it does not meet is not counted."""
    client = staff_client("reception")
    first = book(any_app, start=f"{TUESDAY}T10:00")
    second = book(any_app, start=f"{TUESDAY}T15:00", patient=ZOE)
    wait(client, NEW)
    send(client, second, "cancel")
    assert "Cancelled. The time is free again.<" in client.get(f"/desk/{TUESDAY}").text
    send(client, first, "cancel")
    assert "free again. 1 on the wait list could take it." in client.get(f"/desk/{TUESDAY}").text


def test_r9_taken_off_and_put_back(any_app: Flask, staff_client: StaffClient) -> None:
    """Removing has Undo; what is off cannot be taken off again; a stranger's number is no entry."""
    client = staff_client("reception")
    wait(client, NEW)
    token = {"csrf_token": csrf(client, "/desk/waiting")}
    (number,) = ENTRY.findall(listed(client))
    assert client.post(f"/desk/waiting/{number}/remove", data=token).status_code == 303
    page = listed(client)
    assert "Nobody waits" in page
    assert f'action="/desk/waiting/{number}/back"' in page
    assert client.post(f"/desk/waiting/{number}/remove", data=token).status_code == 409
    assert client.post(f"/desk/waiting/{number}/back", data=token).status_code == 303
    assert client.post(f"/desk/waiting/{number}/back", data=token).status_code == 409
    assert ENTRY.findall(listed(client)) == [number]
    assert client.post("/desk/waiting/999/remove", data=token).status_code == 404


def test_e61_a_time_within_the_notice_is_marked(app: Flask, staff_client: StaffClient) -> None:
    """E61: patients could not book it online any more; reception can, and sees that it is soon."""
    client = staff_client("reception")
    wait(client, NEW, day=["Mon"], practitioner="")
    page = listed(client)
    assert "(soon)" in page
    assert press(client, page, TIME.findall(page)[0]).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": []}, "Choose at least one day of the week."),
        ({"day": ["Caturday"]}, "Choose at least one day of the week."),
        ({"until": "2026-11-22"}, "Give the last day that would do, from today to"),
        ({"until": "2026-02-30"}, "Give the last day that would do, from today to"),
        ({"until": "2027-11-22"}, "Give the last day that would do, from today to"),
        ({"part": "midnight"}, "Choose one of: any, morning, afternoon, evening."),
        ({"service": "surgery"}, "There is no such service."),
        ({"practitioner": "nobody"}, "There is no such practitioner."),
        ({"name": ""}, "Give the patient&#39;s name."),
        ({"phone": "12"}, "Please check the phone number"),
    ],
)
def test_a_wish_that_cannot_be_meant(
    app: Flask, staff_client: StaffClient, wrong: dict[str, str], said: str
) -> None:
    """Each says what to do, keeps what was typed and changes nothing."""
    client = staff_client("reception")
    answer = wait(client, NEW, **wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert ("Ana Ruíz" in answer.text) is ("name" not in wrong)
    assert rows(app, "id", "wait_entry") == rows(app, "id", "patient") == []


def test_a_wish_ends_with_its_last_day(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """Whoever waited until yesterday is not called today; what left the menu offers nothing."""
    client = staff_client("reception")
    wait(client, NEW, until="2026-11-24")
    clock.at = MORNING + timedelta(days=2)
    assert "Nobody waits" in staff_client("admin").get("/desk/waiting").text


def test_e52_a_merged_record_takes_its_wishes_along(any_app: Flask, staff_client: StaffClient) -> None:
    """E52: joined and taken apart, the entry belongs to whom it belonged."""
    client = staff_client("reception")
    keep = number_of(any_app, book(any_app, patient=ZOE))
    gone_reference = book(any_app, start=f"{TUESDAY}T12:00", patient={**ZOE, "phone": "604-555-0123"})
    gone = number_of(any_app, gone_reference)
    wait(client, {"patient": gone_reference})
    assert rows(any_app, "patient_id", "wait_entry") == [(gone,)]
    assert post(client, keep, "merge", other=str(gone)).status_code == 303
    assert rows(any_app, "patient_id", "wait_entry") == [(keep,)]
    assert post(client, gone, "unmerge").status_code == 303
    assert rows(any_app, "patient_id", "wait_entry") == [(gone,)]
