"""The guard's truth table: what is refused beside a claim that is there, however it is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, update

from booking.records.database import writer
from booking.records.tables import claim
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import SlotTaken
from tests.records.rows import AT, Owner, add_block, add_claim, one_of_each_kind

DAY = 1440
# There is a claim [0, 60); another claim of the same resource, and whether it is refused.
TRUTH = {
    "the same": (0, 60, True),
    "inside": (15, 30, True),
    "around": (-30, 90, True),
    "over the start": (-30, 15, True),
    "over the end": (45, 90, True),
    "the first cell": (0, 5, True),
    "the last cell": (55, 60, True),
    "reaches in by a cell": (-30, 5, True),
    "as long as can be, reaches in by a cell": (5 - DAY, 5, True),
    "as long as can be, from the last cell": (55, 55 + DAY, True),
    "touches the start": (-60, 0, False),
    "touches the end": (60, 120, False),
    "as long as can be, touches the start": (-DAY, 0, False),
    "elsewhere": (300, 360, False),
}
EXPECTED = {name: refused for name, (_, _, refused) in TRUTH.items()}

Write = Callable[[Connection, Clinic, Owner, int, int, int], object]


@contextmanager
def undone() -> Iterator[Connection]:
    """Give a connection that may write, and undo what it wrote."""
    with writer() as conn:
        opened = conn.begin()
        yield conn
        opened.rollback()


def by_core(conn: Connection, clinic: Clinic, owner: Owner, unit: int, starts: int, ends: int) -> None:
    add_claim(conn, clinic, owner, unit, starts, ends)


def by_raw_sql(conn: Connection, clinic: Clinic, owner: Owner, unit: int, starts: int, ends: int) -> None:
    conn.exec_driver_sql(
        f"INSERT INTO claim (clinic_id, resource_id, starts, ends, {owner[0]})"
        f" VALUES ({clinic.id}, {unit}, {starts}, {ends}, {owner[1]})"
    )


def by_update(conn: Connection, clinic: Clinic, owner: Owner, unit: int, starts: int, ends: int) -> None:
    elsewhere = add_claim(conn, clinic, owner, unit, AT + 10 * DAY, AT + 10 * DAY + 5)
    conn.execute(update(claim).where(claim.c.id == elsewhere).values(starts=starts, ends=ends))


def by_another_resource(
    conn: Connection, clinic: Clinic, owner: Owner, unit: int, starts: int, ends: int
) -> None:
    other = add_claim(conn, clinic, owner, clinic.rooms[-1].resource, starts, ends)
    conn.execute(update(claim).where(claim.c.id == other).values(resource_id=unit))


def is_refused(write: Write, clinic: Clinic, starts: int, ends: int, kind: str = "room") -> bool:
    with undone() as conn:
        owner, unit = add_block(conn, clinic), one_of_each_kind(conn, clinic)[kind]
        by_core(conn, clinic, owner, unit, AT, AT + 60)
        try:
            write(conn, clinic, owner, unit, AT + starts, AT + ends)
        except SlotTaken:
            return True
        return False


def is_refused_by_a_long_one(clinic: Clinic) -> bool:
    with undone() as conn:
        owner, room = add_block(conn, clinic), clinic.rooms[0].resource
        add_claim(conn, clinic, owner, room, AT, AT + DAY)
        try:
            add_claim(conn, clinic, owner, room, AT + DAY - 5, AT + DAY)
        except SlotTaken:
            return True
        return False


def is_refused_elsewhere(clinic: Clinic) -> bool:
    with undone() as conn:
        owner = add_block(conn, clinic)
        add_claim(conn, clinic, owner, clinic.rooms[0].resource, AT, AT + 60)
        try:
            add_claim(conn, clinic, owner, clinic.rooms[1].resource, AT, AT + 60)
        except SlotTaken:
            return True
        return False
