"""Two hosts, each with web and worker, on one PostgreSQL; one is cut off in the middle and comes back."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from booking.actions.outbox import LEASE
from tests.databases import MORNING
from tests.faults import flight, whole
from tests.faults.server import Server, own_server, sample_on
from tests.hosts.host import Host, Time, running
from tests.hosts.network import SWITCH, Network, need_networks, network
from tests.mail.processes import end
from tests.mail.sink import Sink, sink
from tests.races import stored
from tests.races.site import at_once
from tests.races.sizes import PATIENCE, SILENCE_SECONDS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.timeout(3 * PATIENCE),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
]

DUE = MORNING + timedelta(minutes=3)
SPEED = 12.0  # of the workers' clocks: a lease of two minutes is over after ten seconds
AT_ONCE, BEFORE, MEANWHILE = 4, 20, 60
FIRST, CUT, AFTERWARDS = range(20, 30), range(30, 60), range(60, 80)  # who books in the meanwhile, and when
PAUSE_SECONDS = (
    20  # without a booking, behind the lock of somebody who is gone: five, and a busy machine's time
)
CONTEST = "2026-11-24T10:00"
DEAD = "SELECT count(*) FROM pg_stat_activity WHERE client_addr = %s AND backend_start < %s"


@dataclass
class Town:
    """Both hosts, the network, the database, the mail server and everybody who has booked."""

    net: Network
    url: str
    mail: Sink
    hosts: tuple[Host, Host]
    booked: set[int] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)  # hosts that a load balancer leaves out

    def book(self, number: int) -> None:
        """Press until it is booked, always under the same key, at whichever host answers."""
        until = time.monotonic() + PATIENCE
        for press in range(number, number + 1000):
            assert time.monotonic() < until, "it was never booked"
            open_hosts = [host for host in self.hosts if host.name not in self.shut]
            host = open_hosts[press % len(open_hosts)]
            start = flight.plain_starts(number + 1)[number]
            answer = host.send("POST", "/api/v1/appointments", flight.wish(number, start), f"key-{number:06}")
            if answer.status == 201:
                self.booked.add(number)
                return
            assert answer.status == 503
            time.sleep(0.1)

    def ask(self, question: str) -> int:
        """Return the number that a question in SQL asks for."""
        with stored.connected(self.url) as conn:
            return stored.count(conn, question)

    def dead_connections(self, since: str) -> int:
        """Return how many of the first host's connections from before a moment the server still holds."""
        with psycopg.connect(self.url) as conn:
            row = conn.execute(DEAD, ("10.77.0.11", since)).fetchone()
            assert row
            return int(row[0])


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Two hosts on one network."""
    need_networks()
    with ExitStack() as stack:
        net = stack.enter_context(network("host-a", "host-b"))
        server = stack.enter_context(own_server("listen_addresses=*"))
        url = sample_on(server, "clinic", tmp_path).replace("127.0.0.1", SWITCH)
        _let_in(server)
        mail = stack.enter_context(sink(host="0.0.0.0", seconds=PATIENCE, only="host-a"))
        short = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        more = {"SILENCE_SECONDS": str(SILENCE_SECONDS), "BEGAN": str(time.monotonic())}
        one, two = (
            stack.enter_context(running(place, url, short / place.name, Time(DUE, SPEED), mail.port, **more))
            for place in net.hosts
        )
        yield Town(net, url, mail, (one, two))


def _let_in(server: Server) -> None:
    with (server.folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {SWITCH}/24 trust\n")
    server.run("pg_ctl", "reload")


@contextmanager
def booking(town: Town, numbers: range) -> Iterator[None]:
    """Let everybody book, some at a time, while the block runs; all are booked at its end."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = pool.map(town.book, numbers)
        yield
        list(done)


