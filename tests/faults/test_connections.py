"""PostgreSQL restarts, and connections are cut in the middle: nothing lost, nothing doubled (K10)."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.faults import flight, whole
from tests.faults.proxy import proxying
from tests.faults.server import Server, own_server, sample_on
from tests.races import stored
from tests.races.site import Site, serving
from tests.races.sizes import CONNECTION_CUTS, PATIENCE, RESTARTS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.timeout(3 * PATIENCE),
]
AT_ONCE = 4
PAUSE = 0.05


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of this file's own."""
    with own_server() as found:
        yield found


class Patients:
    """People who book one visit each, and press the button again when they are told to."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.seen: list[tuple[float, int]] = []  # when, and with which status

    def book(self, number: int) -> None:
        """Press until it is booked, always under the same key."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            start = flight.plain_starts(number + 1)[number]
            answer = flight.post(self.site, flight.wish(number, start), f"patient-{number:05}").answer()
            self.seen.append((time.monotonic(), answer.status))
            if answer.status == 201:
                return
            time.sleep(PAUSE)
        raise AssertionError("it was never booked")

    def book_while(self, count: int, hurt: Callable[[], None]) -> None:
        """Let so many people book, some at a time, while something happens."""
        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            hurting = pool.submit(hurt)
            done = list(pool.map(self.book, range(count)))
            hurting.result()
        assert len(done) == count

    def statuses(self) -> set[int]:
        """Return which statuses were seen."""
        return {status for _, status in self.seen}

    def recovered_after(self, at: float) -> float:
        """Return how many seconds after a moment the first visit was booked."""
        return min(when for when, status in self.seen if when >= at and status == 201) - at


def check(url: str, count: int) -> None:
    """Check that everybody is booked once, and every visit is whole."""
    with stored.connected(url) as conn:
        assert whole.booked(conn) == list(range(count))
        assert whole.half_written(conn) == []


def test_k10_a_restart_of_the_server_is_503_and_then_over(
    server: Server, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """K10: the server is killed and comes back while people book: 503 meanwhile, then each is booked once."""
    count = 200  # some are left when the server goes, however quick the machine
    url = sample_on(server, "restarted", tmp_path)
    with serving(url, tmp_path) as site:
        patients, back = Patients(site), []

        def restart() -> None:
            for _ in range(RESTARTS):
                time.sleep(0.5 if back else 0.1)
                server.stop()
                server.start()
                back.append(time.monotonic())

        patients.book_while(count, restart)
        patients.book(count)
        check(url, count + 1)
        assert patients.statuses() == {201, 503}
        record_property("K10 restarts", RESTARTS)
        record_property("K10 recovered after, s", round(max(map(patients.recovered_after, back)), 1))


def test_k10_connections_cut_in_the_middle_of_a_booking(
    server: Server, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """K10: connections cut after any message of a booking: tried again or 503; each is booked once."""
    url = sample_on(server, "cut", tmp_path)
    with proxying(server.port) as proxy:
        through = make_url(url).set(port=proxy.port).render_as_string(hide_password=False)
        with serving(through, tmp_path) as site:
            patients = Patients(site)

            def cut() -> None:
                proxy.cut(CONNECTION_CUTS)

            patients.book_while(80, cut)
            assert proxy.cuts == CONNECTION_CUTS
            check(url, 80)
            assert patients.statuses() <= {201, 503}
            told = sum(status == 503 for _, status in patients.seen)
            record_property("K10 cuts, of them told to somebody", (CONNECTION_CUTS, told))
