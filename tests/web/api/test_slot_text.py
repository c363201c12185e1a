"""The hand-joined text against a plain writer."""

import json
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking.scheduling.timeline import DAY, Window, wall
from booking.scheduling.zone import offset_text
from booking.web.api.slot_text import slot_text

ZONES = ("America/Vancouver", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata")
CODES = ("lam", "o'neil", "kim")


def plainly(service: str, zone: str, window: Window, starts: dict[str, int]) -> dict[str, object]:
    """The same answer, slot by slot."""
    slots = []
    for cell in range(window.cells):
        free = [code for code, mask in starts.items() if mask >> cell & 1]
        if free:
            at = wall(window.origin + cell * 5)
            slots.append({"start": at.isoformat() + offset_text(at, zone), "practitioners": free})
    return {"service": service, "time_zone": zone, "slots": slots}


@given(
    zone=st.sampled_from(ZONES),
    first=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    cells=st.lists(st.sets(st.integers(0, 4 * DAY - 1), max_size=30), min_size=0, max_size=3),
)
def test_the_joined_text_says_what_a_plain_writer_says(zone: str, first: date, cells: list[set[int]]) -> None:
    """Any masks over any four days of any zone, clock changes included, give the same document."""
    starts = {code: sum(1 << cell for cell in mine) for code, mine in zip(CODES, cells, strict=False)}
    window = Window(first, 4)
    assert json.loads(slot_text('a"b', zone, window, starts)) == plainly('a"b', zone, window, starts)


def test_e36_a_day_of_a_clock_change_has_both_offsets() -> None:
    """E36: on 1 November 2026 in Los Angeles midnight is -07:00 and 10:00 is -08:00."""
    window = Window(date(2026, 11, 1), 1)
    found = json.loads(slot_text("x", "America/Los_Angeles", window, {"lam": 1 | 1 << 120}))
    assert [one["start"] for one in found["slots"]] == [
        "2026-11-01T00:00:00-07:00",
        "2026-11-01T10:00:00-08:00",
    ]
    assert wall(window.origin) + timedelta(hours=10) == datetime(2026, 11, 1, 10)
