"""Everybody wants the same time: a real server, two processes, fifty requests at once (C3, C12, C13).

Red, each tried by hand: keys that are forgotten, losers who are offered nothing, kept
answers that do not notice a booking.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.races.site import Answer, Browser, Site, at_once, serving_copy
from tests.races.sizes import PATIENCE, STAMPEDE

pytestmark = [pytest.mark.races, pytest.mark.timeout(3 * PATIENCE)]

NAMES = ("Zainab Okonkwo-Fraser", "Søren Østergård", "林美玲", "نیلوفر احمدی", "Jo 🙂 Null")
APPOINTMENTS = "SELECT count(*) FROM appointment WHERE starts = '{}'"
MESSAGES = (
    "SELECT count(*) FROM message JOIN appointment ON appointment.id = message.appointment_id"
    " WHERE appointment.starts = '{}' AND message.kind = 'confirmation'"
)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample clinic, served; each test has a day of its own in it."""
    with serving_copy(request, tmp_path_factory.mktemp("site"), request.param) as found:
        yield found


def wish(number: int, start: str, service: str, who: str | None) -> dict[str, Any]:
    """Return what the ``number``-th patient asks for."""
    return {
        "service": service,
        "start": start,
        "practitioner": who,
        "patient": {
            "name": f"{NAMES[number % len(NAMES)]} {number}",
            "email": f"patient{number}.{start[:10]}@example.com",
            "phone": f"604-555-{1000 + number}",
            "language": "en-CA",
        },
        "first_visit": False,
        "companion": False,
        "safety": None,
        "consent": True,
    }


def everybody(site: Site, start: str, service: str, who: str | None) -> list[Answer]:
    """Let everybody ask for the same at once, each under a key of their own."""

    def asks(number: int) -> Answer:
        key = f"key-{start}-{number:04}"
        return site.post("/appointments", wish(number, start, service, who), Idempotency_Key=key)

    return at_once([lambda number=number: asks(number) for number in range(STAMPEDE)])


def check_losers(losers: list[Answer], winners: list[Answer], numbers: list[int], start: str) -> None:
    """Check that losers are offered three times and learn nothing of the winners (C12, V35)."""
    secrets = [winner.json()[name] for winner in winners for name in ("reference", "token")]
    for number in numbers:
        patient = wish(number, start, "", None)["patient"]
        secrets += [patient["name"], patient["email"], patient["phone"]]
    for loser in losers:
        problem = loser.json()
        assert problem["code"] == "slot_taken"
        assert len(problem["nearest"]) >= 3
        assert start not in [near["start"][:16] for near in problem["nearest"]]
        assert not [secret for secret in secrets if secret in loser.body.decode()]
        assert not [secret for secret in secrets if secret in str(problem)]


def split(answers: list[Answer]) -> tuple[list[Answer], list[Answer], list[int]]:
    """Return winners, losers and the winners' numbers; there is no third way to end."""
    assert {answer.status for answer in answers} <= {201, 409}, Counter(answer.status for answer in answers)
    numbers = [number for number, answer in enumerate(answers) if answer.status == 201]
    return [answers[n] for n in numbers], [a for a in answers if a.status == 409], numbers


def test_c3_one_start_has_one_winner(site: Site) -> None:
    """Fifty ask for one start of one practitioner: one visit, one confirmation, 49 losers (C3, E21)."""
    start = "2026-12-01T10:00"
    winners, losers, numbers = split(everybody(site, start, "needle-followup", "lam"))
    assert (len(winners), len(losers)) == (1, STAMPEDE - 1)
    check_losers(losers, winners, numbers, start)
    assert site.count(APPOINTMENTS.format("2026-12-01 10:00:00.000000")) == 1
    assert site.count(MESSAGES.format("2026-12-01 10:00:00.000000")) == 1


def test_e22_two_practitioners_are_two_visits(site: Site) -> None:
    """Fifty ask for one start with anyone, two are licensed and have rooms: exactly two visits."""
    start = "2026-12-08T13:00"
    winners, losers, numbers = split(everybody(site, start, "rmt-60", None))
    assert {winner.json()["practitioner"] for winner in winners} == {"kim", "tremblay"}
    assert (len(winners), len(losers)) == (2, STAMPEDE - 2)
    check_losers(losers, winners, numbers, start)
    assert site.count(APPOINTMENTS.format("2026-12-08 13:00:00.000000")) == 2


def test_c13_one_key_is_one_visit(site: Site) -> None:
    """Fifty times the same request under the same key: one visit, one message, fifty equal answers (E25)."""
    body = wish(7, "2026-12-15T10:00", "needle-followup", "lam")
    answers = at_once([lambda: site.post("/appointments", body, Idempotency_Key="the-same-key")] * STAMPEDE)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert site.count(APPOINTMENTS.format("2026-12-15 10:00:00.000000")) == 1
    assert site.count(MESSAGES.format("2026-12-15 10:00:00.000000")) == 1


def test_c13_a_form_sent_many_times_is_one_visit(site: Site) -> None:
    """The button of one form pressed over and over: one visit, one message, always the same page (E25)."""
    browser = Browser(site)
    path = "/book/needle-followup/2027-01-05T10:00"
    typed = {"name": "Zainab Okonkwo", "email": "zainab@example.com", "first_visit": "no", "consent": "1"}
    form = browser.open_form(path, **typed)
    answers = at_once([lambda: browser.send("POST", path, form)] * STAMPEDE)
    assert {answer.status for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert browser.send("GET", answers[0].headers["Location"]).status == 200
    assert site.count(APPOINTMENTS.format("2027-01-05 10:00:00.000000")) == 1
    assert site.count(MESSAGES.format("2027-01-05 10:00:00.000000")) == 1


def test_e21_the_loser_keeps_what_was_typed(site: Site) -> None:
    """Five send the form for one last start: one visit, the others keep their words and see three times."""
    path = "/book/needle-followup/2027-01-12T10:00"
    people = [(Browser(site), name) for name in NAMES]
    forms = [
        browser.open_form(
            path,
            name=name,
            email=f"form{number}@example.com",
            practitioner="lam",
            first_visit="no",
            consent="1",
        )
        for number, (browser, name) in enumerate(people)
    ]
    answers = at_once(
        [
            lambda browser=browser, form=form: browser.send("POST", path, form)
            for (browser, _), form in zip(people, forms, strict=True)
        ]
    )
    assert sorted(answer.status for answer in answers) == [303, 409, 409, 409, 409]
    winner = next(number for number, answer in enumerate(answers) if answer.status == 303)
    for number, answer in enumerate(answers):
        page = answer.body.decode()
        if answer.status == 409:
            assert f"form{number}@example.com" in page
            assert NAMES[number] in page
            assert page.count('formaction="/book/needle-followup/') >= 3
            assert NAMES[winner] not in page
            assert f"form{winner}@example.com" not in page
    assert site.count(APPOINTMENTS.format("2027-01-12 10:00:00.000000")) == 1


def test_what_was_booked_is_offered_by_no_process(site: Site) -> None:
    """As soon as a booking is answered, neither process offers its time, kept answers or not (D11)."""
    question = "/api/v1/slots?service=needle-followup&from=2027-01-19&to=2027-01-19&practitioner=lam"
    for number in range(4):
        offered = [at_once([lambda: site.send("GET", question)] * 6)[0].json()["slots"][0]["start"]][0]
        body = wish(number, offered, "needle-followup", "lam")
        assert site.post("/appointments", body).status == 201
        for answer in at_once([lambda: site.send("GET", question)] * 6):
            assert offered not in [slot["start"] for slot in answer.json()["slots"]]
