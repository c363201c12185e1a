"""Booking by phone at the desk: one form, step by step, every rule the same as online."""

import json
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.records.database import reader
from tests.databases import MORNING, Clock
from tests.staff import StaffClient
from tests.web.desk.visits import TUESDAY, book, send
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
    assert rows(any_app, "kind", "call_task") == []  # they are on the phone: it is confirmed


@pytest.mark.parametrize(
    ("query", "field", "focused"),
    [("Ana Ruíz", "name", "phone"), (" 604 555 0147", "phone", "name"), ("ana@example.com", "email", "name")],
)
def test_r1_what_was_searched_for_is_not_typed_again(
    app: Flask, staff_client: StaffClient, query: str, field: str, focused: str
) -> None:
    """R1: nobody is found by it, so it is the new patient's; the next empty field has the focus."""
    client = staff_client("reception")
    inputs = parse(step(client, opened(client), q=query, patient="new").text).findall(".//input[@id]")
    typed = {one.get("id"): one.get("value") for one in inputs if one.get("id") in ("name", "phone", "email")}
    assert typed == {"name": "", "phone": "", "email": "", field: query.strip()}
    assert [one.get("id") for one in inputs if "autofocus" in one.attrib] == [focused]


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
        ({"name": ""}, 422, "Give the patient&#39;s name."),
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
    lint(parse(answer.text), is_staff=True)


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


