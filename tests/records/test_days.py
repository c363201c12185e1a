"""What is claimed: one statement, by the index alone, expired holds left out (D4, E23)."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from booking.records import claims, days
from booking.records.database import reader, writer
from booking.records.days import load_busy
from booking.records.transaction import transaction
from booking.scheduling.busy import Busy
from booking.scheduling.clinic import Clinic
from booking.scheduling.timeline import Window
from tests.databases import MORNING
from tests.records.rows import AT, Owner, add_appointment, add_block, add_hold
from tests.records.work import statements

TUESDAY = Window(date(2026, 11, 24), 1)
TEN = 120  # the cell of 10:00
NOW = int(MORNING.timestamp())


def cells(first: int, last: int) -> int:
    return sum(1 << cell for cell in range(first, last))


def claim_hours(clinic: Clinic) -> dict[str, Owner]:
    """Let an appointment, a live hold, an expired hold and a block claim room 1, 2, 3, 4 at ten."""

    def work(conn: Connection) -> dict[str, Owner]:
        owners = {
            "appointment": add_appointment(conn, clinic),
            "live": add_hold(conn, clinic, MORNING + timedelta(minutes=10)),
            "expired": add_hold(conn, clinic, MORNING),
            "block": add_block(conn, clinic),
        }
        expiries = {"live": NOW + 600, "expired": NOW}
        for room, (name, owner) in zip(clinic.rooms, owners.items(), strict=False):
            rows = [(room.resource, AT, AT + 60)]
            claims.add(conn, clinic.id, owner, rows, expires=expiries.get(name))
        return owners

    return transaction(clinic.id, MORNING - timedelta(minutes=1), work)


def busy_rooms(clinic: Clinic, **options: Any) -> Busy:
    rooms = [room.resource for room in clinic.rooms]
    return load_busy(reader(), rooms, TUESDAY, options.pop("now", MORNING), **options)


def test_e23_a_hold_counts_until_its_second_comes_though_nobody_deleted_it(
    any_app: Flask, clinic: Clinic
) -> None:
    """Appointments, blocks and live holds claim; a hold that has run out does not."""
    claim_hours(clinic)
    one, two, three, four, _ = (room.resource for room in clinic.rooms)
    ten = cells(TEN, TEN + 12)
    assert busy_rooms(clinic) == Busy(TUESDAY, {one: ten, two: ten, four: ten}, until=NOW + 600)
    earlier = busy_rooms(clinic, now=MORNING - timedelta(seconds=1))
    assert earlier == Busy(TUESDAY, {one: ten, two: ten, three: ten, four: ten}, until=NOW)
    later = busy_rooms(clinic, now=MORNING + timedelta(minutes=10))
    assert later == Busy(TUESDAY, {one: ten, four: ten}, until=None)


@pytest.mark.parametrize(
    ("option", "owner", "missing"),
    [("skip_hold", "live", 1), ("skip_appointment", "appointment", 0), ("through_holds", None, 1)],
)
def test_own_claims_and_holds_can_be_looked_through(
    any_app: Flask, clinic: Clinic, option: str, owner: str | None, missing: int
) -> None:
    """One hold, one appointment or every hold is left out, and nothing else."""
    owners = claim_hours(clinic)
    found = busy_rooms(clinic, **{option: owners[owner][1] if owner else True})
    expected = {clinic.rooms[i].resource for i in (0, 1, 3) if i != missing}
    assert set(found.masks) == expected


def test_other_owners_with_the_same_number_are_not_left_out(any_app: Flask, clinic: Clinic) -> None:
    """Skipping the hold or appointment of a number nobody has changes nothing."""
    claim_hours(clinic)
    whole = busy_rooms(clinic)
    assert busy_rooms(clinic, skip_hold=999, skip_appointment=999) == whole


def test_claims_reach_into_the_window_from_both_sides(any_app: Flask, clinic: Clinic) -> None:
    """The end of a day-long claim begun the day before counts, and so does the hour after midnight."""
    room, other = clinic.rooms[0].resource, clinic.rooms[1].resource
    midnight = TUESDAY.origin

    def work(conn: Connection) -> None:
        owner = add_block(conn, clinic)
        rows = [
            (room, midnight - 1435, midnight + 5),
            (room, midnight + 1440, midnight + 1500),
            (other, midnight - 60, midnight),
            (other, midnight + 1440 + 120, midnight + 1440 + 180),
        ]
        claims.add(conn, clinic.id, owner, rows)

    transaction(clinic.id, MORNING, work)
    assert busy_rooms(clinic).masks == {room: cells(0, 1) | cells(288, 300)}


def test_no_resources_need_no_statement(app: Flask, clinic: Clinic) -> None:
    """Nothing is asked about nothing."""
    with statements() as sent:
        assert load_busy(reader(), [], TUESDAY, MORNING) == Busy.empty(TUESDAY)
    assert sent == []


@pytest.mark.parametrize("length", [1, 7, 92])
def test_any_window_is_one_statement_whatever_is_stored(any_app: Flask, clinic: Clinic, length: int) -> None:
    """The number of statements depends neither on the days nor on the claims (G3)."""
    claim_hours(clinic)
    rooms = [room.resource for room in clinic.rooms]
    with statements() as sent:
        load_busy(reader(), rooms, Window(date(2026, 11, 24), length), MORNING)
    assert len(sent) == 1


def plan(conn: Connection, clinic: Clinic, skips: tuple[bool, bool, bool]) -> str:
    rooms = [room.resource for room in clinic.rooms]
    given = {"after": AT - 1440, "begins": AT, "ends": AT + 1440, "now": NOW, "hold": 1, "appointment": 1}
    given |= {"releaser": "appointment:1"}
    given |= {f"r{place}": room for place, room in enumerate(rooms)}
    compiled = days._statement(len(rooms), *skips).statement.compile(dialect=conn.dialect)
    if conn.dialect.name == "sqlite":
        values = tuple(given[name] for name in compiled.positiontup)
        found = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
    else:
        found = conn.exec_driver_sql(f"EXPLAIN {compiled}", given)
    return "\n".join(str(row[-1]) for row in found)


@pytest.mark.parametrize("skips", [(False, False, False), (True, False, False), (False, True, True)])
def test_claims_are_found_by_the_index_never_by_a_scan(
    sqlite_app: Flask, clinic: Clinic, skips: tuple[bool, bool, bool]
) -> None:
    """SQLite searches ix_claim_busy by resource and start; without skips it need not touch the table."""
    covering = "COVERING " if not any(skips[1:]) else ""
    kept_back = "LIST SUBQUERY 1\nSEARCH hold USING COVERING INDEX ix_hold_visitor (visitor=?)"
    wanted = [f"SEARCH claim USING {covering}INDEX ix_claim_busy (resource_id=? AND starts>? AND starts<?)"]
    assert plan(reader(), clinic, skips) == "\n".join([*wanted, kept_back] if skips[2] else wanted)


@pytest.mark.postgresql
def test_postgresql_finds_claims_by_the_index_among_many(pg_app: Flask, clinic: Clinic) -> None:
    """With years of claims stored, PostgreSQL reads a window by ix_claim_busy, and holds by theirs."""
    with writer() as conn, conn.begin():
        owner = add_block(conn, clinic)
        conn.exec_driver_sql(
            "INSERT INTO claim (clinic_id, resource_id, starts, ends, block_id)"
            f" SELECT {clinic.id}, r.id, {AT} - d * 1440, {AT} - d * 1440 + 60, {owner[1]}"
            " FROM resource r, generate_series(0, 600) d"
        )
        _, hold_id = add_hold(conn, clinic, MORNING)
        names = "clinic_id, kind, service_id, practitioner_id, room_id, starts, ends, companion, expires_at"
        conn.exec_driver_sql(
            f"INSERT INTO hold ({names}, first_held_at, visitor)"
            f" SELECT {names}, first_held_at, 'visitor ' || d FROM hold, generate_series(1, 5000) d"
            f" WHERE id = {hold_id}"
        )
    with writer() as conn, conn.begin():
        conn.exec_driver_sql("ANALYZE claim, hold")
    for skips in ((False, False, False), (True, False, False), (False, True, True)):
        found = plan(reader(), clinic, skips)
        assert "ix_claim_busy" in found
        assert "Seq Scan" not in found
