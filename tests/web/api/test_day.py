"""GET /day: a day's visits, for whoever has a staff member's token."""

import pytest
from flask import Flask

from booking.actions.clinics import get_clinic
from booking.actions.staff import make_token
from booking.house import house
from tests.staff import BY, member
from tests.web.api.calls import booked

DAY = "/api/v1/day/2026-11-24"


def token_of(app: Flask, role: str) -> dict[str, str]:
    member(app, role)
    with app.app_context():
        token = make_token(get_clinic(None), f"{role}@example.com", BY, house().now())
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("role", ["reception", "practitioner", "admin"])
def test_a4_the_day_in_order_of_time(any_app: Flask, role: str) -> None:
    """A4: reception and admin see every visit, a practitioner their own; codes, times, status, who it is."""
    visits = (("rmt-60", "2026-11-24T10:00", "kim"), ("needle-followup", "2026-11-24T09:00", "lam"))
    for service, start, who in visits:
        booked(any_app.test_client(), service=service, start=start, practitioner=who)
    answer = any_app.test_client().get(DAY, headers=token_of(any_app, role))
    assert answer.status_code == 200
    seen = [(one["start"], one["practitioner"], one["status"]) for one in answer.get_json()]
    both = [("2026-11-24T09:00:00-07:00", "lam", "booked"), ("2026-11-24T10:00:00-07:00", "kim", "booked")]
    assert seen == (both[:1] if role == "practitioner" else both)
    assert answer.get_json()[0]["room"] == "n1"


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer x", "Basic eDp4", "Bearer " + "a" * 43, "bearer " + "a" * 43]
)
def test_a4_without_a_valid_token_there_is_nothing(app: Flask, header: str | None) -> None:
    """A4: 401 and how to ask, whatever else was sent; a patient's token opens nothing here."""
    headers = {"Authorization": header} if header else {}
    answer = app.test_client().get(DAY, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="staff"'
    token = booked(app.test_client())["token"]
    assert app.test_client().get(DAY, headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "today", "20261124", "2026-1-1", "0000-01-01"])
def test_b9_no_such_day(app: Flask, day: str) -> None:
    """B9: what is no date is named as such."""
    answer = app.test_client().get(f"/api/v1/day/{day}", headers=token_of(app, "reception"))
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["date"])
