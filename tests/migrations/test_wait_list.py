"""Migration 0008: the wait list."""

from datetime import date

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from booking.actions.clinics import get_clinic
from booking.actions.values import WaitRequest
from booking.actions.wait_list import add
from booking.records import database
from booking.records.database import reader
from tests.actions.asks import MORNING, STAFF
from tests.records.work import stored_claims
from tests.web.desk.visits import book


def test_0008_comes_and_goes_beside_what_is_booked(any_app: Flask, inside: Flask) -> None:
    """With somebody on the list: the list goes and comes again empty, what is booked stays."""
    book(any_app)
    wish = WaitRequest(
        "rmt-60", None, "Ana", None, "604-555-0147", None, weekdays=127, part="any", until=date(2026, 12, 1)
    )
    add(get_clinic(None), wish, STAFF, MORNING)
    kept = stored_claims()
    database.close(any_app)
    downgrade(revision="0007")
    assert "wait_entry" not in inspect(reader()).get_table_names()
    assert stored_claims() == kept
    database.close(any_app)
    upgrade()
    assert "wait_entry" in inspect(reader()).get_table_names()
