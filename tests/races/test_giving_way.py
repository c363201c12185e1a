"""What was freed or held never stands in the way of what is possible (E24, E63, D3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask

from booking.actions.block import BlockRequest, block, unblock
from booking.actions.book import book
from booking.actions.cancel import cancel
from booking.actions.hold import find_hold, hold
from booking.actions.look_up import get_visit
from booking.actions.move import move
from booking.actions.set_up import get_loaded, load_setup
from booking.actions.values import Actor, BookRequest, HoldRequest
from booking.house import house
from booking.records import database
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from tests.databases import MORNING
from tests.races import small_clinic, stored
from tests.races.world import PATIENT, STAFF

NINE = datetime(2026, 12, 7, 9, 0)


@pytest.fixture
def small(any_app: Flask, inside: Flask) -> Clinic:
    """The small clinic, beside the sample."""
    return get_loaded(load_setup(small_clinic.written(), MORNING))


def booked(clinic: Clinic, service: str, minute: int, who: str | None, by: Actor = STAFF) -> Visit:
    """Book a visit so many minutes after nine."""
    request = BookRequest(
        service=service,
        start=NINE + timedelta(minutes=minute),
        practitioner=who,
        name=f"Visitor {service} {minute} {who}",
        email="visitor@example.com",
        phone=None,
        language=None,
        first_visit=None,
        companion=False,
        safety=None,
        consent=True,
    )
    done = book(clinic, request, by, MORNING, house().vault)
    return get_visit(clinic, done.token, MORNING)


def held(clinic: Clinic, service: str, minute: int, who: str | None, visitor: str) -> None:
    """Keep a time so many minutes after nine."""
    start = NINE + timedelta(minutes=minute)
    hold(clinic, HoldRequest(service, start, who, False, visitor, None), MORNING)


@contextmanager
def painted(clinic: Clinic, room: str) -> Iterator[None]:
    """Take a room out of service for a while."""
    wanted = BlockRequest("room_out", room, NINE + timedelta(minutes=40), NINE + timedelta(hours=2), "paint")
    number = block(clinic, wanted, STAFF, MORNING)
    yield
    unblock(clinic, number, STAFF, MORNING)


def test_e63_a_kept_back_time_does_not_undo_the_move(small: Clinic) -> None:
    """A patient's move that re-colours a pool is not refused for the sake of the time it frees."""
    booked(small, "beam", 0, "birch")  # room l2, lamp 1
    with painted(small, "l2"):
        moved = booked(small, "glow", 45, "ash", PATIENT)  # room l1, lamp 1
    booked(small, "beam", 40, "birch")  # room l2, lamp 2; the move puts it on lamp 1
    done = move(small, moved, NINE + timedelta(minutes=15), "ash", PATIENT, MORNING)
    assert done.starts == NINE + timedelta(minutes=15)
    assert stored.wrong_claims(database.reader(), small.id) == []
