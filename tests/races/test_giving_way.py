"""What was freed or held never stands in the way of what is possible (E24, E63, D3)."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask

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

NUMBERS = count()
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
        name=f"Visitor {next(NUMBERS)}",
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


def crowd(clinic: Clinic) -> Visit:
    """Use three heat lamps so that none of them is free throughout from 9:15 to 10:15.

    Return the visit at 9:45 without which one is free in every minute of that hour.
    """
    booked(clinic, "brief", 0, "birch")  # lamp 1, until 9:30
    last = booked(clinic, "staged", 45, "ash", PATIENT)  # lamp 1, from 9:45
    booked(clinic, "brief", 40, "birch")  # lamp 2
    booked(clinic, "staged", 10, "cedar")  # lamp 3
    return last


def test_e63_a_kept_back_time_does_not_undo_the_move(small: Clinic) -> None:
    """A patient's move that re-colours a pool is not refused for the sake of the time it frees."""
    visit = crowd(small)
    done = move(small, visit, NINE + timedelta(minutes=15), "ash", PATIENT, MORNING)
    assert done.starts == NINE + timedelta(minutes=15)
    assert stored.wrong_claims(database.reader(), small.id) == []


def test_e24_a_held_unit_of_a_pool_gives_way(small: Clinic) -> None:
    """The desk gets a visit for which a pool must be re-coloured, though a hold is in the way of it."""
    cancel(small, crowd(small), STAFF, MORNING)
    held(small, "brief", 30, "cedar", "vera")  # lamp 1
    booked(small, "staged", 15, "ash")
    assert find_hold(small, "vera", MORNING) is None
    assert stored.wrong_claims(database.reader(), small.id) == []


def test_e24_a_hold_stays_where_there_is_room_beside_it(small: Clinic) -> None:
    """The desk books at a time that is held, and the hold stays if another room and lamp are free."""
    held(small, "brief", 0, None, "vera")
    booked(small, "brief", 0, None)
    assert find_hold(small, "vera", MORNING) is not None
    booked(small, "brief", 0, None)
    assert find_hold(small, "vera", MORNING) is not None
    booked(small, "brief", 0, None)  # the third lamp
    assert find_hold(small, "vera", MORNING) is None
