"""Running late at the desk: shown first, then only what is ticked is moved (R4, E72)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.records.database import reader
from tests.databases import MORNING, Clock
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import TUESDAY, book, send

BOX = re.compile(r'name="(move-[\w-]+)" value="([^"]+)"')
HALF_PAST_NINE = MORNING + timedelta(days=1, hours=1, minutes=30)


def starts(app: Flask) -> list[str]:
    with app.app_context():
        rows = reader().execute(text("SELECT starts FROM appointment ORDER BY id")).scalars()
        return [str(row)[11:16] for row in rows]


def massages(app: Flask, *times: str) -> list[str]:
    return [book(app, f"{TUESDAY}T{at}", service="rmt-60", practitioner="kim") for at in times]


def move(client: FlaskClient, **fields: str) -> TestResponse:
    token = csrf(client, "/desk/late?practitioner=kim&minutes=20")
    return client.post(
        "/desk/late", data={"csrf_token": token, "practitioner": "kim", "minutes": "20", **fields}
    )


def test_e72_shown_first_then_only_what_is_ticked(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E72, R4: looking moves nothing; of two that clash one is ticked, and only it moves."""
    massages(any_app, "09:00", "10:15")
    book(any_app, f"{TUESDAY}T11:30", service="rmt-30", practitioner="kim")
    clock.at = HALF_PAST_NINE
    client = staff_client("reception")
    page = client.get("/desk/late?practitioner=kim&minutes=20").text
    boxes = dict(BOX.findall(page))
    begins = [value[11:16] for value in boxes.values()]
    assert len(begins) == 2
    assert begins[0] >= "10:20"
    assert starts(any_app) == ["09:00", "10:15", "11:30"]
    last = list(boxes)[-1]
    answer = move(client, **{last: boxes[last], "tell": "1"})
    assert (answer.status_code, answer.location) == (303, f"/desk/{TUESDAY}")
    assert starts(any_app) == ["09:00", "10:15", begins[1]]


def test_e72_what_would_run_into_the_break_says_so(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E72, D11: what would end in the break when it begins later is marked before anybody ticks it."""
    massages(app, "09:45", "11:00")
    clock.at = HALF_PAST_NINE + timedelta(minutes=30)
    page = staff_client("reception").get("/desk/late?practitioner=kim&minutes=30").text
    assert page.count("The practitioner has a break at this time.") == 1


def test_e72_all_or_none(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """One that cannot be moved leaves the others where they are, and says which."""
    first, second = massages(app, "10:00", "12:45")[:2]
    clock.at = HALF_PAST_NINE
    client = staff_client("reception")
    wanted = {f"move-{first}": f"{TUESDAY}T10:20 1", f"move-{second}": f"{TUESDAY}T10:40 1"}
    answer = move(client, **wanted)
    assert (answer.status_code, second in answer.text) == (422, True)
    assert starts(app) == ["10:00", "12:45"]


def test_who_is_here_already_is_told_and_not_moved(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """R4: the patient waits in the house: from when on the hands are free, and nothing to tick or press."""
    (first,) = massages(app, "10:00")
    clock.at = HALF_PAST_NINE
    client = staff_client("reception")
    send(client, first, "status", status="arrived")
    page = client.get("/desk/late?practitioner=kim&minutes=60").text
    assert "is here already: hands are free from 10:30 a.m. on, tell them.</p>" in page
    assert (BOX.findall(page), "Move what is ticked" in page) == ([], False)


def test_e28_a_day_that_changed_is_shown_again(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """E28: a visit that somebody has just changed refuses the whole."""
    (first,) = massages(app, "10:00")
    clock.at = HALF_PAST_NINE
    client = staff_client("reception")
    send(client, first, "status", status="arrived")
    answer = move(client, **{f"move-{first}": f"{TUESDAY}T10:20 1"})
    assert (answer.status_code, "has changed in the meantime" in answer.text) == (409, True)
    assert starts(app) == ["10:00"]


@pytest.mark.parametrize(
    "query", ["practitioner=nobody&minutes=10", "practitioner=kim&minutes=7", "minutes=-5"]
)
def test_bad_input_is_said(app: Flask, staff_client: StaffClient, query: str) -> None:
    """Each gets a sentence."""
    answer = staff_client("reception").get(f"/desk/late?{query}")
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


@pytest.mark.parametrize("value", ["", "x 1", f"{TUESDAY}T10:20", f"{TUESDAY}T10:20 x"])
def test_a_form_that_is_not_ours_is_refused(app: Flask, staff_client: StaffClient, value: str) -> None:
    """Ticks that were made up move nothing."""
    (first,) = massages(app, "10:00")
    answer = move(staff_client("reception"), **{f"move-{first}": value})
    assert answer.status_code == 422
    assert move(staff_client("admin")).status_code == 422  # nothing ticked
    assert starts(app) == ["10:00"]
