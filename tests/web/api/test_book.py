"""POST /appointments: the contract's example, its meanings, and what is wrong with a body."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.api.calls import API, body, booked, post, slots


def test_the_answer_is_that_of_the_contract(any_app: Flask) -> None:
    """201 with reference, token, manage link, who, when and status, and nothing about the person."""
    answer = post(any_app.test_client())
    assert answer.status_code == 201
    found = answer.json
    assert list(found) == [
        "reference",
        "token",
        "manage_url",
        "service",
        "practitioner",
        "start",
        "end",
        "status",
    ]
    assert found["manage_url"] == f"http://127.0.0.1:8000/appointment/{found['token']}"
    assert (found["service"], found["practitioner"], found["status"]) == ("needle-followup", "lam", "booked")
    assert found["start"] == "2026-11-24T09:00:00-07:00"
    assert found["end"] == "2026-11-24T10:00:00-07:00"
    assert b"example.com" not in answer.get_data()


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-24T09:00",
        "2026-11-24T09:00:00",
        "2026-11-24T09:00:00.000",
        "2026-11-24T09:00-07:00",
        "2026-11-24T16:00Z",
        "2026-11-25T01:00:00+09:00",
    ],
)
def test_a_start_with_an_offset_is_an_instant_without_one_wall_time(client: FlaskClient, start: str) -> None:
    """Meanings: six ways to say Tuesday nine o'clock in Vancouver."""
    assert booked(client, start=start)["start"] == "2026-11-24T09:00:00-07:00"


def test_the_end_is_the_patients_without_reset(client: FlaskClient) -> None:
    """Meanings: a 60-minute massage with 15 minutes of reset ends after 60."""
    found = booked(client, service="rmt-60", start="2026-11-24T11:00")
    assert found["end"] == "2026-11-24T12:00:00-07:00"


def test_every_offered_start_of_a_day_can_be_booked(client: FlaskClient) -> None:
    """D11: what /slots offers, POST accepts, until somebody else has taken it."""
    offered = slots(client, service="needle-initial")["slots"]
    first = offered[0]
    answer = post(
        client,
        service="needle-initial",
        start=first["start"],
        practitioner=first["practitioners"][0],
        first_visit=True,
    )
    assert answer.status_code == 201


def test_one_contact_is_enough(client: FlaskClient) -> None:
    """P10: a name and a phone number book; e-mail may be null or absent."""
    assert post(client, patient={"name": "Li", "phone": "604-555-0123"}).status_code == 201


def test_null_members_mean_what_the_contract_says(client: FlaskClient) -> None:
    """Meanings: practitioner null is anyone, first_visit null follows from the service."""
    assert post(client, practitioner=None, first_visit=None, companion=None, safety=None).status_code == 201


def test_b11_members_that_are_not_in_the_contract_have_no_effect(client: FlaskClient) -> None:
    """B11: status, price, version, id and minutes from outside are ignored."""
    extra: dict[str, Any] = {"status": "fulfilled", "price_cents": 1, "version": 9, "id": 7, "minutes": 5}
    answer = client.post(f"{API}/appointments", json=body() | extra)
    assert answer.status_code == 201
    assert answer.json["status"] == "booked"
    assert answer.json["end"] == "2026-11-24T10:00:00-07:00"


PATIENT = {"name": "Parvaneh", "email": "p@example.com", "phone": None, "language": "en-CA"}
FAULTY: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing but service": (
        {"start": None, "patient": None, "consent": None},
        {"start", "patient"},
    ),
    "service a number": ({"service": 7}, {"service"}),
    "service unknown": ({"service": "botox"}, {"service"}),
    "practitioner unknown": ({"practitioner": "who"}, {"practitioner"}),
    "practitioner a list": ({"practitioner": ["lam"]}, {"practitioner"}),
    "no such date": ({"start": "2026-02-30T09:00"}, {"start"}),
    "year 0": ({"start": "0000-01-01T09:00"}, {"start"}),
    "year 10000": ({"start": "10000-01-01T09:00"}, {"start"}),
    "24:00": ({"start": "2026-11-24T24:00"}, {"start"}),
    "a leap second": ({"start": "2026-11-24T09:00:60"}, {"start"}),
    "no time": ({"start": "2026-11-24"}, {"start"}),
    "words": ({"start": "tomorrow at nine"}, {"start"}),
    "a number": ({"start": 1795536000}, {"start"}),
    "an impossible offset": ({"start": "2026-11-24T09:00+25:00"}, {"start"}),
    "other digits": ({"start": "２026-11-24T09:00"}, {"start"}),
    "before all instants": ({"start": "0001-01-01T00:00Z"}, {"start"}),
    "patient a text": ({"patient": "Parvaneh"}, {"patient"}),
    "no name": ({"patient": {"email": "p@example.com"}}, {"name"}),
    "name a number": ({"patient": PATIENT | {"name": 5}}, {"name"}),
    "name of 300": ({"patient": PATIENT | {"name": "x" * 300}}, {"name"}),
    "name of controls": ({"patient": PATIENT | {"name": "\x07\x08"}}, {"name"}),
    "no contact": ({"patient": PATIENT | {"email": None}}, {"email"}),
    "e-mail with a line break": (
        {"patient": PATIENT | {"email": "a@example.com\nBcc: b@example.com"}},
        {"email"},
    ),
    "language unknown": ({"patient": PATIENT | {"language": "tlh"}}, {"language"}),
    "consent missing": ({"consent": None}, {"consent"}),
    "consent false": ({"consent": False}, {"consent"}),
    "consent a word": ({"consent": "true"}, {"consent"}),
    "consent a number": ({"consent": 1}, {"consent"}),
    "first visit a word": ({"first_visit": "no"}, {"first_visit"}),
    "companion a number": ({"companion": 1}, {"companion"}),
    "no answer to the notice": ({"service": "laser-30", "safety": None}, {"safety"}),
    "another answer": ({"service": "laser-30", "safety": "maybe"}, {"safety"}),
}


