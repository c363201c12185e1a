"""The guard: one truth table for both engines, raw SQL included (C4, C18)."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from flask import Flask
from sqlalchemy import exc, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from booking.records import guard
from booking.records.database import reader, writer
from booking.records.tables import claim
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import SlotTaken
from tests.databases import MORNING
from tests.records.rows import AT, Owner, add_block, add_claim, add_hold, list_claims, one_of_each_kind
from tests.records.truth import (
    EXPECTED,
    TRUTH,
    Write,
    by_another_resource,
    by_core,
    by_raw_sql,
    by_update,
    is_refused,
    is_refused_by_a_long_one,
    is_refused_elsewhere,
    undone,
)

COLUMNS = "clinic_id, resource_id, starts, ends, block_id"
INSERT = f"INSERT INTO claim ({COLUMNS}) VALUES ({{}}, {{}}, {{}}, {{}}, {{}})"


@pytest.mark.parametrize("write", [by_core, by_raw_sql, by_update, by_another_resource])
def test_c04_overlaps_are_refused_and_touching_is_not(any_app: Flask, clinic: Clinic, write: Write) -> None:
    """Whatever writes, a claim that shares a cell with another of its resource is refused, no other."""
    found = {name: is_refused(write, clinic, starts, ends) for name, (starts, ends, _) in TRUTH.items()}
    assert found == EXPECTED


@pytest.mark.parametrize("kind", ["hands", "seat", "room", "device", "patient"])
def test_c04_every_kind_of_resource_is_guarded(any_app: Flask, clinic: Clinic, kind: str) -> None:
    """Hands, seats, rooms, device units and patients cannot be in two places at once."""
    for write in (by_core, by_raw_sql, by_update):
        assert is_refused(write, clinic, 55, 90, kind)
        assert not is_refused(write, clinic, 60, 90, kind)


@pytest.mark.parametrize("manner", ["REPLACE", "IGNORE", "FAIL", "ABORT", "ROLLBACK"])
def test_c04_sqlite_conflict_clauses_do_not_pass_the_guard(
    sqlite_app: Flask, clinic: Clinic, manner: str
) -> None:
    """INSERT OR ..., and UPDATE OR ..., are refused like any other write."""
    for statement in (
        f"INSERT OR {manner} INTO claim ({COLUMNS}) VALUES (?, ?, ?, ?, ?)",
        f"UPDATE OR {manner} claim SET clinic_id = ?, resource_id = ?, starts = ?, ends = ?, block_id = ?",
    ):
        with undone() as conn:
            owner, room = add_block(conn, clinic), clinic.rooms[0].resource
            add_claim(conn, clinic, owner, room, AT, AT + 60)
            add_claim(conn, clinic, owner, room, AT + 60, AT + 120)
            with pytest.raises(SlotTaken):
                conn.exec_driver_sql(statement, (clinic.id, room, AT + 30, AT + 90, owner[1]))


def test_c04_replacing_a_claim_by_its_id_does_not_pass_the_guard(sqlite_app: Flask, clinic: Clinic) -> None:
    """INSERT OR REPLACE with the id of a claim elsewhere cannot carry it onto another."""
    with undone() as conn:
        owner, room = add_block(conn, clinic), clinic.rooms[0].resource
        add_claim(conn, clinic, owner, room, AT, AT + 60)
        elsewhere = add_claim(conn, clinic, owner, room, AT + 300, AT + 360)
        with pytest.raises(SlotTaken):
            conn.exec_driver_sql(
                "INSERT OR REPLACE INTO claim (id, clinic_id, resource_id, starts, ends, block_id)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (elsewhere, clinic.id, room, AT + 30, AT + 90, owner[1]),
            )


def test_c04_on_conflict_do_nothing_adds_no_overlap(any_app: Flask, clinic: Clinic) -> None:
    """ON CONFLICT DO NOTHING may pass without a word, but never with an overlap."""
    with undone() as conn:
        owner, room = add_block(conn, clinic), clinic.rooms[0].resource
        add_claim(conn, clinic, owner, room, AT, AT + 60)
        dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
        row = {
            "clinic_id": clinic.id,
            "resource_id": room,
            "starts": AT + 30,
            "ends": AT + 90,
            owner[0]: owner[1],
        }
        quiet = dialect.insert(claim).values(row).on_conflict_do_nothing()
        opened = conn.begin_nested()
        try:
            conn.execute(quiet)
        except SlotTaken:
            opened.rollback()
        assert list_claims(conn) == [(room, AT, AT + 60)]


def test_c04_many_rows_in_one_statement_are_all_or_none(any_app: Flask, clinic: Clinic) -> None:
    """Two claims of one INSERT that overlap each other are refused, both."""
    with undone() as conn:
        owner, room = add_block(conn, clinic), clinic.rooms[0].resource
        base = {"clinic_id": clinic.id, "resource_id": room, owner[0]: owner[1]}
        rows = [{**base, "starts": AT, "ends": AT + 60}, {**base, "starts": AT + 45, "ends": AT + 90}]
        opened = conn.begin_nested()
        with pytest.raises(SlotTaken):
            conn.execute(insert(claim).values(rows))
        opened.rollback()
        assert list_claims(conn) == []


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (0, 1445),  # longer than a day
        (0, 0),
        (60, 0),
        (3, 60),
        (0, 58),
        ("NULL", 60),
        (0, "NULL"),
    ],
)
def test_claims_that_are_no_stretch_of_cells_are_refused(
    any_app: Flask, clinic: Clinic, starts: int | str, ends: int | str
) -> None:
    """A claim is longer than nothing, at most a day, and made of whole cells."""
    sql = [f"{AT} + {value}" if isinstance(value, int) else value for value in (starts, ends)]
    with undone() as conn:
        owner = add_block(conn, clinic)
        with pytest.raises(exc.DBAPIError):
            conn.exec_driver_sql(INSERT.format(clinic.id, clinic.rooms[0].resource, *sql, owner[1]))


@pytest.mark.parametrize("value", ["0.5", "'noon'", "x'3630'", "1e300"])
@pytest.mark.parametrize("column", ["resource_id", "starts", "ends"])
def test_sqlite_takes_nothing_but_integers_for_a_claim(
    sqlite_app: Flask, clinic: Clinic, column: str, value: str
) -> None:
    """Fractions, texts and bytes, which SQLite would store anywhere, are refused."""
    given = {"resource_id": str(clinic.rooms[0].resource), "starts": str(AT), "ends": str(AT + 60)}
    given[column] = value
    with undone() as conn:
        owner = add_block(conn, clinic)
        with pytest.raises(exc.IntegrityError):
            conn.exec_driver_sql(INSERT.format(clinic.id, *given.values(), owner[1]))


@pytest.mark.parametrize(
    "owners",
    [
        {},
        {"block_id": "block", "hold_id": "hold", "expires": 1},
        {"block_id": "block", "expires": 1},
        {"hold_id": "hold"},
        {"block_id": -1},
    ],
)
def test_a_claim_has_exactly_one_owner_and_only_holds_expire(
    any_app: Flask, clinic: Clinic, owners: dict[str, object]
) -> None:
    """No owner, two owners, an unknown one, or an expiry that does not fit is refused."""
    with undone() as conn:
        ids = {"block": add_block(conn, clinic)[1], "hold": add_hold(conn, clinic, MORNING)[1]}
        row = {"clinic_id": clinic.id, "resource_id": clinic.rooms[0].resource, "starts": AT, "ends": AT + 60}
        row |= {name: ids.get(value, value) for name, value in owners.items()}
        with pytest.raises(exc.IntegrityError):
            conn.execute(insert(claim).values(row))


def test_one_owner_may_claim_several_resources_at_once(any_app: Flask, clinic: Clinic) -> None:
    """The guard looks at each resource by itself."""
    with undone() as conn:
        owner = add_block(conn, clinic)
        units = sorted(one_of_each_kind(conn, clinic).values())
        for unit in units:
            add_claim(conn, clinic, owner, unit, AT, AT + 60)
        assert list_claims(conn) == [(unit, AT, AT + 60) for unit in units]


def _committed_claim(clinic: Clinic) -> tuple[Owner, int]:
    with writer() as conn, conn.begin():
        owner, room = add_block(conn, clinic), clinic.rooms[0].resource
        add_claim(conn, clinic, owner, room, AT, AT + 60)
    return owner, room


def test_c04_another_program_on_the_sqlite_file_is_refused(sqlite_app: Flask, clinic: Clinic) -> None:
    """The guard lies in the file: it holds for programs that know nothing of this one."""
    owner, room = _committed_claim(clinic)
    with (
        closing(
            sqlite3.connect(sqlite_app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
        ) as conn,
        pytest.raises(sqlite3.IntegrityError, match=r"^claim_no_overlap$"),
    ):
        conn.execute(INSERT.format(clinic.id, room, AT + 30, AT + 90, owner[1]))


@pytest.mark.postgresql
def test_c04_another_program_on_the_postgresql_server_is_refused(pg_app: Flask, clinic: Clinic) -> None:
    """The guard is a constraint: it holds for programs that know nothing of this one."""
    owner, room = _committed_claim(clinic)
    with (
        psycopg.connect(pg_app.config["SQLALCHEMY_DATABASE_URI"]) as conn,
        pytest.raises(psycopg.errors.ExclusionViolation, match="claim_no_overlap"),
    ):
        conn.execute(INSERT.format(clinic.id, room, AT + 30, AT + 90, owner[1]))


def test_the_guard_sees_the_last_cell_of_a_day_long_claim(any_app: Flask, clinic: Clinic) -> None:
    """The bound that keeps the guard quick misses no claim."""
    assert is_refused_by_a_long_one(clinic)
    assert not is_refused_elsewhere(clinic)


LOST = {
    "sqlite": ["DROP TRIGGER claim_no_overlap_insert", "DROP TRIGGER claim_no_overlap_update"],
    "postgresql": ["ALTER TABLE claim DROP CONSTRAINT claim_no_overlap"],
}


def test_a_lost_guard_is_noticed_and_can_be_put_back(any_app: Flask, clinic: Clinic) -> None:
    """Start-up can tell that any part is missing; ``install`` restores it, as often as it is called."""
    assert guard.is_intact(reader())
    for statement in LOST[reader().dialect.name]:
        with writer() as conn, conn.begin():
            conn.exec_driver_sql(statement)
        assert not guard.is_intact(reader())
        for _ in range(2):
            with writer() as conn, conn.begin():
                guard.install(conn)
            assert guard.is_intact(reader())


def test_claims_can_be_read_by_people(any_app: Flask, clinic: Clinic) -> None:
    """The view claim_readable shows wall times and the kind of resource."""
    with undone() as conn:
        owner = add_hold(conn, clinic, MORNING)
        add_claim(conn, clinic, owner, clinic.rooms[0].resource, AT, AT + 75)
        row = conn.execute(text("SELECT * FROM claim_readable")).one()
        assert (row.kind, str(row.starts), str(row.ends), row.hold_id, str(row.expires_at)) == (
            "room",
            "2026-11-24 10:00:00",
            "2026-11-24 11:15:00",
            owner[1],
            "2026-11-23 15:10:00",
        )
        assert conn.execute(select(claim.c.id)).scalar_one() == row.id


def steps_of_one_claim(clinic: Clinic, stored: int) -> int:
    """Count the steps of SQLite's machine for one claim after ``stored`` earlier ones of its resource."""
    with undone() as conn:
        owner, room = add_block(conn, clinic), clinic.rooms[0].resource
        rows = [
            {"clinic_id": clinic.id, "resource_id": room, "starts": at, "ends": at + 60, owner[0]: owner[1]}
            for at in range(AT - stored * 60, AT, 60)
        ]
        conn.execute(insert(claim), rows)
        steps: list[int] = []
        driver = conn.connection.driver_connection
        driver.set_progress_handler(lambda: steps.append(1), 1)
        add_claim(conn, clinic, owner, room, AT, AT + 60)
        driver.set_progress_handler(None, 1)
        return len(steps)


def test_c18_years_of_history_do_not_slow_the_guard(sqlite_app: Flask, clinic: Clinic) -> None:
    """One more claim costs the same after a hundred of its room as after twenty thousand."""
    assert steps_of_one_claim(clinic, 20_000) <= steps_of_one_claim(clinic, 100) * 1.1
