"""Requests on their way to a server: sent at once, answered later, each on a connection of its own."""

import json
import socket
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.races.site import HERE, Answer, Site
from tests.races.sizes import PATIENCE

# On Tuesdays and Wednesdays: one person from 9 to 15, another from 13 to 19, each with a break.
TIMES = ("09:00", "10:00", "11:00", "13:00", "13:00", "14:00", "14:00", "15:00", "17:00", "18:00")
DROPPED = Answer(0, {}, b"")


@dataclass(frozen=True)
class Sent:
    """A request that lies in the server's queue."""

    connection: socket.socket

    def answer(self) -> Answer:
        """Wait for the answer; ``DROPPED`` where the server hung up without one."""
        with closing(self.connection):
            received = b""
            try:
                while part := self.connection.recv(65536):
                    received += part
            except ConnectionError:
                return DROPPED
        if not received:
            return DROPPED
        head, _, body = received.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.title(): value for name, _, value in (line.partition(": ") for line in rest)}
        return Answer(int(first.split()[1]), headers, body)


def get(site: Site, path: str, headers: str = "") -> Sent:
    """Send a request for a page and do not wait."""
    return _send(site, f"GET {path} HTTP/1.1\r\n{headers}", b"")


def post(site: Site, body: Any, key: str, path: str = "/appointments") -> Sent:
    """Send a booking (or something else) to the API and do not wait."""
    raw = json.dumps(body).encode()
    head = f"POST /api/v1{path} HTTP/1.1\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n"
    return _send(site, head + f"Content-Length: {len(raw)}\r\n", raw)


def _send(site: Site, head: str, body: bytes) -> Sent:
    connection = socket.create_connection((HERE, site.port), timeout=PATIENCE)
    connection.sendall(f"{head}Host: {HERE}:{site.port}\r\nConnection: close\r\n\r\n".encode() + body)
    return Sent(connection)


def wish(number: int, start: str) -> dict[str, Any]:
    """Return a massage with anyone for the ``number``-th patient."""
    return {
        "service": "rmt-45",
        "start": start,
        "practitioner": None,
        "patient": {"name": f"Patient {number}", "email": f"p{number}@example.com", "language": "en-CA"},
        "first_visit": False,
        "companion": False,
        "safety": None,
        "consent": True,
    }


def free_starts(site: Site, count: int, service: str = "rmt-45") -> list[str]:
    """Return so many starts at least an hour and a quarter apart, so that each can be booked."""
    path = f"/api/v1/slots?service={service}&from=2026-11-24&to=2027-02-20"
    found: list[str] = []
    for slot in site.send("GET", path).json()["slots"]:
        start = slot["start"][:16]
        if not found or start >= _later(found[-1]):
            found.append(start)
    assert len(found) >= count
    return found[:count]


def plain_starts(count: int) -> list[str]:
    """Return starts of massages with anyone that an empty sample clinic has free, all at once."""
    first = date(2026, 12, 1).toordinal()
    days = [date.fromordinal(first + 7 * week + day) for week in range(11) for day in (0, 1)]
    return [f"{day}T{time}" for day in days for time in TIMES][:count]


def _later(start: str) -> str:
    hours, minutes = divmod(int(start[11:13]) * 60 + int(start[14:16]) + 75, 60)
    return f"{start[:11]}{hours:02}:{minutes:02}"


def statuses(answers: Sequence[Answer]) -> set[int]:
    """Return which statuses came back; 0 stands for none at all."""
    return {answer.status for answer in answers}