def test_r2_what_is_free_instead_has_not_passed(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """R2: a walk-in for somebody who is busy: who with and until when, and quarters from now on only."""
    book(app, "2026-11-23T10:15", service="rmt-60", practitioner="kim")
    clock.at = MORNING + timedelta(hours=2, minutes=20)
    client = staff_client("reception")
    page = chosen(client, "rmt-30", practitioner="kim")
    answer = step(client, page, **NEW, service="rmt-30", practitioner="kim", now="1")
    assert (answer.status_code, "Sarah Kim is with" in answer.text) == (409, True)
    times = TIME.findall(answer.text)
    assert len(times) == 3
    assert all(one > "2026-11-23T10:20" and one[14:16] in ("00", "15", "30", "45") for one in times)


def test_r2_a_walk_in_for_anyone_names_who_is_in_and_busy(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """R2: one therapist is in and treats somebody; that others are not in yet is no time just taken."""
    book(
        app,
        f"{TUESDAY}T10:00",
        service="rmt-60",
        practitioner="kim",
        patient={"name": "Hạnh", "phone": "604-555-0148"},
    )
    clock.at = MORNING + timedelta(days=1, hours=2, minutes=3)
    client = staff_client("reception")
    answer = step(client, chosen(client, "rmt-30"), **NEW, service="rmt-30", now="1")
    assert (answer.status_code, "Sarah Kim is with Hạnh until 11:15 a.m." in answer.text) == (409, True)
    assert "just been taken" not in answer.text


def test_d11_with_hours_set_aside_anyone_is_somebody_of_that_day(
    app: Flask, staff_client: StaffClient
) -> None:
    """D11: before opening on a Tuesday, not the therapist who has the day off and the fewest visits."""
    book(app, service="rmt-60", practitioner="kim")
    book(app, f"{TUESDAY}T13:00", service="rmt-60", practitioner="tremblay")
    client = staff_client("reception")
    at = {"exact_on": TUESDAY, "exact_at": "07:30", "exact": "1", "reason": "Both agreed"}
    assert step(client, chosen(client, "rmt-30"), **NEW, service="rmt-30", **at).status_code == 303
    assert rows(app, "practitioner_id", "appointment")[-1] in rows(app, "practitioner_id", "appointment")[:2]


def test_r1_the_laser_notice_comes_before_the_times(app: Flask, staff_client: StaffClient) -> None:
    """R1: it has the focus until it is answered; a time pressed before is refused, and the list stays."""
    client = staff_client("reception")
    page = chosen(client, "laser-30")
    assert re.findall(r"<(\w+) [^>]*autofocus", page) == ["select"]
    refused = step(client, page, **NEW, service="laser-30", on=TUESDAY, start=TIME.findall(page)[0])
    assert (refused.status_code, "safety notice" in refused.text) == (422, True)
    assert TIME.findall(refused.text) == TIME.findall(page)
    answered = chosen(client, "laser-30", safety="ok")
    assert re.findall(r"<(\w+) [^>]*autofocus", answered) == ["button"]


def test_no_name_travels_in_an_address(staff_client: StaffClient) -> None:
    """The form is sent, never asked for: what is typed stands in no address and no log."""
    client = staff_client("reception")
    page = step(client, opened(client), q="Zoë", search="1").text
    assert 'method="post"' in page
    assert "zoe" not in "".join(re.findall(r'href="([^"]*)"', page)).lower()


def chosen(client: FlaskClient, service: str = "needle-followup", **more: str) -> str:
    """Return the form's page with the free times of a service."""
    page = step(client, opened(client), patient="new").text
    return step(client, page, **NEW, service=service, times="1", on=TUESDAY, **more).text


def test_r2_e77_a_walk_in_starts_now_off_the_grid(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """R2, E77: at 13:03 on a Tuesday the next free person starts at 13:05; what was passed over is kept."""
    clock.at = MORNING + timedelta(days=1, hours=5, minutes=3, seconds=10)
    client = staff_client("reception")
    page = chosen(client, "rmt-30")
    answer = step(client, page, **NEW, service="rmt-30", exact_on=TUESDAY, exact_at="", now="1")
    assert (answer.status_code, answer.location) == (303, f"/desk/{TUESDAY}")
    assert rows(any_app, "starts", "appointment")[0][0] in (
        f"{TUESDAY} 13:05:00.000000",
        datetime.fromisoformat(f"{TUESDAY}T13:05"),
    )
    assert last_trail(any_app)["override"] == "lead"


def test_any_time_can_be_typed(app: Flask, staff_client: StaffClient) -> None:
    """Staff are not bound to the grid: a time between the offered ones is booked as typed."""
    client = staff_client("reception")
    page = chosen(client)
    given = {"service": "needle-followup", "exact_on": TUESDAY, "exact_at": "10:35", "exact": "1"}
    answer = step(client, page, **NEW, **given)
    assert answer.status_code == 303
    assert "10:35:00" in str(rows(app, "starts", "appointment")[0][0])
    assert last_trail(app)["override"] == "grid"


@pytest.mark.parametrize(
    ("on", "at"), [(TUESDAY, ""), ("2026-02-30", "10:00"), (TUESDAY, "25:00"), ("", "10:00")]
)
def test_a_time_that_there_is_not_is_said(app: Flask, staff_client: StaffClient, on: str, at: str) -> None:
    """Each gets a sentence, keeps what was typed and books nothing."""
    client = staff_client("reception")
    answer = step(client, chosen(client), **NEW, service="rmt-60", exact_on=on, exact_at=at, exact="1")
    assert (answer.status_code, "Choose one of the times" in answer.text) == (422, True)
    assert NEW["name"] in answer.text
    assert rows(app, "id", "appointment") == []


@pytest.mark.parametrize(
    ("service", "who", "on", "at", "code"),
    [
        ("needle-followup", "lam", TUESDAY, "13:00", "break"),
        ("needle-followup", "lam", TUESDAY, "17:30", "shift"),
        ("rmt-60", "kim", TUESDAY, "18:30", "hours"),
        ("rmt-60", "kim", "2026-12-25", "10:00", "closed"),
    ],
)
def test_d11_hours_are_set_aside_for_a_reason_only(
    any_app: Flask, staff_client: StaffClient, service: str, who: str, on: str, at: str, code: str
) -> None:
    """D11, R12: hours, shift, break and closure refuse without a reason; with one it is booked, and kept."""
    client = staff_client("reception")
    given = {**NEW, "service": service, "practitioner": who, "exact_on": on, "exact_at": at, "exact": "1"}
    refused = step(client, chosen(client, service), **given)
    assert refused.status_code == 409
    _, _, below = refused.text.partition("Give a reason below to book it all the same.</p>\n")
    assert below.startswith('<div class="field"><label for="reason">Reason to do it all the same')
    assert rows(any_app, "id", "appointment") == []
    booked = step(client, refused.text, **given, reason="Regular patient, agreed with everybody")
    assert (booked.status_code, booked.location) == (303, f"/desk/{on}")
    told = last_trail(any_app)
    assert (told["override"], told["reason"]) == (code, "Regular patient, agreed with everybody")
    reference = rows(any_app, "reference", "appointment")[0][0]
    seen = client.get(f"/desk/visits/{reference}").text
    assert "Done all the same: Regular patient, agreed with everybody<" in seen
    assert NEW["name"] in client.get(f"/desk/{on}").text


def test_e17_no_reason_sets_physics_or_licences_aside(any_app: Flask, staff_client: StaffClient) -> None:
    """E17, D11: not another's licence, nor hands that are busy, nor a patient in two places."""
    book(any_app, f"{TUESDAY}T12:00")
    client = staff_client("reception")
    page = chosen(client)
    for more in (
        {"practitioner": "kim", "exact_at": "10:00"},
        {"practitioner": "lam", "exact_at": "12:00"},
    ):
        given = {**NEW, "service": "needle-followup", "exact_on": TUESDAY, "exact": "1", "reason": "I insist"}
        assert step(client, page, **given, **more).status_code == 409
    assert len(rows(any_app, "id", "appointment")) == 1


def test_d11_a_move_may_set_hours_aside_too(app: Flask, staff_client: StaffClient) -> None:
    """D11: the same rule when a visit is moved: asked for a reason, then done and kept."""
    reference = book(app)
    client = staff_client("reception")
    refused = send(client, reference, "move", on=TUESDAY, at="13:00", practitioner="lam")
    assert (refused.status_code, "Reason to do it all the same" in refused.text) == (409, True)
    moved = send(client, reference, "move", on=TUESDAY, at="13:00", practitioner="lam", reason="She asked")
    assert moved.status_code == 303
    assert last_trail(app)["reason"] == "She asked"


def last_trail(app: Flask) -> dict[str, str]:
    """Return what the newest row of the trail says of after."""
    stored = rows(app, '"after"', "audit")[-1][0]
    found: dict[str, str] = json.loads(stored) if isinstance(stored, str) else stored  # type: ignore[assignment]
    return found


def test_book_again_fills_in_who_what_and_with_whom(app: Flask, staff_client: StaffClient) -> None:
    """From a visit: the same patient, service and person; what there is not is the empty form."""
    patient = {"name": "Zoë A", "phone": "604-555-0101"}
    reference = book(app, service="rmt-60", practitioner="kim", patient=patient)
    client = staff_client("reception")
    assert f'href="/desk/book?again={reference}"' in client.get(f"/desk/visits/{reference}").text
    page = client.get(f"/desk/book?again={reference}").text
    assert "Zoë A" in page
    assert 'value="rmt-60" selected' in page
    assert 'value="kim" selected' in page
    assert "part of name" in client.get("/desk/book?again=x").text


def test_e75_what_was_done_on_paper_is_typed_in_later(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E75: in the evening a visit of the morning is entered with its true time, and marked as done."""
    clock.at = MORNING + timedelta(days=1, hours=9)
    client = staff_client("reception")
    given = {"service": "needle-followup", "exact_on": TUESDAY, "exact_at": "10:35", "exact": "1"}
    assert step(client, chosen(client), **NEW, **given).status_code == 303
    ((reference,),) = rows(app, "reference", "appointment")
    assert send(client, str(reference), "status", status="fulfilled").status_code == 303
    assert last_trail(app)["status"] == "fulfilled"


def test_e25_back_and_another_time_is_one_more_visit(app: Flask, staff_client: StaffClient) -> None:
    """E25, R1: the form of a visit that was booked says so once, then books the other one too."""
    client = staff_client("reception")
    page = step(client, opened(client), **NEW, service="rmt-60", times="1", on=TUESDAY).text
    first, other = f"{TUESDAY}T10:00", f"{TUESDAY}T13:30"
    assert step(client, page, **NEW, service="rmt-60", start=first).status_code == 303
    answer = step(client, page, **NEW, service="rmt-60", start=other)
    assert (answer.status_code, "Press once more" in answer.text) == (422, True)
    assert step(client, answer.text, **NEW, service="rmt-60", start=other).status_code == 303
    assert len(rows(app, "id", "appointment")) == 2


@pytest.mark.parametrize(("at", "code"), [("9:30", 303), (" 13:30 ", 303), ("1330", 422), ("13:31", 409)])
def test_r1_a_time_as_people_type_it(app: Flask, staff_client: StaffClient, at: str, code: int) -> None:
    """R1: what every other form of the desk takes for a time, this one takes too."""
    client = staff_client("reception")
    typed = {**NEW, "service": "rmt-60", "exact": "1", "exact_on": TUESDAY, "exact_at": at}
    assert step(client, opened(client), **typed).status_code == code


@pytest.mark.parametrize("on", ["0001-01-01", "1970-01-01", "2100-01-01", "9999-12-20", "9999-12-31"])
def test_b1_days_that_no_clinic_has(app: Flask, staff_client: StaffClient, on: str) -> None:
    """B1: no fault of ours at either end of the calendar, and no visit there."""
    client = staff_client("reception")
    typed = {**NEW, "service": "needle-followup"}
    exact = {"exact": "1", "exact_on": on, "exact_at": "10:00", "reason": "so be it"}
    assert step(client, opened(client), **typed, times="1", on=on).status_code == 200
    assert step(client, opened(client), **typed, **exact).status_code == 422
    assert step(client, opened(client), **typed, **exact, weeks="6").status_code == 422
    assert step(client, opened(client), **typed, keep=f"{on}T10:00", series="1").status_code == 422
    assert client.get(f"/desk/{on}/grid").status_code in (200, 404)
    assert rows(app, "id", "appointment") == []


def test_the_day_that_is_looked_at_is_the_first_that_is_offered(
    app: Flask, staff_client: StaffClient
) -> None:
    """R1: from Thursday's page a booking begins on Thursday, through search and choice of the patient."""
    client = staff_client("reception")
    page = client.get("/desk/2026-11-26").text
    assert 'href="/desk/book?on=2026-11-26"' in page
    page = client.get("/desk/book?on=2026-11-26").text
    page = step(client, page, q="nobody", search="1").text
    page = step(client, page, patient="new").text
    assert 'name="on" type="date" value="2026-11-26"' in page
    page = step(client, page, **NEW, on="2026-11-26", service="rmt-60", times="1").text
    assert TIME.findall(page)[0] == "2026-11-26T09:00"