@pytest.mark.parametrize("name", FAULTY)
def test_b9_b11_a_body_that_is_wrong_by_itself_is_422_by_field(client: FlaskClient, name: str) -> None:
    """B9, B11: each fault is named with what to do; booleans are really booleans."""
    changes, fields = FAULTY[name]
    answer = post(client, **changes)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert set(answer.json["fields"]) == fields
    assert all(words.endswith(".") for words in answer.json["fields"].values())


def test_e50_a_new_patient_is_told_which_services_fit(client: FlaskClient) -> None:
    """E50: a first visit of 30 minutes is refused, 60, 75 and 90 are suggested."""
    answer = post(client, service="rmt-30", first_visit=True)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == {"first_visit"}
    assert answer.json["suggested_services"] == ["rmt-60", "rmt-75", "rmt-90"]


NOT_OFFERED = {
    "past": {"start": "2026-11-20T09:00"},
    "inside the lead time": {"start": "2026-11-23T09:45"},
    "beyond the horizon": {"start": "2027-02-22T09:00"},
    "far beyond": {"start": "9999-12-31T09:00"},
    "long ago": {"start": "0001-01-01T09:00"},
    "off the grid": {"start": "2026-11-24T09:05"},
    "thirty seconds": {"start": "2026-11-24T09:00:30"},
    "half a second": {"start": "2026-11-24T09:00:00.5"},
    "outside hours": {"start": "2026-11-24T20:00"},
    "a holiday": {"start": "2026-12-25T09:00"},
    "over the break": {"start": "2026-11-24T12:30"},
    "no licence": {"practitioner": "kim"},
}


@pytest.mark.parametrize("name", NOT_OFFERED)
def test_a_start_that_a_rule_refuses_is_409_with_three_free_ones(client: FlaskClient, name: str) -> None:
    """Meanings: well-formed but refused by a rule is `not_offered`; three starts are offered instead."""
    answer = post(client, **NOT_OFFERED[name])
    assert (answer.status_code, answer.json["code"]) == (409, "not_offered")
    nearest = answer.json["nearest"]
    assert len(nearest) >= 3
    assert all(one["start"].endswith(":00-07:00") and one["practitioners"] for one in nearest)
    assert post(client, start=nearest[0]["start"]).status_code == 201


def test_e21_the_loser_gets_slot_taken_and_nothing_of_the_winner(client: FlaskClient) -> None:
    """E21, C12: the second is told of three free starts, not of who was quicker."""
    winner = {"name": "Quick Winner", "email": "winner@example.com"}
    booked(client, service="laser-30", safety="ok", start="2026-11-24T10:00", patient=winner)
    answer = post(client, service="laser-30", safety="ok", start="2026-11-24T10:00")
    assert (answer.status_code, answer.json["code"]) == (409, "slot_taken")
    assert len(answer.json["nearest"]) >= 3
    assert "inner" not in answer.get_data(as_text=True)


def test_c5_the_loser_hears_what_is_short(client: FlaskClient) -> None:
    """C5: `slot_taken` names the kind of thing that somebody else has, here the practitioner."""
    booked(client, start="2026-11-24T10:00")
    answer = post(client, start="2026-11-24T10:00")
    assert (answer.status_code, answer.json["short"]) == (409, "practitioner")
    assert "short" not in post(client, start="2026-11-24T03:00").json


def test_e51_a_known_address_changes_nothing_about_the_answer(client: FlaskClient) -> None:
    """E51: booking with somebody's address answers as for anybody and tells nothing of them."""
    known = {"name": "Somebody Else", "email": "parvaneh@example.com"}
    booked(client)
    second, third = (
        post(client, start="2026-11-25T12:00", patient=known),
        post(client, start="2026-11-25T13:00", patient=known | {"email": "new@example.com"}),
    )
    assert (second.status_code, third.status_code) == (201, 201)
    assert list(second.json) == list(third.json)
    assert "Parvaneh" not in second.get_data(as_text=True)


def test_e47_one_person_in_two_places_is_a_plain_refusal(client: FlaskClient) -> None:
    """E47: the same name and contact at the same hour elsewhere is `not_offered`."""
    booked(client, start="2026-11-24T11:00")
    answer = post(client, service="rmt-60", start="2026-11-24T11:00")
    assert (answer.status_code, answer.json["code"]) == (409, "not_offered")


def test_the_manage_link_comes_from_base_url_only(client: FlaskClient) -> None:
    """A19: no header can put another host into the link."""
    forged = {
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
        "X-Forwarded-Proto": "https",
    }
    answer = client.post(f"{API}/appointments", json=body(), headers=forged)
    assert answer.json["manage_url"].startswith("http://127.0.0.1:8000/appointment/")
