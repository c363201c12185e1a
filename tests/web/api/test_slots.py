"""GET /slots: what is free, in the contract's words, and what is wrong with a question."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from tests.databases import Clock
from tests.web.api.calls import API, booked, slots, starts


def test_the_answer_is_that_of_the_contract(client: FlaskClient) -> None:
    """Service, zone, and slots as an instant with offset and the codes of who is free."""
    found = slots(client)
    assert list(found) == ["service", "time_zone", "slots"]
    assert found["service"] == "needle-followup"
    assert found["time_zone"] == "America/Vancouver"
    assert found["slots"][0] == {"start": "2026-11-24T09:00:00-07:00", "practitioners": ["lam"]}


def test_a_day_lists_every_start_of_shift_break_and_grid(client: FlaskClient) -> None:
    """Tuesday: an hour fits from 9:00 to 12:00 and from 13:30 to 16:00, every quarter."""
    morning = [f"11-24 {h:02}:{m:02}" for h in (9, 10, 11) for m in (0, 15, 30, 45)] + ["11-24 12:00"]
    afternoon = ["11-24 13:30", "11-24 13:45"]
    afternoon += [f"11-24 {h}:{m:02}" for h in (14, 15) for m in (0, 15, 30, 45)] + ["11-24 16:00"]
    assert starts(client) == morning + afternoon


def test_several_who_are_free_are_named_in_the_clinics_order(client: FlaskClient) -> None:
    """Tuesday 24 November at 13:00 both Kim and Tremblay could give a 60-minute massage."""
    found = {one["start"][11:16]: one["practitioners"] for one in slots(client, service="rmt-60")["slots"]}
    assert found["11:00"] == ["kim"]
    assert found["13:00"] == ["kim", "tremblay"]
    assert found["15:00"] == ["tremblay"]


def test_one_practitioner_can_be_asked_for(client: FlaskClient) -> None:
    """With practitioner=tremblay only his starts are listed."""
    found = slots(client, service="rmt-60", practitioner="tremblay")["slots"]
    assert {tuple(one["practitioners"]) for one in found} == {("tremblay",)}
    assert found[0]["start"] == "2026-11-24T13:00:00-07:00"


def test_both_dates_count_and_a_closed_day_has_none(client: FlaskClient) -> None:
    """From Christmas Eve (9 to 15) to Boxing Day only Christmas Eve has starts."""
    found = starts(client, **{"from": "2026-12-24", "to": "2026-12-26"})
    assert {start[:5] for start in found} == {"12-24"}
    assert found[-1] == "12-24 14:00"


def test_e45_today_begins_at_now_plus_lead_rounded_up(client: FlaskClient, clock: Clock) -> None:
    """E45: at exactly 8:00 the 10:00 start is offered, a second later 10:15 is the first."""
    today = {"from": "2026-11-23", "to": "2026-11-23"}
    assert starts(client, **today)[0] == "11-23 10:00"
    clock.at = datetime(2026, 11, 23, 15, 0, 1, tzinfo=UTC)
    assert starts(client, **today)[0] == "11-23 10:15"


def test_e38_the_last_day_is_today_and_ninety(client: FlaskClient) -> None:
    """E38: 21 February 2027 is offered whole, the day after not at all."""
    assert starts(client, **{"from": "2027-02-21", "to": "2027-02-21"})
    assert starts(client, **{"from": "2027-02-22", "to": "2027-02-23"}) == []


def test_days_gone_by_have_no_slots(client: FlaskClient) -> None:
    """A question that begins in the past is answered from today on."""
    found = starts(client, **{"from": "2026-11-01", "to": "2026-11-23"})
    assert {start[:5] for start in found} == {"11-23"}


def test_t1_a_winter_day_has_the_offset_of_the_law_of_2026(client: FlaskClient) -> None:
    """T1: 10:00 on 1 December 2026 in Vancouver is -07:00."""
    found = [
        one["start"]
        for one in slots(client, service="rmt-60", **{"from": "2026-12-01", "to": "2026-12-01"})["slots"]
    ]
    assert "2026-12-01T10:00:00-07:00" in found
    assert all(one.endswith("-07:00") for one in found)


def test_a_companion_is_counted_for_laser_only(client: FlaskClient) -> None:
    """With one laser visit booked, another at the same time is not offered, with or without companion."""
    booked(client, service="laser-30", safety="ok", start="2026-11-24T10:00")
    assert "11-24 10:00" not in starts(client, service="laser-30", companion="1")
    assert "11-24 10:00" in starts(client, service="rmt-60", companion="1")


FAULTY = {
    "no service": ({"from": "2026-11-24", "to": "2026-11-24"}, {"service"}),
    "unknown service": ({"service": "x", "from": "2026-11-24", "to": "2026-11-24"}, {"service"}),
    "no dates": ({"service": "rmt-60"}, {"from", "to"}),
    "no such date": ({"service": "rmt-60", "from": "2026-02-30", "to": "2026-11-24"}, {"from"}),
    "year 0": ({"service": "rmt-60", "from": "0000-01-01", "to": "2026-11-24"}, {"from"}),
    "year 10000": ({"service": "rmt-60", "from": "2026-11-24", "to": "10000-01-01"}, {"to"}),
    "other digits": ({"service": "rmt-60", "from": "２026-11-24", "to": "2026-11-24"}, {"from"}),
    "a week date": ({"service": "rmt-60", "from": "2026-W48-2", "to": "2026-11-24"}, {"from"}),
    "backwards": ({"service": "rmt-60", "from": "2026-11-24", "to": "2026-11-23"}, {"to"}),
    "93 days": ({"service": "rmt-60", "from": "2026-11-24", "to": "2027-02-24"}, {"to"}),
    "unknown person": (
        {"service": "rmt-60", "from": "2026-11-24", "to": "2026-11-24", "practitioner": "x"},
        {"practitioner"},
    ),
    "companion": (
        {"service": "rmt-60", "from": "2026-11-24", "to": "2026-11-24", "companion": "yes"},
        {"companion"},
    ),
    "said twice": ("service=rmt-60&service=rmt-30&from=2026-11-24&to=2026-11-24", {"service"}),
}


@pytest.mark.parametrize("name", FAULTY)
def test_b9_b11_a_faulty_question_is_refused_by_field(client: FlaskClient, name: str) -> None:
    """B9, B11: wrong dates, unknown codes and repeated parameters are 422 and named."""
    question, fields = FAULTY[name]
    answer = client.get(f"{API}/slots", query_string=question)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert set(answer.json["fields"]) == fields


def test_ninety_two_days_are_answered(client: FlaskClient) -> None:
    """The longest span, both dates counted, is 92 days; beyond the horizon there is nothing."""
    found = starts(client, **{"from": "2026-11-24", "to": "2027-02-23"})
    assert found[-1][:5] == "02-21"


def test_unknown_parameters_are_ignored(client: FlaskClient) -> None:
    """B11: what is not in the contract has no effect."""
    assert slots(client, price="0", state="x") == slots(client)
