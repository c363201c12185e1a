"""Who has waited too long is told so at once; a crowd of one instant is not (L4)."""

import socket
import time

import pytest
from flask import Flask

from booking.web import queue
from booking.web.queue import LONGEST_CROWD, Queue, waited


class Office:
    """One process that takes requests from a queue, and its clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.queue = Queue(lambda: self.now)

    def serve(self, came_at: float, seconds: float = 0.01, *, is_read: bool = True) -> bool:
        """Take the next request, which came at an instant; say whether it was answered."""
        self.now = max(self.now, came_at)
        sent_away = self.queue.take(self.now - came_at, is_read=is_read)
        self.now += 0.0005 if sent_away else seconds
        return not sent_away


def test_l4_a_crowd_of_one_instant_is_answered() -> None:
    """500 who come within a second after a quiet hour are all answered, though the last waits 10 seconds."""
    office = Office()
    crowd = [4600 + number / 500 for number in range(500)]
    assert all(office.serve(came_at, 0.02) for came_at in crowd)
    assert office.now > 4610


def test_l4_a_crowd_that_meets_a_slow_page_is_answered() -> None:
    """The same while this process was busy with something slow."""
    office = Office()
    assert office.serve(4599.9, 0.9)
    assert all(office.serve(4600 + number / 500, 0.02) for number in range(300))


def test_l4_twice_too_many_are_shed_and_the_others_wait_no_longer_than_they_should() -> None:
    """At twice what can be served, for a minute, about half is answered, nobody after more than 2.6 s."""
    office = Office()
    waits = []
    for number in range(60 * 200):  # each takes 10 ms, 200 come in a second
        came_at = 2000 + number / 200
        began = max(office.now, came_at)
        if office.serve(came_at):
            waits.append(began - came_at)
    assert 5000 < len(waits) < 7000
    assert max(waits) <= 2.6
    later = office.now + 2
    assert office.serve(later)
    assert office.serve(later + 0.5)


def test_l4_sending_a_form_waits_longer_than_looking() -> None:
    """In a queue that is too long for a page, a booking is still taken."""
    office = Office()
    office.now = 2010.0
    office.serve(2003)
    assert not office.serve(office.now - 2.7)
    assert office.serve(office.now - 2.7, is_read=False)
    assert not office.serve(office.now - 5.1, is_read=False)


def test_l4_nobody_is_answered_after_a_quarter_of_a_minute() -> None:
    """Whoever waited longer has given up; even of a crowd."""
    office = Office()
    office.serve(2000, LONGEST_CROWD)
    assert office.serve(2000.5)
    assert not office.serve(2000.0)


def test_l4_the_kernel_says_how_long_a_request_waited() -> None:
    """Counted from when its bytes came in, not from when the connection was opened; unknown is 0."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        opened = time.monotonic()
        time.sleep(0.3)
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        time.sleep(0.2)
        taken, _ = listener.accept()
        with taken:
            assert 0.15 <= waited(taken) <= time.monotonic() - opened - 0.25
    one, other = socket.socketpair()
    with one, other:
        assert (waited(one), waited(None)) == (0.0, 0.0)
    assert waited(one) == 0.0


@pytest.mark.parametrize("path", ["/", "/api/v1/services"])
def test_l4_the_gate_sheds_with_503_and_retry_after(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Page and API say to try again in a moment; health checks and files are answered all the same."""
    client = app.test_client()
    assert client.get(path).status_code == 200
    monkeypatch.setattr(queue, "waited", lambda _: 16.0)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Many people are here just now" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/healthz").status_code == 200
    assert client.get("/static/css/base.css").status_code != 503
