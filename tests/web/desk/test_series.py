"""Weekly visits at the desk: date by date first, then all that is kept or none (E76, C10)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.staff import StaffClient
from tests.web.desk.test_book import HIDDEN, NEW, opened, step
from tests.web.desk.visits import book, rows

KEEP = re.compile(r'name="keep" value="([^"]+)"( checked)?')
FRIDAY = "2026-12-11"  # the third Friday from it is Christmas
GIVERS = (
    "SELECT p.code FROM appointment a JOIN practitioner p ON p.id = a.practitioner_id ORDER BY a.starts, a.id"
)
GIVEN = {**NEW, "service": "rmt-60", "practitioner": "kim", "weeks": "6", "on": FRIDAY}


def planned(client: FlaskClient, **more: str) -> str:
    page = step(client, opened(client), patient="new").text
    page = step(client, page, **GIVEN, times="1").text
    return step(client, page, **(GIVEN | more), exact_on=FRIDAY, exact_at="10:00", exact="1").text


def confirmed(client: FlaskClient, page: str, keep: list[str]) -> TestResponse:
    data = {**dict(HIDDEN.findall(page)), **GIVEN, "keep": keep, "series": "1"}
    return client.post("/desk/book", data=data)


def test_e76_a_holiday_is_shown_and_the_rest_kept_on_confirmation(
    any_app: Flask, staff_client: StaffClient
) -> None:
    """E76: of six Fridays Christmas and New Year are closed; nothing is booked before it is confirmed."""
    client = staff_client("reception")
    page = planned(client)
    assert page.count("The clinic is closed on this day.") == 2
    ticked = [start for start, checked in KEEP.findall(page) if checked]
    december = [f"2026-12-{day}T10:00" for day in (11, 18)]
    assert ticked == [*december, "2027-01-08T10:00", "2027-01-15T10:00"]
    assert rows(any_app, "SELECT count(*) FROM appointment") == [(0,)]
    answer = confirmed(client, page, ticked)
    assert (answer.status_code, answer.location) == (303, f"/desk/{FRIDAY}")
    assert "Booked: 4 visits." in client.get(answer.location).text
    query = "SELECT count(*), count(DISTINCT series), count(DISTINCT patient_id) FROM appointment"
    assert rows(any_app, query) == [(4, 1, 1)]
    again = confirmed(client, page, ticked)
    assert again.status_code == 303
    assert rows(any_app, "SELECT count(*) FROM appointment") == [(4,)]  # a double press books once


def test_c10_the_fourth_collides_and_none_is_booked(any_app: Flask, staff_client: StaffClient) -> None:
    """C10: somebody takes one of the dates in between: it is named, and there is no part of a series."""
    client = staff_client("reception")
    page = planned(client)
    ticked = [start for start, checked in KEEP.findall(page) if checked]
    book(any_app, ticked[3], service="rmt-60", practitioner="kim")
    answer = confirmed(client, page, ticked)
    assert (answer.status_code, "2027-01-15 10:00" in answer.text) == (409, True)
    assert NEW["name"] in answer.text
    assert rows(any_app, "SELECT count(*), count(series) FROM appointment") == [(1, 0)]


@pytest.mark.parametrize("keep", [[], ["x"], [f"2027-01-{day:02}T10:00" for day in range(1, 15)]])
def test_dates_that_cannot_be_a_series_are_refused(
    app: Flask, staff_client: StaffClient, keep: list[str]
) -> None:
    """No date, no date at all, too many: said, and nothing is booked."""
    client = staff_client("reception")
    page = planned(client)
    answer = confirmed(client, page, keep)
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert rows(app, "SELECT count(*) FROM appointment") == [(0,)]


def test_an_empty_choice_of_dates_is_said(app: Flask, staff_client: StaffClient) -> None:
    """Whoever unticks every date is told what to do."""
    client = staff_client("reception")
    assert "Keep at least one of the dates." in confirmed(client, planned(client), []).text


def test_too_many_weeks_are_said(app: Flask, staff_client: StaffClient) -> None:
    """More than twelve visits are no series."""
    assert "A series has 2 to 12 visits." in planned(staff_client("reception"), weeks="13")


def test_e76_one_date_alone_is_one_visit(app: Flask, staff_client: StaffClient) -> None:
    """E76: only one date kept: the answer counts one visit."""
    client = staff_client("reception")
    answer = confirmed(client, planned(client), [f"{FRIDAY}T10:00"])
    assert "Booked: 1 visit." in client.get(answer.location).text


def test_e76_another_time_or_person_can_be_kept_instead(app: Flask, staff_client: StaffClient) -> None:
    """E76: for a closed Friday the nearest free times are offered, with who gives them."""
    client = staff_client("reception")
    page = planned(client)
    instead = next(start for start, checked in KEEP.findall(page) if not checked)
    assert confirmed(client, page, [f"{FRIDAY}T10:00", instead]).status_code == 303
    assert rows(app, "SELECT count(*), count(DISTINCT series) FROM appointment") == [(2, 1)]


def test_e76_whose_time_was_pressed_gives_the_series(app: Flask, staff_client: StaffClient) -> None:
    """E76: planned with one person, it is booked with that person, though anybody was asked for."""
    client = staff_client("reception")
    anyone = GIVEN | {"practitioner": "", "weeks": "2"}
    page = step(client, opened(client), **anyone, start="2026-12-01T13:00 tremblay").text
    ticked = [start for start, checked in KEEP.findall(page) if checked]
    assert ticked == ["2026-12-01T13:00 tremblay", "2026-12-08T13:00 tremblay"]
    data = {**dict(HIDDEN.findall(page)), **anyone, "keep": ticked, "series": "1"}
    assert client.post("/desk/book", data=data).status_code == 303
    assert rows(app, GIVERS) == [("tremblay",), ("tremblay",)]


def test_e76_who_stands_in_for_the_first_date_is_not_asked_for_the_others(
    app: Flask, staff_client: StaffClient
) -> None:
    """E76: the person kept for one date is that date's; for the rest anybody will do, as planned."""
    book(app, "2026-12-08T13:00", service="rmt-60", practitioner="tremblay")
    client = staff_client("reception")
    data = {**dict(HIDDEN.findall(opened(client))), **GIVEN, "practitioner": "", "series": "1"}
    answer = client.post(
        "/desk/book", data={**data, "keep": ["2026-12-01T13:00 tremblay", "2026-12-08T13:00"]}
    )
    assert answer.status_code == 303
    assert rows(app, GIVERS) == [("tremblay",), ("tremblay",), ("kim",)]
