"""Migration 0004: blocks say what they are of."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from booking.actions.block import BlockRequest, block
from booking.actions.clinics import get_clinic
from booking.records import database
from booking.records.database import reader
from tests.actions.asks import MORNING, STAFF, at
from tests.records.work import stored_claims


def test_0004_comes_and_goes_without_touching_what_is_blocked(any_app: Flask, inside: Flask) -> None:
    """A block keeps its claims when the column goes, and when it comes again."""
    wish = BlockRequest("time_off", "kim", at(24, 9), at(24, 11), "a reason")
    block(get_clinic(None), wish, STAFF, MORNING)
    kept = stored_claims()
    database.close(any_app)
    downgrade(revision="0003")
    assert "what" not in {column["name"] for column in inspect(reader()).get_columns("block")}
    assert stored_claims() == kept
    database.close(any_app)
    upgrade()
    assert stored_claims() == kept
