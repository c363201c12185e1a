"""Claims are added, deleted and re-coloured, and every change is counted once (D3)."""

from collections.abc import Sequence

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from booking.records import claims
from booking.records.database import reader, writer
from booking.records.setup import stamp
from booking.records.tables import claim
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import SlotTaken
from tests.databases import MORNING
from tests.records.rows import AT, Owner, add_appointment, add_block, add_hold, list_claims

EXPIRES = int(MORNING.timestamp()) + 600


def eyewear(clinic: Clinic) -> tuple[int, ...]:
    return next(device.units for device in clinic.devices if device.code == "eyewear")


def whole_rows() -> list[tuple[object, ...]]:
    columns = (claim.c.resource_id, claim.c.starts, claim.c.ends, claim.c.hold_id, claim.c.expires)
    return [tuple(row) for row in reader().execute(select(*columns).order_by(claim.c.starts, *columns))]


def test_claims_carry_their_clinic_owner_and_expiry(any_app: Flask, clinic: Clinic) -> None:
    """Several claims are stored by one call, each with all that belongs to it."""

    def work(conn: Connection) -> Owner:
        owner = add_hold(conn, clinic, MORNING)
        claims.add(conn, clinic.id, owner, [(1, AT, AT + 15), (2, AT, AT + 60)], expires=EXPIRES)
        return owner

    owner = transaction(clinic.id, MORNING, work)
    rows = reader().execute(select(claim)).mappings().all()
    assert [(row["resource_id"], row["starts"], row["ends"]) for row in rows] == [
        (1, AT, AT + 15),
        (2, AT, AT + 60),
    ]
    assert {(row["clinic_id"], row["hold_id"], row["expires"]) for row in rows} == {
        (clinic.id, owner[1], EXPIRES)
    }
    assert {(row["appointment_id"], row["block_id"]) for row in rows} == {(None, None)}


def test_deleting_takes_the_claims_of_one_owner_only(any_app: Flask, clinic: Clinic) -> None:
    """Other owners' claims stay, even one of another kind with the same number."""

    def work(conn: Connection) -> None:
        owners = [add_appointment(conn, clinic), add_block(conn, clinic), add_block(conn, clinic)]
        for resource, owner in enumerate(owners, 1):
            claims.add(conn, clinic.id, owner, [(resource, AT, AT + 60)])
        claims.delete(conn, clinic.id, owners[1])

    transaction(clinic.id, MORNING, work)
    assert list_claims(reader()) == [(1, AT, AT + 60), (3, AT, AT + 60)]


def test_moving_deletes_before_it_adds(any_app: Flask, clinic: Clinic) -> None:
    """Hands [0,15) and [45,60) can move by 45 minutes, which an UPDATE could not do (D3)."""
    hands = clinic.practitioners[0].hands

    def work(conn: Connection) -> None:
        owner = add_appointment(conn, clinic)
        claims.add(conn, clinic.id, owner, [(hands, AT, AT + 15), (hands, AT + 45, AT + 60)])
        claims.delete(conn, clinic.id, owner)
        claims.add(conn, clinic.id, owner, [(hands, AT + 45, AT + 60), (hands, AT + 90, AT + 105)])

    transaction(clinic.id, MORNING, work)
    assert list_claims(reader()) == [(hands, AT + 45, AT + 60), (hands, AT + 90, AT + 105)]


def test_changes_are_counted_once_per_transaction(any_app: Flask, clinic: Clinic) -> None:
    """However many claims change, kept answers go stale by one step; a refused change counts nothing."""

    def work(conn: Connection) -> None:
        owner = add_block(conn, clinic)
        claims.add(conn, clinic.id, owner, [(1, AT, AT + 60)])
        claims.add(conn, clinic.id, owner, [(2, AT, AT + 60)])
        claims.delete(conn, clinic.id, owner)
        claims.add(conn, clinic.id, owner, [(1, AT, AT + 60)])

    before = stamp(clinic.id)
    transaction(clinic.id, MORNING, lambda _: None)
    assert stamp(clinic.id) == before
    transaction(clinic.id, MORNING, work)
    assert stamp(clinic.id) == (before.setup, before.changes + 1)
    with pytest.raises(SlotTaken):
        transaction(clinic.id, MORNING, work)
    assert stamp(clinic.id) == (before.setup, before.changes + 1)


