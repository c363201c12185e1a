"""The same promises before a second, unlike server: postfix's smtp-sink (K5, K7, M2)."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from booking.mail.deliver import Tally, deliver
from booking.mail.outlet import Unreachable
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, TUESDAY, book_visit, rows
from tests.databases import Clock
from tests.mail.sink import send_to
from tests.mail.smtp_sink import smtp_sink

pytestmark = pytest.mark.usefixtures("any_app")
DUE = MORNING + timedelta(minutes=3)


@pytest.fixture
def reachable(tmp_path: Path) -> None:
    """Let the server, which runs as nobody where the tests run as root, into this test's folder."""
    if os.geteuid() == 0:
        for folder in (tmp_path, *list(tmp_path.parents)[:3]):
            folder.chmod(folder.stat().st_mode | 0o011)


def states() -> list[tuple[str, int, str | None]]:
    found = rows("SELECT state, attempts, reason FROM message WHERE kind = 'confirmation' ORDER BY id")
    return [tuple(row) for row in found]


@pytest.mark.usefixtures("reachable")
def test_m2_a_batch_arrives_whole_over_one_connection(
    any_app: Flask, clinic: Clinic, clock: Clock, tmp_path: Path
) -> None:
    """M2, E64: three messages, one connection, one recipient each, unharmed on the way."""
    for number, day in enumerate((24, 25, 26)):
        book_visit(
            clinic,
            name=f"Zoë {number}",
            email=f"p{number}@example.com",
            start=TUESDAY.replace(day=day, hour=11),
        )
    clock.at = DUE
    with smtp_sink(tmp_path, "-n", "2") as taken:  # the knock, and one session more: a third finds nobody
        send_to(any_app, taken.port)
        assert deliver() == Tally(sent=3)
        mails = taken.messages()
    assert sorted(mail["To"] for mail in mails) == ["p0@example.com", "p1@example.com", "p2@example.com"]
    assert {mail["X-Rcpt-Args"] for mail in mails} == {f"<p{n}@example.com>" for n in range(3)}
    assert {mail["X-Helo-Args"] for mail in mails} == {"[127.0.0.1]"}
    assert len({mail["Message-ID"] for mail in mails}) == 3
    for mail in mails:
        assert mail.defects == []
        assert "For: Zoë" in mail.get_body(("plain",)).get_content()
        assert [part.get_filename() for part in mail.iter_attachments()] == ["appointment.ics"]


@pytest.mark.parametrize(
    ("options", "tally", "state"),
    [
        (["-r", "RCPT"], Tally(later=1), ("planned", 1, "450 4.3.0 Error: command failed")),
        (["-f", "RCPT"], Tally(failed=1), ("failed", 1, "500 5.3.0 Error: command failed")),
        (["-r", "."], Tally(later=1), ("planned", 1, "450 4.3.0 Error: command failed")),
        (["-f", "."], Tally(failed=1), ("failed", 1, "500 5.3.0 Error: command failed")),
        (
            ["-q", "RCPT"],
            Tally(later=1),
            ("planned", 1, "SMTPServerDisconnected: Connection unexpectedly closed"),
        ),
        (
            ["-q", "."],
            Tally(later=1),
            ("planned", 1, "Perhaps delivered: SMTPServerDisconnected: Connection unexpectedly closed"),
        ),
        (["-e"], Tally(sent=1), ("sent", 1, None)),
        (["-w", "1"], Tally(sent=1), ("sent", 1, None)),
    ],
    ids=["451", "550", "later", "554", "drops", "drops at the end", "old", "slow"],
)
@pytest.mark.usefixtures("reachable")
def test_k5_k7_its_answers_are_understood(
    any_app: Flask,
    clinic: Clinic,
    clock: Clock,
    tmp_path: Path,
    options: list[str],
    tally: Tally,
    state: tuple[str, int, str | None],
) -> None:
    """K5, K7: each of its refusals and silences becomes the right state, and is told."""
    book_visit(clinic)
    clock.at = DUE
    with smtp_sink(tmp_path, *options) as taken:
        send_to(any_app, taken.port)
        assert deliver() == tally
    assert states() == [state]


@pytest.mark.usefixtures("reachable")
def test_k5_a_server_that_refuses_everybody_costs_no_try(
    any_app: Flask, clinic: Clinic, clock: Clock, tmp_path: Path
) -> None:
    """K5: turned away at the greeting, or offered no TLS where it is wanted: every message waits."""
    book_visit(clinic)
    clock.at = DUE
    with smtp_sink(tmp_path, "-f", "CONNECT") as taken:
        send_to(any_app, taken.port)
        with pytest.raises(Unreachable):
            deliver()
    assert states() == [("planned", 0, None)]
