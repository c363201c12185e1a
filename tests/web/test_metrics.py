"""/metrics: numbers for who brings the token, nothing personal, true also when the database is away."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from booking.records import metrics
from booking.scheduling.errors import Busy
from tests.databases import MORNING, Clock
from tests.web.desk.visits import book

TOKEN = "a token for whoever watches"
LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]+"\})? -?[0-9.]+')


@pytest.fixture
def watched(any_app: Flask) -> Flask:
    """An application with a token set."""
    any_app.extensions["house"] = replace(any_app.extensions["house"], metrics_token=TOKEN)
    return any_app


def numbers(app: Flask) -> dict[str, float]:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in lines), lines
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_without_a_token_there_is_no_such_page(any_app: Flask) -> None:
    """Where none is set the page does not exist, whatever is brought."""
    answer = any_app.test_client().get("/metrics", headers={"Authorization": "Bearer None"})
    assert answer.status_code == 404


@pytest.mark.parametrize("brought", [{}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN[:-1]}])
def test_another_token_is_refused(watched: Flask, brought: dict[str, str]) -> None:
    """401, and no number."""
    answer = watched.test_client().get("/metrics", headers=brought)
    assert (answer.status_code, "clinic_" in answer.text) == (401, False)


def test_the_numbers_follow_what_happens(watched: Flask, clock: Clock) -> None:
    """A booking is a change and messages; an hour late, the oldest due one is seen and the check fails."""
    before = numbers(watched)
    book(watched)
    after = numbers(watched)
    assert after["clinic_changes_total"] > before["clinic_changes_total"]
    assert after['clinic_messages{state="planned"}'] >= 1
    assert after["clinic_oldest_due_message_seconds"] == 0
    assert after['clinic_check_ok{check="outbox"}'] == 1
    clock.at = MORNING + timedelta(hours=1)
    late = numbers(watched)
    assert late["clinic_oldest_due_message_seconds"] >= 3000
    assert late['clinic_check_ok{check="outbox"}'] == 0


def test_nothing_personal_stands_in_it(watched: Flask) -> None:
    """P7: no name, no address, no clinic, no reference."""
    reference = book(watched, patient={"name": "Zoë Ångström", "email": "zoe@example.com"})
    page = watched.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert not any(word in page for word in ("Zo", "example.com", "synergy", "Synergy", reference))


def test_a_database_that_is_away_is_a_number_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be counted is left out; the page answers."""
    app.extensions["house"] = replace(app.extensions["house"], metrics_token=TOKEN)

    def away(now: object) -> None:
        raise Busy("away", reason="database")

    monkeypatch.setattr(metrics, "count", away)
    found = numbers(app)
    assert "clinic_holds" not in found
    assert 'clinic_check_ok{check="zone data"}' in found
