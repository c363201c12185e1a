"""Blocked time at the desk: visits first, a choice for each, nothing done before (R6, R7, E13, E42, E43)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.databases import MORNING, Clock
from tests.staff import StaffClient, csrf
from tests.web.api.calls import starts
from tests.web.desk.visits import TUESDAY, book, column
from tests.web.patients.lint import lint, parse

RADIO = re.compile(r'name="choice-([\w-]+)" value="(\w+)" checked')
VERSION = re.compile(r'name="(version-[\w-]+)" value="(\d+)"')
DAY = {"from_on": TUESDAY, "from_at": "09:00", "to_on": TUESDAY, "to_at": "17:00"}


def send(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/desk/blocks", data={"csrf_token": csrf(client, "/desk/blocks"), **DAY, **fields})


def suggested(page: str) -> dict[str, str]:
    """Return the fields of the visits as a page shows them, its own choices ticked."""
    chosen = {f"choice-{reference}": choice for reference, choice in RADIO.findall(page)}
    return chosen | dict(VERSION.findall(page))


def massage(app: Flask, at: str) -> str:
    return book(app, f"{TUESDAY}T{at}", service="rmt-60", practitioner="kim")


def test_r7_a_sick_call_from_form_to_call_list(any_app: Flask, staff_client: StaffClient) -> None:
    """R7: the form, the visits with the best choice ticked, one press, and the list of calls."""
    taken, rest = massage(any_app, "13:00"), massage(any_app, "10:00")
    client = staff_client("reception")
    assert "Somebody is off sick" in client.get("/desk/sick").text
    page = send(client, of="person:kim", kind="sick").text
    assert suggested(page) == {
        f"choice-{taken}": "other",
        f"choice-{rest}": "call",
        f"version-{taken}": "1",
        f"version-{rest}": "1",
    }
    assert "with Daniel Tremblay" in page
    assert 'name="tell" value="1" checked' in page
    assert column(any_app, "SELECT count(*) FROM block") == [0]
    lint(parse(page), is_staff=True)
    answer = send(client, of="person:kim", kind="sick", tell="1", **suggested(page))
    assert (answer.status_code, answer.location) == (303, f"/desk/{TUESDAY}")
    assert "Blocked. Visits: 1 moved, 1 to be called." in client.get(answer.location).text
    assert "The clinic cannot keep this time: find another" in client.get("/desk/calls").text


def test_a_visit_that_is_over_is_left_as_it_is(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """R6: nobody has said yet that it is done; it is not moved to another room, nor called away."""
    over, later = massage(app, "09:00"), massage(app, "10:30")
    clock.at = MORNING + timedelta(days=1, hours=2, minutes=5)
    page = send(staff_client("reception"), of="room:m1").text
    assert RADIO.findall(page) == [(over, "keep"), (later, "other")]


def test_free_time_is_blocked_at_once_and_given_back(any_app: Flask, staff_client: StaffClient) -> None:
    """Without visits one press does it; it is listed, stands in the day, and goes by one press."""
    client = staff_client("reception")
    assert send(client, of="room:n1", reason="Painted").status_code == 303
    page = client.get("/desk/blocks").text
    assert "Painted" in page
    (number,) = column(any_app, "SELECT id FROM block")
    answer = client.post(f"/desk/blocks/{number}/remove", data={"csrf_token": csrf(client, "/desk/blocks")})
    assert answer.status_code == 303
    assert column(any_app, "SELECT count(*) FROM claim") == [0]
    again = client.post(f"/desk/blocks/{number}/remove", data={"csrf_token": csrf(client, "/desk/blocks")})
    assert again.status_code == 404


def test_e42_the_whole_clinic_from_the_desk(app: Flask, staff_client: StaffClient) -> None:
    """E42: a closed day shows everybody's visits; those that stay are still there."""
    mine, other = book(app), massage(app, "10:00")
    client = staff_client("reception")
    page = send(client, of="clinic").text
    assert page.count("<fieldset") == 2
    chosen = suggested(page) | {f"choice-{mine}": "keep", f"choice-{other}": "cancel"}
    assert send(client, of="clinic", **chosen).status_code == 303
    assert column(app, "SELECT status FROM appointment ORDER BY id") == ["booked", "cancelled"]


