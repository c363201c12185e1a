"""More people than can be served: some are told to come back, the others are served in time (L4)."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.load.crowd import percentile
from tests.load.flood import capacity, flood
from tests.races.site import Site, serving_copy
from tests.races.sizes import HURRY, OVERLOAD_SECONDS, PATIENCE, SLOW

pytestmark = [pytest.mark.load, pytest.mark.slow, pytest.mark.timeout(3 * PATIENCE)]

TIMES = 2 if SLOW else 4  # in the short form, so that other work on the machine does not matter
PAGE = "/book/rmt-60"


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The sample clinic as shipped."""
    with serving_copy(request, tmp_path, "sqlite", HURRY=str(HURRY)) as found:
        yield found


def test_l4_twice_too_many(site: Site, record_property: Callable[[str, object], None]) -> None:
    """L4: at twice what can be served some hear 503 and Retry-After, the rest is served; then all is well."""
    can = capacity(site, PAGE, OVERLOAD_SECONDS / 3)
    came = flood(site, PAGE, TIMES * can, OVERLOAD_SECONDS)
    ended = time.monotonic()
    while site.send("GET", PAGE).status != 200:
        time.sleep(0.05)
    recovered = time.monotonic() - ended
    served = [one.seconds for one in came if one.status == 200]
    shed = [one for one in came if one.status == 503]
    assert len(served) + len(shed) == len(came)
    assert {one.retry_after for one in shed} == {"5"}
    assert len(served) >= len(came) / 10  # shedding costs little: most of the time goes into serving
    p99 = percentile(served, 0.99)
    record_property(
        "L4 pages a second, asked for, served, shed", (round(can), len(came), len(served), len(shed))
    )
    record_property("L4 p99 of the served, s; recovered after, s", (round(p99, 2), round(recovered, 2)))
    assert not SLOW or (p99 <= 3.5 and recovered <= 10)