def test_adding_no_claims_changes_nothing(app: Flask, clinic: Clinic) -> None:
    """An empty list is no statement."""
    before = stamp(clinic.id)
    transaction(clinic.id, MORNING, lambda conn: claims.add(conn, clinic.id, ("block_id", 1), []))
    assert stamp(clinic.id) == before


def test_e11_a_pool_is_re_coloured_when_no_unit_is_free_throughout(any_app: Flask, clinic: Clinic) -> None:
    """Three pairs, one free in each hour but none in both: claims change pairs, keeping owner and expiry."""
    one, two, three = eyewear(clinic)

    def work(conn: Connection) -> tuple[int, ...]:
        visit, held = add_appointment(conn, clinic), add_hold(conn, clinic, MORNING)
        claims.add(conn, clinic.id, visit, [(one, AT, AT + 60), (two, AT, AT + 60)])
        claims.add(
            conn, clinic.id, held, [(two, AT + 60, AT + 120), (three, AT + 60, AT + 120)], expires=EXPIRES
        )
        units = claims.recolour(conn, clinic.id, (one, two, three), 1, AT, AT + 120)
        block = add_block(conn, clinic)
        claims.add(conn, clinic.id, block, [(unit, AT, AT + 120) for unit in units])
        return units

    assert transaction(clinic.id, MORNING - (MORNING - MORNING), work) == (three,)
    rows = whole_rows()
    assert [(unit, starts - AT, ends - AT) for unit, starts, ends, *_ in rows] == [
        (one, 0, 60),
        (two, 0, 60),
        (three, 0, 120),
        (one, 60, 120),
        (two, 60, 120),
    ]
    assert {(hold is not None, expires) for _, starts, _, hold, expires in rows if starts == AT + 60} == {
        (True, EXPIRES)
    }


def test_e11_a_pool_without_room_refuses_and_stays(any_app: Flask, clinic: Clinic) -> None:
    """When too few units are free in some minute, nothing moves."""
    units = eyewear(clinic)
    full = [(unit, AT + 30, AT + 60) for unit in units[:2]]

    def fill(conn: Connection) -> None:
        claims.add(conn, clinic.id, add_block(conn, clinic), full)

    transaction(clinic.id, MORNING, fill)
    with pytest.raises(SlotTaken):
        transaction(clinic.id, MORNING, lambda conn: claims.recolour(conn, clinic.id, units, 2, AT, AT + 60))
    assert list_claims(reader()) == full


Stretch = tuple[int, int, int]
STRETCHES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(1, 12)), max_size=25)


def laid(stretches: Sequence[Stretch], units: Sequence[int]) -> list[Stretch]:
    """Return those of the stretches that do not overlap an earlier one of their unit, as claims."""
    found: list[Stretch] = []
    for place, begin, length in stretches:
        claimed = (units[place], AT + 5 * begin, AT + 5 * (begin + length))
        if not any(u == claimed[0] and s < claimed[2] and e > claimed[1] for u, s, e in found):
            found.append(claimed)
    return found


def most_at_once(rows: Sequence[Stretch], starts: int, ends: int) -> int:
    return max(sum(s <= minute < e for _, s, e in rows) for minute in range(starts, ends, 5))


@settings(max_examples=150)
@given(stretches=STRETCHES, need=st.integers(1, 3), begin=st.integers(0, 40), length=st.integers(1, 20))
def test_re_colouring_finds_units_whenever_the_count_says_so(
    app: Flask, clinic: Clinic, stretches: list[Stretch], need: int, begin: int, length: int
) -> None:
    """Units are found exactly when enough are free in every minute; no claim changes its time or owner."""
    units = eyewear(clinic)
    starts, ends = AT + 5 * begin, AT + 5 * (begin + length)
    rows = laid(stretches, units)
    fits = most_at_once(rows, starts, ends) + need <= len(units)
    with writer() as conn:
        opened = conn.begin()
        owner = add_block(conn, clinic)
        claims.add(conn, clinic.id, owner, rows)
        try:
            chosen = claims.recolour(conn, clinic.id, units, need, starts, ends)
            claims.add(conn, clinic.id, owner, [(unit, starts, ends) for unit in chosen])
        except SlotTaken:
            chosen = ()
        after = list_claims(conn)
        opened.rollback()
    assert (len(set(chosen)) == need) == fits
    wanted = [(starts, ends)] * len(chosen)
    assert sorted(row[1:] for row in after) == sorted([row[1:] for row in rows] + wanted)
