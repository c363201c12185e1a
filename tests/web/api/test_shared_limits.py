"""Limits of what is stored hold over all hosts by the database, with Redis or without (K12, ADR 0005)."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from booking.actions import book as booking_action
from tests.databases import Clock, opened
from tests.web.api.calls import API, body, booked, person, starts

NOBODY_THERE = "redis://127.0.0.1:1/0"


@pytest.mark.parametrize("url", ["sqlite_url", pytest.param("pg_url", marks=pytest.mark.postgresql)])
def test_k12_two_hosts_share_a_limit_without_redis(
    url: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """K12: booked on one host and the other, the third is refused on both; cancelling works on either."""
    monkeypatch.setattr(booking_action, "BOOKINGS_PER_HOUR", 2)
    place = request.getfixturevalue(url)
    with ExitStack() as stack:
        here, there = (
            stack.enter_context(opened(place, tmp_path, clock, REDIS_URL=NOBODY_THERE)).test_client()
            for _ in range(2)
        )
        free = [f"2026-{start.replace(' ', 'T')}" for start in starts(here)]
        first = booked(here, start=free[0], patient=person(1))
        booked(there, start=free[-1], patient=person(2))
        for host in (here, there):
            refused = host.post(f"{API}/appointments", json=body(start="2026-11-25T12:00", patient=person(3)))
            assert (refused.status_code, refused.json["code"]) == (429, "too_many")
        assert there.post(f"{API}/appointments/{first['token']}/cancel").status_code == 200
