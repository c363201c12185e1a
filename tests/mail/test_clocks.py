"""A clock that jumps while messages go out: none twice, none lost, none before the clock says so (K14)."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask

from booking.mail.deliver import deliver
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, rows
from tests.databases import Clock
from tests.mail.bulk import plan_many
from tests.mail.sink import send_to, sink

pytestmark = [
    pytest.mark.usefixtures("any_app"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
]
DUE = MORNING + timedelta(minutes=3)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JUMPS = (
    3 * MINUTE,
    -HOUR,
    -DAY,
    5 * MINUTE,
    HOUR,
    -HOUR,
    7 * MINUTE,
    70 * MINUTE,
)  # what it says


def test_k14_a_clock_that_jumps_to_and_fro_sends_everything_once(
    any_app: Flask, clinic: Clinic, clock: Clock
) -> None:
    """K14: an hour ahead, an hour and a day back, in the middle of the queue, and a busy server."""
    due = [DUE + number * 7 * MINUTE for number in range(10)]
    addresses = plan_many(clinic, due)
    furthest = clock.at
    with sink(ways=["ok", "451", "drop after data", "ok", "lose data"]) as received:
        send_to(any_app, received.port)
        for jump in JUMPS:
            clock.at = DUE + jump
            furthest = max(furthest, clock.at)
            deliver()
            early = [a for a, at in zip(addresses, due, strict=True) if at > furthest]
            assert not set(early) & set(received.recipients())
        clock.at = DUE + DAY
        deliver()
    times = Counter(received.recipients())
    ids = {(mail["To"], mail["Message-ID"]) for mail in received.messages()}
    assert set(times) == set(addresses)
    assert sum(times.values()) == 11  # one was dropped after it was taken, and came again
    assert len(ids) == 10
    assert {row.state for row in rows("SELECT state FROM message")} == {"sent"}
