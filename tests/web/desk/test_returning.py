"""Who comes again: the service that likely follows, and a first visit that would be none (R1)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.staff import StaffClient
from tests.web.desk.test_book import rows, step
from tests.web.desk.visits import TUESDAY, book, send
from tests.web.patients.lint import lint, parse

CHOSEN = re.compile(r'<option value="([\w-]+)" selected>')
BEFORE = "This patient has been booked for this treatment before, last for Tuesday 24 November 2026."
FIRST = {"service": "needle-initial", "first_visit": True}
LASER = {"service": "laser-initial", "first_visit": True, "safety": "ok"}


def chosen(client: FlaskClient, reference: str) -> str:
    """Return the service that stands in the form once the patient is chosen."""
    return CHOSEN.findall(step(client, client.get("/desk/book").text, patient=reference).text)[0]


@pytest.mark.parametrize(
    ("had", "service"),
    [
        ({"service": "needle-followup"}, "needle-followup"),
        (FIRST, "needle-followup"),
        (LASER, "laser-45"),
        ({"service": "rmt-90", "practitioner": "kim", "first_visit": True}, "rmt-90"),
    ],
)
def test_r1_the_service_of_last_time_is_chosen(
    app: Flask, staff_client: StaffClient, had: dict[str, object], service: str
) -> None:
    """R1: what they had stands in the form, after a first visit its follow-up; so does "Book again"."""
    reference = book(app, **had)
    client = staff_client("reception")
    assert chosen(client, reference) == service
    assert CHOSEN.findall(client.get(f"/desk/book?again={reference}").text)[0] == service


def test_r1_a_first_visit_that_was_cancelled_is_still_to_be_had(
    app: Flask, staff_client: StaffClient
) -> None:
    """R1: cancelled, it stays a first visit, and nothing is pointed out."""
    reference = book(app, **FIRST)
    client = staff_client("reception")
    send(client, reference, "cancel")
    assert chosen(client, reference) == "needle-initial"
    page = step(client, client.get("/desk/book").text, patient=reference).text
    assert "has been booked for this treatment before" not in page


def test_e47_another_first_visit_is_pointed_out_and_can_be_booked(
    any_app: Flask, staff_client: StaffClient
) -> None:
    """E47: said before it is booked, whichever record of the person is meant; never for another kind."""
    ana = {"name": "Ana", "email": "ana@example.com"}
    book(any_app, **FIRST, patient=ana)
    massage = book(
        any_app, f"{TUESDAY}T13:00", service="rmt-60", practitioner="kim", first_visit=True, patient=ana
    )
    client = staff_client("reception")
    page = client.get("/desk/book").text
    given = {"patient": massage, "service": "needle-initial", "times": "1", "on": "2026-11-25"}
    answer = step(client, page, **given)
    assert BEFORE in answer.text
    lint(parse(answer.text), is_staff=True)
    laser = step(client, page, **given | {"service": "laser-initial"})
    assert "has been booked for this treatment before" not in laser.text
    start = re.findall(r'name="start" value="([^"]+)"', answer.text)[0]
    booked = step(client, answer.text, patient=massage, service="needle-initial", start=start)
    assert booked.status_code == 303
    assert len(rows(any_app, "id", "appointment")) == 3


def test_e47_no_time_is_offered_at_which_the_patient_is_here_anyway(
    any_app: Flask, staff_client: StaffClient
) -> None:
    """E47: the resting half of their own visit is free for others; they begin after it."""
    reference = book(any_app)
    client = staff_client("reception")
    page = client.get("/desk/book").text
    given = {"service": "needle-followup", "practitioner": "lam", "times": "1", "on": TUESDAY}
    theirs = re.findall(r'name="start" value="([^"]+)"', step(client, page, patient=reference, **given).text)
    others = re.findall(r'name="start" value="([^"]+)"', step(client, page, patient="new", **given).text)
    assert others[0] == f"{TUESDAY}T09:15"
    assert theirs[0] >= f"{TUESDAY}T10:00"
    assert len(theirs) == 6
