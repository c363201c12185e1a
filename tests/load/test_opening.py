"""Opening time: everybody comes at once, and all of them want one of the first times (L1)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.load import crowd
from tests.races import stored
from tests.races.site import Site, serving_copy
from tests.races.sizes import CROWD, CROWD_SECONDS, PATIENCE, SLOW

pytestmark = [pytest.mark.load, pytest.mark.slow, pytest.mark.timeout(3 * PATIENCE)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """The sample clinic as shipped, on each engine."""
    with serving_copy(request, tmp_path, request.param) as found:
        yield found


def test_l1_everybody_comes_at_opening_time(
    site: Site, record_property: Callable[[str, object], None]
) -> None:
    """L1: people look, choose, fill in, send, all within seconds: no overlap, losers are offered three."""
    visitors = crowd.come(site, CROWD, CROWD_SECONDS)
    seen = [one for visitor in visitors for one in visitor.seen]
    shed = sum(status == 503 for _, status, _ in seen)
    assert {status for _, status, _ in seen} <= {200, 303, 409, 503}
    assert shed == 0 or not SLOW  # beside other tests a machine may be too busy, and says so
    offers = [offered for visitor in visitors for offered in visitor.offers]
    assert offers or shed
    assert min(offers, default=3) >= 3
    booked = [visitor.reference for visitor in visitors if visitor.reference]
    assert len(set(booked)) == len(booked)
    with stored.connected(site.database) as conn:
        assert stored.count(conn, "SELECT count(*) FROM appointment") == len(booked)
        assert stored.wrong_claims(conn, 1) == []
        assert stored.count_overlaps(conn) == 0
    posts = [seconds for step, _, seconds in seen if step == "post"]
    record_property("L1 people, booked, refused, 5xx", (CROWD, len(booked), len(offers), shed))
    record_property("L1 p99 of sending, s", round(crowd.percentile(posts, 0.99), 2))