def wait_until(reached: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Wait for something, not longer than necessary; return how long it took."""
    began = time.monotonic()
    while not reached():
        assert time.monotonic() < began + seconds, what
        time.sleep(0.05)
    return time.monotonic() - began


def contest(town: Town) -> None:
    """Ten people at both doors in the same instant for one start with one person: one gets it."""
    wishes = [flight.wish(900 + n, CONTEST) | {"practitioner": "kim"} for n in range(10)]
    answers = at_once(
        [
            lambda n=n, wish=wish: town.hosts[n % 2].send("POST", "/api/v1/appointments", wish, f"all-{n:06}")
            for n, wish in enumerate(wishes)
        ]
    )
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 9}
    town.booked.add(900 + next(n for n, answer in enumerate(answers) if answer.status == 201))


def addresses(town: Town) -> list[str]:
    """Return whom a confirmation is for."""
    return sorted(f"p{number}@example.com" for number in town.booked)


def cut_off(town: Town) -> float:
    """Cut the first host off while its worker holds a message and its patients are being booked."""
    one, two = town.hosts
    town.mail.ways.append("hang before data")
    with booking(town, FIRST):
        wait_until(lambda: bool(town.mail.hung), "the first host's worker has a message")
    known = len(town.booked)
    with booking(town, CUT):
        wait_until(lambda: len(town.booked) > known, "both hosts are at it")
        town.net.cut(one.place)
        at = time.monotonic()
        assert town.mail.hung[0] not in town.mail.recipients()
        town.shut.add(one.name)
    with booking(town, AFTERWARDS):
        pass
    went_on = [at, *sorted(when for when, status, _ in two.answers if when > at and status == 201)]
    assert len(went_on) > len(AFTERWARDS)
    assert max(later - sooner for sooner, later in pairwise(went_on)) < PAUSE_SECONDS
    return at


def test_two_hosts_of_which_one_is_cut_off(
    town: Town, record_property: Callable[[str, object], None]
) -> None:
    """K10, K6, C1: no overlap, each booked and told once; the other goes on; the link back, all is well."""
    one, two = town.hosts
    with booking(town, range(BEFORE)):
        contest(town)
    wait_until(lambda: sorted(town.mail.recipients()) == addresses(town), "everybody was told")
    assert all(host.answers for host in town.hosts)
    with psycopg.connect(town.url) as conn:
        (since,) = conn.execute("SELECT now()").fetchone() or ()
    at = cut_off(town)
    assert one.send("GET", "/readyz").status == 503  # within the patience of a load balancer
    wait_until(lambda: sorted(town.mail.recipients()) == addresses(town), "the other sent what was leased")
    gone = wait_until(lambda: town.dead_connections(since) == 0, "the server has forgotten who is gone")
    slowest = max(seconds for when, _, seconds in one.answers if when > at)
    assert slowest < SILENCE_SECONDS + PAUSE_SECONDS
    town.net.join(one.place)
    back = wait_until(
        lambda: one.send("GET", "/readyz").status == 200, "the first host has come back by itself"
    )
    check_recovery(town)
    record_property(
        "cut off: slowest answer there, back after, dead connections gone after, s",
        [round(seconds, 1) for seconds in (slowest, back, gone)],
    )
    record_property("booked and told once, overlaps", (len(town.booked), 0))


def check_recovery(town: Town) -> None:
    """The first host books and tells again, alone; everything that was ever acknowledged is there, once."""
    one, two = town.hosts
    end(two.worker)
    town.shut = {two.name}
    town.book(BEFORE + MEANWHILE)
    wait_until(lambda: sorted(town.mail.recipients()) == addresses(town), "the first host sends again")
    with stored.connected(town.url) as conn:
        assert whole.booked(conn) == sorted(town.booked)
        assert whole.half_written(conn) == []
        assert stored.count_overlaps(conn) == 0
    assert town.ask("SELECT count(*) FROM message WHERE state = 'sent'") == len(town.booked)
    assert LEASE.total_seconds() / SPEED > SILENCE_SECONDS  # else the speed would have made a lease run out
