"""``flask messages``: what the commands print, and how the worker waits."""

from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from booking.actions.clinics import get_clinic
from booking.mail import worker
from booking.mail.deliver import Tally
from booking.mail.outlet import Unreachable
from booking.mail.sample import KINDS
from booking.mail.worker import work
from booking.scheduling.errors import Busy
from tests.actions.asks import MORNING, book_visit
from tests.databases import Clock, opened, sqlite_url
from tests.mail.sink import free_port, send_to


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


class Patience(Event):
    """A stop signal that notes how long the worker wanted to wait, and stops it after some waits."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.left = waits
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0)
        self.left -= 1
        if self.left == 0:
            self.set()
        return self.is_set()


def test_deliver_tells_what_it_did(app: Flask, run: FlaskCliRunner, clock: Clock) -> None:
    """`flask messages deliver` sends what is due once and counts it in one line."""
    with app.app_context():
        book_visit(get_clinic(None))
    clock.at = MORNING + timedelta(minutes=3)
    result = run.invoke(args=["messages", "deliver"])
    assert (result.exit_code, result.stdout) == (0, "1 sent, 0 dropped, 0 put off, 0 given up\n")
    assert result.stderr.endswith("Z messages: message 1 sent: confirmation\n")
    assert run.invoke(args=["messages", "deliver"]).stdout == "0 sent, 0 dropped, 0 put off, 0 given up\n"


def test_deliver_without_tables_says_what_to_do(tmp_path: Path, clock: Clock) -> None:
    """A database that nobody has laid out yet: one sentence, exit code 1, no traceback."""
    with opened(sqlite_url(tmp_path / "new.db"), tmp_path, clock) as app:
        result = app.test_cli_runner().invoke(args=["messages", "deliver"])
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert "run `flask --app wsgi db upgrade`" in result.output


def test_deliver_without_its_server_fails_in_one_sentence(
    app: Flask, run: FlaskCliRunner, clock: Clock
) -> None:
    """A mail server that is down: exit code 1, one sentence, nothing lost."""
    with app.app_context():
        book_visit(get_clinic(None))
    clock.at = MORNING + timedelta(minutes=3)
    send_to(app, free_port())
    result = run.invoke(args=["messages", "deliver"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(
        "Nothing more could be sent, nothing is lost: the mail server cannot be used: ConnectionRefusedError"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("part", "begins"),
    [
        ("text", "Subject: "),
        ("html", "<!doctype html>"),
        ("eml", "Message-ID: <outbox-0-"),
    ],
)
def test_preview_shows_every_kind(run: FlaskCliRunner, kind: str, part: str, begins: str) -> None:
    """`flask messages preview KIND` shows each part of each kind, with an invented visit."""
    result = run.invoke(args=["messages", "preview", kind, "--part", part])
    assert (result.exit_code, result.output[: len(begins)]) == (0, begins)


def test_preview_shows_calendar_entries(run: FlaskCliRunner) -> None:
    """The entry is shown where a message brings one; the message with links brings none."""
    assert run.invoke(args=["messages", "preview", "moved", "--part", "ics"]).output[:15] == "BEGIN:VCALENDAR"
    result = run.invoke(args=["messages", "preview", "link", "--part", "ics"])
    assert (result.exit_code, result.output) == (1, "Error: This message brings no calendar entry.\n")


def test_preview_of_nonsense_names_the_kinds(run: FlaskCliRunner) -> None:
    """An unknown kind is refused with the list of those that exist."""
    result = run.invoke(args=["messages", "preview", "birthday"])
    assert result.exit_code == 2
    assert all(kind in result.output for kind in KINDS)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (
            Unreachable("the mail server cannot be used: timed out"),
            "the mail server cannot be used: timed out",
        ),
        (Busy("locked"), "the database cannot be used"),
        (KeyError("Ada Example"), "messages cannot be delivered: KeyError"),
    ],
)
def test_the_worker_waits_longer_and_longer_and_survives(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception, told: str
) -> None:
    """E64, P7: whatever is away, the worker goes on; its pauses grow to half a minute; no name is logged."""

    def fail(_stop: object) -> Tally:
        raise trouble

    monkeypatch.setattr(worker, "deliver", fail)
    stop = Patience(8)
    work(stop)
    assert stop.waited == [1, 2, 4, 8, 16, 30, 30, 30]
    assert told in caplog.text
    assert "Ada" not in caplog.text


def test_the_worker_looks_twice_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing in its way it looks every half second, also right after trouble has passed."""
    tallies = iter([Tally(), Tally(held=2), Tally(sent=1), Tally()])
    monkeypatch.setattr(worker, "deliver", lambda _stop: next(tallies))
    stop = Patience(4)
    work(stop)
    assert stop.waited == [0.5, 1, 0.5, 0.5]


def test_held_messages_are_told_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """E33: the worker says that messages are held, and why."""
    monkeypatch.setattr(worker, "deliver", lambda _stop: Tally(held=2))
    work(Patience(1))
    assert "2 messages are held: zone data is out of date" in caplog.text
