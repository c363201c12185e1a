"""A busy clinic for a long while: quick, without an error, and nothing grows (L2, L7)."""

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from itertools import product
from pathlib import Path

import pytest
from flask import Flask

from booking.actions.clinics import get_clinic
from booking.actions.staff import make_token
from tests.databases import MORNING, opened
from tests.faults import flight
from tests.load.crowd import percentile
from tests.load.vital import watching
from tests.mail import processes
from tests.mail.sink import Sink, sink
from tests.races.site import Site, serving_copy
from tests.races.sizes import PATIENCE, SLOW, SOAK_SECONDS
from tests.staff import BY, member

pytestmark = [
    pytest.mark.load,
    pytest.mark.slow,
    pytest.mark.timeout(SOAK_SECONDS + 3 * PATIENCE),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
]

BOOKINGS_A_MINUTE = 100
RECEPTIONISTS = 5
FIRST_ON, WEEKS = date(2026, 11, 30), 11
EACH_SEEN = 8 if SLOW else 1  # by any of two processes: surely by both
MANY = 300  # visits at a time: three minutes' worth, so that confirmations leave
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
SERVICES = ("rmt-45", "needle-followup")


@dataclass
class Day:
    """What everybody does, and how quickly they were answered."""

    site: Site
    bearer: str
    until: float = 0.0
    seen: list[tuple[int, float]] = field(default_factory=list)

    def ask(self, send: Callable[..., flight.Sent], *words: object) -> flight.Answer:
        """Send one request and write down what came back, and when."""
        began = time.monotonic()
        answer = send(self.site, *words).answer()
        self.seen.append((answer.status, time.monotonic() - began))
        return answer

    def book(self) -> None:
        """Book at a steady pace, each time another free start; the oldest of many visits is cancelled."""
        chance, number, began, tokens = random.Random(2), 0, time.monotonic(), []
        while (now := time.monotonic()) < self.until:
            if number > (now - began) * BOOKINGS_A_MINUTE / 60:
                time.sleep(0.05)
                continue
            number += 1
            service = chance.choice(SERVICES)
            body = {**flight.wish(number, self.free_start(chance, service)), "service": service}
            answer = self.ask(flight.post, body, f"soak-{number:06}")
            if answer.status == HTTPStatus.CREATED:
                tokens.append(answer.json()["token"])
            if len(tokens) > MANY:
                self.ask(flight.post, {}, f"cancel-{number:06}", f"/appointments/{tokens.pop(0)}/cancel")

    def see_everything(self) -> None:
        """Look at every week and day of each service beforehand: what is read once is kept from then."""
        weeks = [(7 * week, 7) for week in range(WEEKS)]
        spans = [*weeks, *((day, 1) for day in range(7 * WEEKS))]
        for service, (day, length) in [*product(SERVICES, spans)] * EACH_SEEN:
            self.ask(flight.get, self.starts_of(service, day, length))
        assert {status for status, _ in self.seen} == {HTTPStatus.OK}
        self.seen.clear()
        self.until = time.monotonic() + SOAK_SECONDS

    @staticmethod
    def starts_of(service: str, day: int, length: int) -> str:
        """Return where the free starts of a service are asked for, from a day on for so many days."""
        first = FIRST_ON + timedelta(days=day)
        return f"/api/v1/slots?service={service}&from={first}&to={first + timedelta(days=length - 1)}"

    def free_start(self, chance: random.Random, service: str) -> str:
        """Return a start that is offered in one of the next weeks; one week may be full, not all."""
        for week in chance.sample(range(WEEKS), WEEKS):
            offered = self.ask(flight.get, self.starts_of(service, 7 * week, 7)).json()["slots"]
            if offered:
                start: str = chance.choice(offered)["start"][:16]
                return start
        raise AssertionError("nothing is free in eleven weeks")

    def look(self) -> None:
        """Refresh a day as reception does, every second."""
        header = f"Authorization: Bearer {self.bearer}\r\n"
        while time.monotonic() < self.until:
            self.ask(flight.get, "/api/v1/day/2026-12-01", header)
            time.sleep(1)


@contextmanager
def mailing(site: Site, folder: Path, received: Sink) -> Iterator[int]:
    """Run the message worker beside the site; give its process id."""
    worker = processes.worker(site.database, folder, MORNING, received.port)
    try:
        yield worker.pid
    finally:
        assert processes.end(worker)[0] in (0, -signal.SIGTERM)  # it may have only just been starting


def bearer_of(site: Site, folder: Path) -> str:
    """Make a member of staff who may look at days."""
    with opened(site.database, folder, lambda: MORNING) as app, app.app_context():
        return token_of(app)


def token_of(app: Flask) -> str:
    member(app, "reception")
    return make_token(get_clinic(None), "reception@example.com", BY, MORNING)


@pytest.mark.parametrize("engine", ENGINES if SLOW else ENGINES[:1])
def test_l2_l7_nothing_grows(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    engine: str,
    record_property: Callable[[str, object], None],
) -> None:
    """L2, L7: 100 bookings a minute, five who refresh, mail: no error; memory, handles and log stay flat."""
    with sink() as received, serving_copy(request, tmp_path, engine, CLOCK="runs") as site:
        day = Day(site, bearer_of(site, tmp_path))
        with mailing(site, tmp_path, received) as worker:
            log = Path(site.database.removeprefix("sqlite:///") + "-wal")
            day.see_everything()
            with watching(lambda: [*site.workers(), worker], log) as signs:
                people = [threading.Thread(target=work) for work in [day.book] + [day.look] * RECEPTIONISTS]
                for person in people:
                    person.start()
                for person in people:
                    person.join()
    assert {status for status, _ in day.seen} <= {200, 201, 409}
    assert sum(status == 201 for status, _ in day.seen) >= SOAK_SECONDS / 2
    fewest, most = signs.handles()
    p99 = percentile([seconds for _, seconds in day.seen], 0.99) * 1000
    record_property("L2 requests, of them bookings", (len(day.seen), sum(s == 201 for s, _ in day.seen)))
    record_property("L2 p99, ms", round(p99))
    record_property("L2 memory, MB in 10 minutes", round(signs.memory_slope(), 1))
    record_property("L2 memory after each tenth, MB", signs.tenths())
    record_property("L7 handles, fewest and most; log at most, MB", (fewest, most, round(signs.log(), 1)))
    assert most - fewest <= 12  # a connection each, taken and given back
    assert signs.log() <= 64
    assert not SLOW or (signs.memory_slope() <= 1 and p99 <= 500)
