"""Looking up, cancelling and moving an appointment by its token."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.databases import Clock
from tests.web.api.calls import API, booked, person, slots, starts


def path(token: str, what: str = "") -> str:
    """The address of an appointment."""
    return f"{API}/appointments/{token}{what}"


def test_a7_the_appointment_is_what_the_booking_answered(any_app: Flask) -> None:
    """A7: GET tells exactly the members of the 201, and nothing of the person."""
    client = any_app.test_client()
    made = booked(client)
    answer = client.get(path(made["token"]))
    assert (answer.status_code, answer.json) == (200, made)


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "%ed%a0%80", "a" * 3000, "..", "null"])
@pytest.mark.parametrize("what", ["", "/cancel", "/move"])
def test_a5_an_unknown_token_opens_nothing(client: FlaskClient, token: str, what: str) -> None:
    """A5: no token but the right one is answered otherwise than 404, broken bytes 400."""
    call = client.post if what else client.get
    answer = call(path(token, what), json={"start": "2026-11-24T11:00"} if what else None)
    assert answer.status_code in (400, 404)
    assert answer.content_type == "application/problem+json"


def test_unknown_tokens_are_answered_alike(client: FlaskClient) -> None:
    """A5: another's token, mistyped, is answered byte for byte as any other unknown one."""
    made = booked(client)
    wrong = [client.get(path(token)).get_data() for token in (made["token"][:-1] + "_", "B" * 43)]
    assert wrong[0] == wrong[1]


def test_cancelling_frees_the_time_after_the_undo_window(any_app: Flask, clock: Clock) -> None:
    """E63: cancelled at once, offered online again three minutes later."""
    client = any_app.test_client()
    made = booked(client, service="rmt-60", start="2026-11-25T10:00", practitioner="kim")
    question = {"service": "rmt-60", "practitioner": "kim", "from": "2026-11-25", "to": "2026-11-25"}
    answer = client.post(path(made["token"], "/cancel"))
    assert (answer.status_code, answer.json) == (200, made | {"status": "cancelled"})
    assert "11-25 10:00" not in starts(client, **question)
    clock.at = datetime(2026, 11, 23, 15, 3, tzinfo=UTC)
    assert "11-25 10:00" in starts(client, **question)


def test_e56_cancelling_again_is_a_friendly_no_op(client: FlaskClient) -> None:
    """E56: the second call answers 200 with the same words."""
    made = booked(client, start="2026-11-25T12:00")
    first, second = (client.post(path(made["token"], "/cancel")) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_data() == second.get_data()


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (datetime(2026, 11, 24, 19, 0, tzinfo=UTC), 200),  # 24 h before 12:00 on Wednesday
        (datetime(2026, 11, 24, 19, 0, 0, 1, tzinfo=UTC), 403),
        (datetime(2026, 11, 25, 19, 0, tzinfo=UTC), 403),  # begun
        (datetime(2026, 11, 26, 19, 0, tzinfo=UTC), 403),  # past
    ],
)
@pytest.mark.parametrize("what", ["/cancel", "/move"])
def test_e37_exactly_24_hours_before_is_in_time(
    client: FlaskClient, clock: Clock, what: str, now: datetime, status: int
) -> None:
    """E37: in time it works, later it is 403 `too_late` and nothing changes."""
    made = booked(client, start="2026-11-25T12:00")
    clock.at = now
    answer = client.post(path(made["token"], what), json={"start": "2026-12-02T12:00"})
    assert answer.status_code == status
    if status == 403:
        assert answer.json["code"] == "too_late"
        assert client.get(path(made["token"])).json == made


def test_moving_keeps_the_person_unless_said_otherwise(client: FlaskClient) -> None:
    """Contract: practitioner absent is the same person; the token stays."""
    made = booked(client, service="rmt-60", start="2026-11-25T10:00", practitioner="kim")
    answer = client.post(path(made["token"], "/move"), json={"start": "2026-11-30T10:00"})
    moved = {"start": "2026-11-30T10:00:00-07:00", "end": "2026-11-30T11:00:00-07:00"}
    assert (answer.status_code, answer.json) == (200, made | moved)
    afternoon = client.post(path(made["token"], "/move"), json={"start": "2026-11-30T17:00"})
    assert (afternoon.status_code, afternoon.json["code"]) == (409, "not_offered")
    anyone = client.post(
        path(made["token"], "/move"), json={"start": "2026-11-30T17:00", "practitioner": None}
    )
    assert (anyone.status_code, anyone.json["practitioner"]) == (200, "tremblay")


def test_a_move_onto_a_taken_time_changes_nothing(client: FlaskClient) -> None:
    """E26: 409 `slot_taken` with three free starts; the old time is untouched."""
    made = booked(client, service="rmt-60", start="2026-11-25T10:00", practitioner="kim", patient=person(1))
    booked(client, service="rmt-60", start="2026-11-30T10:00", practitioner="kim", patient=person(2))
    answer = client.post(path(made["token"], "/move"), json={"start": "2026-11-30T10:00"})
    assert (answer.status_code, answer.json["code"]) == (409, "slot_taken")
    assert len(answer.json["nearest"]) >= 3
    assert client.get(path(made["token"])).json == made


def test_a_cancelled_visit_cannot_be_moved(client: FlaskClient) -> None:
    """It is 403 `too_late`: there is nothing left to move."""
    made = booked(client, start="2026-11-25T12:00")
    client.post(path(made["token"], "/cancel"))
    answer = client.post(path(made["token"], "/move"), json={"start": "2026-12-02T12:00"})
    assert (answer.status_code, answer.json["code"]) == (403, "too_late")


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({}, {"start"}),
        ({"start": 5}, {"start"}),
        ({"start": "2026-02-30T09:00"}, {"start"}),
        ({"start": "2026-11-30T10:00", "practitioner": 5}, {"practitioner"}),
        ({"start": "2026-11-30T10:00", "practitioner": "who"}, {"practitioner"}),
    ],
)
def test_a_move_that_is_wrong_by_itself_is_422(
    client: FlaskClient, wrong: dict[str, object], fields: set[str]
) -> None:
    """B9: wrong types, dates and people are named."""
    made = booked(client, start="2026-11-25T12:00")
    answer = client.post(path(made["token"], "/move"), json=wrong)
    assert (answer.status_code, set(answer.json["fields"])) == (422, fields)


def test_e55_reading_changes_nothing(client: FlaskClient) -> None:
    """E55: GET, HEAD and OPTIONS of every address of an appointment leave it as it was."""
    made = booked(client, start="2026-11-25T12:00")
    before = slots(client)
    for what in ("", "/cancel", "/move"):
        for call in (client.get, client.head, client.options):
            call(path(made["token"], what))
    assert client.get(path(made["token"])).json == made
    assert slots(client) == before


def test_a3_a_token_opens_its_own_visit_only(client: FlaskClient) -> None:
    """A3: two visits, two tokens, each sees one."""
    one = booked(client, start="2026-11-25T12:00", patient=person(1))
    two = booked(client, start="2026-11-25T13:00", patient=person(2))
    assert client.get(path(one["token"])).json["reference"] == one["reference"]
    assert client.get(path(two["token"])).json["reference"] == two["reference"]
    assert one["token"] != two["token"]
