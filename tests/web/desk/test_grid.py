"""The calendar as a table: every column stays under its own head, whatever stands in it."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking.actions.day import BeingBooked, Blocked, Day
from booking.scheduling.appointment import Patient, Sold, Visit
from booking.scheduling.visit import Reset, Shape, Step
from booking.web.desk.grid import Column, Row, by_day, by_person, by_thing, lay_out
from tests.scheduling.sample import sample

ON = date(2026, 11, 24)
OPENING = ((9 * 60, 19 * 60),)
CLINIC = sample()
WHO = [person.code for person in CLINIC.practitioners]
PATIENT = Patient(1, "Ana One", "ana@example.com", None, "en-CA")

minutes = st.integers(0, 24 * 12 - 1).map(lambda n: n * 5)
lengths = st.integers(1, 24).map(lambda n: n * 5)


def at(minute: int) -> datetime:
    return datetime.combine(ON, time()) + timedelta(minutes=minute)


def visit(begins: int, long: int, reset: int, who: str = "kim", room: str = "m1") -> Visit:
    shape = Shape((Step(long, hands_on=True),), Reset(reset, frozenset({"room"})))
    sold = Sold("Massage", "massage", shape, 1, 0, "CAD", who, "RMT", "CMTBC", "1", room)
    starts, ends = at(begins), at(begins + long)
    now = datetime(2026, 11, 1)
    flags = (False, False, None)
    return Visit(1, 1, "R", PATIENT, "rmt", who, room, starts, ends, "booked", 1, sold, *flags, now, None)


def block(begins: int, long: int, who: str) -> Blocked:
    return Blocked(1, "meeting", "meeting", at(begins), at(begins + long), who, None, None)


def hold(begins: int, long: int, who: str) -> BeingBooked:
    return BeingBooked(who, at(begins), at(begins + long), at(begins))


def day(
    visits: list[Visit], blocks: list[Blocked] | None = None, holds: list[BeingBooked] | None = None
) -> Day:
    return Day(ON, tuple(CLINIC.practitioners), OPENING, None, visits, blocks or [], holds or [])


def widths(rows: list[Row]) -> set[int]:
    """Return how many columns the rows have, each with the cells of earlier rows that reach into it."""
    found, reaching = set(), [0] * len(rows)
    for n, row in enumerate(rows):
        for cell in row.cells:
            assert 1 <= cell.rows <= len(rows) - n
            for below in range(n, n + cell.rows):
                reaching[below] += 1
    found.update(reaching)
    return found


def is_sound(columns: list[Column]) -> bool:
    rows = lay_out(columns, OPENING)
    return not rows or widths(rows) == {sum(len(column.lanes) for column in columns)}


def test_a_visit_off_the_quarter_hour_pushes_no_column_aside() -> None:
    """Massage from 9:05 to 9:35 with its reset after it: 14:00 stands under the same head."""
    columns = by_person(day([visit(9 * 60 + 5, 30, 15), visit(14 * 60, 30, 15)]))
    assert is_sound(columns)


def test_what_reaches_beyond_midnight_ends_with_the_day() -> None:
    """A visit until midnight and its reset after it, a block since the day before: the table ends there."""
    late = day([visit(23 * 60, 60, 15), visit(22 * 60, 180, 15, "lam")], [block(-60, 120, "kim")])
    assert is_sound(by_person(late))
    assert [row.minute for row in lay_out(by_person(late), OPENING)][-1] == 24 * 60 - 5


@given(
    st.lists(
        st.builds(visit, minutes, lengths, st.sampled_from((0, 5, 10, 15)), st.sampled_from(WHO)), max_size=12
    ),
    st.lists(st.builds(block, minutes, lengths, st.sampled_from(WHO)), max_size=4),
    st.lists(st.builds(hold, minutes, lengths, st.sampled_from(WHO)), max_size=4),
)
def test_every_column_stays_under_its_head(
    visits: list[Visit], blocks: list[Blocked], holds: list[BeingBooked]
) -> None:
    """Property: in every row of every view, cells and the rowspans from above fill exactly the columns."""
    full = day(visits, blocks, holds)
    assert is_sound(by_person(full))
    assert is_sound(by_day([full], CLINIC.practitioner["kim"]))
    assert is_sound(by_thing(full, CLINIC.rooms, lambda one: (one.room,)))