@pytest.mark.parametrize(
    ("of", "kind", "hours", "affected"),
    [
        ("clinic", "block", ("00:00", "23:55"), 3),
        ("clinic", "block", ("12:30", "23:55"), 1),
        ("person:lam", "time_off", ("00:00", "23:55"), 2),
    ],
    ids=["holiday", "half day", "leave"],
)
def test_t11_a_closure_over_booked_visits_cancels_none(
    any_app: Flask, staff_client: StaffClient, of: str, kind: str, hours: tuple[str, str], affected: int
) -> None:
    """T11: those affected are listed, all stay unless chosen otherwise, and nothing new is offered in it."""
    book(any_app)
    book(any_app, f"{TUESDAY}T15:00", patient={"name": "Bo", "email": "bo@example.com"})
    massage(any_app, "10:00")
    client = staff_client("reception")
    given = {"of": of, "kind": kind, "from_at": hours[0], "to_at": hours[1]}
    page = send(client, **given).text
    assert page.count("<fieldset") == affected
    kept = {name: value if name.startswith("version") else "keep" for name, value in suggested(page).items()}
    assert send(client, **given, **kept).status_code == 303
    assert column(any_app, "SELECT DISTINCT status FROM appointment") == ["booked"]
    asked = {"service": "needle-followup", "practitioner": "lam", "from": TUESDAY, "to": TUESDAY}
    free = starts(any_app.test_client(), **asked)
    assert [at for at in free if hours[0] <= at[-5:]] == []
    assert bool(free) == (hours[0] == "12:30")


def test_e28_what_changed_meanwhile_is_shown_and_nothing_done(app: Flask, staff_client: StaffClient) -> None:
    """E28: a visit booked after the look is in the way: it is shown, what was chosen stays ticked."""
    first = massage(app, "10:00")
    client = staff_client("reception")
    chosen = suggested(send(client, of="person:kim", kind="sick").text) | {f"choice-{first}": "cancel"}
    later = massage(app, "13:00")
    answer = send(client, of="person:kim", kind="sick", **chosen)
    assert (answer.status_code, "have changed in the meantime" in answer.text) == (409, True)
    assert suggested(answer.text)[f"choice-{first}"] == "cancel"
    assert f"choice-{later}" in suggested(answer.text)
    assert column(app, "SELECT count(*) FROM block") == [0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_on": "2026-02-30"},
        {"to_at": "25:00"},
        {"to_at": "08:00"},
        {"to_at": "17:01"},
        {"to_on": "2028-11-24"},
        {"of": "person:nobody"},
        {"of": ""},
        {"kind": "holiday"},
        {"from_on": "", "from_at": ""},
    ],
)
def test_bad_input_is_said_and_kept(app: Flask, staff_client: StaffClient, wrong: dict[str, str]) -> None:
    """Each gets a sentence, keeps what was typed and blocks nothing."""
    client = staff_client("reception")
    answer = send(client, **({"of": "person:kim", "kind": "meeting", "reason": "Staff day"} | wrong))
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert "Staff day" in answer.text
    assert column(app, "SELECT count(*) FROM block") == [0]


def test_a_visit_that_has_begun_can_only_stay(app: Flask, staff_client: StaffClient) -> None:
    """A patient on the table is not moved by a sick call; forced, it is refused in words."""
    reference = massage(app, "10:00")
    client = staff_client("reception")
    page = client.get(f"/desk/visits/{reference}").text
    hidden = dict(re.findall(r'name="(csrf_token|version)" value="([^"]*)"', page))
    client.post(f"/desk/visits/{reference}/status", data={**hidden, "status": "in_room"})
    page = send(client, of="person:kim", kind="sick").text
    assert suggested(page)[f"choice-{reference}"] == "keep"
    assert 'value="cancel"' not in page
    forced = suggested(page) | {f"choice-{reference}": "cancel"}
    answer = send(client, of="person:kim", kind="sick", **forced)
    assert (answer.status_code, "can only stay" in answer.text) == (422, True)


def test_r7_a_sick_call_over_desk_work_and_a_closed_day_over_both(
    any_app: Flask, staff_client: StaffClient
) -> None:
    """R7, E42: blocks may overlap; given back one by one, the time is free when the last is gone."""
    client = staff_client("reception")
    assert send(client, of="person:kim", kind="admin", from_at="10:00", to_at="11:00").status_code == 303
    assert send(client, of="person:kim", kind="sick").status_code == 303
    assert send(client, of="clinic").status_code == 303
    for number in column(any_app, "SELECT id FROM block ORDER BY id"):
        assert starts(any_app.test_client(), service="rmt-60", practitioner="kim") == []
        form = {"csrf_token": csrf(client, "/desk/blocks")}
        assert client.post(f"/desk/blocks/{number}/remove", data=form).status_code == 303
    assert "11-24 10:00" in starts(any_app.test_client(), service="rmt-60", practitioner="kim")


@pytest.mark.parametrize(
    ("of", "says"),
    [
        ("person:lam", "Nobody else who could give it is free at that time"),
        ("room:l1", "No other room for it is free at that time."),
        ("device:laser-1", "It needs this device, and no other one is free at that time."),
        ("clinic", "The clinic is closed at that time."),
    ],
)
def test_r6_why_a_visit_has_no_other_place(app: Flask, staff_client: StaffClient, of: str, says: str) -> None:
    """R6: what is said fits what is blocked: a person, a room, a device, the whole clinic."""
    book(app, f"{TUESDAY}T10:00", service="laser-45", practitioner="lam", safety="ok")
    assert says in send(staff_client("reception"), of=of, kind="sick").text
