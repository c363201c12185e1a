"""Masks of cells say what lists of booleans say (D4)."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.scheduling.busy import Busy
from booking.scheduling.slots import each_slot, each_start, first_slot
from booking.scheduling.timeline import (
    DAY,
    TAIL,
    Window,
    at_least,
    fits,
    join_days,
    minute_of,
    span_cells,
    split_days,
    touched_cells,
    wall,
)

WINDOW = Window(date(2026, 11, 24), 2)
bits = st.lists(st.booleans(), min_size=1, max_size=80)
quick = settings(deadline=None, max_examples=200)


def mask(cells: list[bool]) -> int:
    return sum(1 << i for i, cell in enumerate(cells) if cell)


@pytest.mark.parametrize(
    ("when", "minute"),
    [
        (datetime(2000, 1, 1), 0),
        (datetime(2000, 1, 2, 0, 5), 1445),
        (datetime(2026, 11, 24, 9, 0, 59), 14_147_100),
        (datetime(1999, 12, 31, 23, 55), -5),
    ],
)
def test_minutes_count_from_2000(when: datetime, minute: int) -> None:
    """D1: a wall time is whole minutes since 2000-01-01 00:00, and back."""
    assert minute_of(when) == minute
    assert wall(minute) == when.replace(second=0)


@quick
@given(bits, st.integers(1, 30))
def test_fits_finds_every_run(cells: list[bool], run: int) -> None:
    """A bit of ``fits`` is set exactly where so many free cells in a row begin."""
    expected = [len(cells[i : i + run]) == run and all(cells[i : i + run]) for i in range(len(cells))]
    assert fits(mask(cells), run) == mask(expected)


@quick
@given(st.lists(st.lists(st.booleans(), min_size=12, max_size=12), max_size=6), st.integers(1, 7))
def test_at_least_counts_each_cell(rows: list[list[bool]], n: int) -> None:
    """A bit of ``at_least`` is set exactly where so many masks have it."""
    expected = [sum(row[i] for row in rows) >= n for i in range(12)]
    assert at_least(n, map(mask, rows)) == mask(expected)


@quick
@given(st.lists(st.integers(0, 2**288 - 1), min_size=1, max_size=100))
def test_days_join_and_split(days: list[int]) -> None:
    """Days joined into one mask come apart again, a tail left out."""
    joined = join_days(days)
    assert joined == sum(day << i * DAY for i, day in enumerate(days))
    assert list(split_days(joined | 1 << len(days) * DAY, len(days))) == days


def test_a_window_knows_its_days_and_a_tail() -> None:
    """A window of two days starts in 576 cells and knows two hours more."""
    assert (WINDOW.origin, WINDOW.cells, WINDOW.until) == (14_146_560, 576, 14_149_560)
    assert WINDOW.all.bit_count() == 576
    assert WINDOW.known.bit_count() == 576 + TAIL
    assert WINDOW.dates() == [date(2026, 11, 24), date(2026, 11, 25)]
    assert WINDOW.day_mask(1) == WINDOW.all & ~((1 << 288) - 1)
    assert WINDOW.every_day(0b101) == 0b101 | 0b101 << 288


@pytest.mark.parametrize(
    ("starts", "ends", "first", "cells"),
    [
        (0, 5, 0, 1),
        (-60, 10, 0, 2),
        (3, 6, 0, 2),
        (5, 5, 0, 0),
        (-10, 0, 0, 0),
        (3000, 9999, 0, 0),
        (2995, 9999, 599, 1),
    ],
)
def test_a_mask_is_cut_to_the_window(starts: int, ends: int, first: int, cells: int) -> None:
    """A stretch becomes the cells that it touches, and none outside the window."""
    found = WINDOW.mask(WINDOW.origin + starts, WINDOW.origin + ends)
    assert found == ((1 << cells) - 1) << first


def test_a_start_is_looked_up_to_the_minute() -> None:
    """Only the minute at which a cell begins is a start."""
    found = WINDOW.mask(WINDOW.origin + 600, WINDOW.origin + 605)
    assert WINDOW.has(found, WINDOW.origin + 600)
    assert not WINDOW.has(found, WINDOW.origin + 602)
    assert not WINDOW.has(found, WINDOW.origin + 605)
    assert not WINDOW.has(found, WINDOW.origin - 600)
    assert list(each_start(found, WINDOW)) == [WINDOW.origin + 600]


def test_ragged_spans_are_cut_for_work_and_widened_for_breaks() -> None:
    """Hours count whole cells only; a break takes every cell it touches."""
    assert span_cells([(3, 12), (12, 13)]) == 0b10
    assert touched_cells([(3, 12)]) == 0b111


rows = st.lists(
    st.tuples(st.integers(1, 3), st.integers(-300, 700), st.integers(1, 400), st.sampled_from([None, 5, 8])),
    max_size=12,
)


@quick
@given(rows)
def test_claims_fold_into_masks(drawn: list[tuple[int, int, int, int | None]]) -> None:
    """Folded claims cover the cells they touch, over midnight too, and tell the first expiry."""
    given_rows = [
        (r, WINDOW.origin + at * 5, WINDOW.origin + at * 5 + length * 5, expires)
        for r, at, length, expires in drawn
    ]
    busy = Busy.from_rows(WINDOW, given_rows)
    for resource in (1, 2, 3):
        cells = {c for r, at, n, _ in drawn if r == resource for c in range(at, at + n)}
        expected = mask([cell in cells for cell in range(576 + TAIL)])
        assert busy.masks.get(resource, 0) == expected
        assert busy.free(resource) == WINDOW.known & ~expected
    assert busy.until == min([x for *_, x in drawn if x], default=None)


def test_a_ragged_claim_takes_every_cell_it_touches() -> None:
    """A claim that does not keep to five minutes, were there one, never leaves a cell half free."""
    at = WINDOW.origin
    busy = Busy.from_rows(WINDOW, [(1, at + 3, at + 7, None), (1, at + 1438, at + 1441, None)])
    assert busy.masks == {1: 0b11 | 0b11 << 287}


def test_slots_are_listed_with_everybody_who_is_free() -> None:
    """Starts come in order of time, each with its practitioners in set-up order."""
    found = {"lam": 0b1001, "kim": 0b0001 | 1 << 288, "ray": 0}
    assert list(each_slot(found, WINDOW)) == [
        (WINDOW.origin, ("lam", "kim")),
        (WINDOW.origin + 15, ("lam",)),
        (WINDOW.origin + 1440, ("kim",)),
    ]
    assert list(each_slot({}, WINDOW)) == []


@quick
@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, (1 << 576 + TAIL) - 1), max_size=3))
def test_the_first_slot_is_the_first_of_all(found: dict[str, int]) -> None:
    """Looking for the first start finds what listing all begins with; the tail counts for neither."""
    assert first_slot(found, WINDOW) == next(each_slot(found, WINDOW), None)
    assert first_slot({code: mask >> 576 << 576 for code, mask in found.items()}, WINDOW) is None
