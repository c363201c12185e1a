"""Migration 0003: a used database gets accounts, and loses them again."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from booking.records import database
from booking.records.database import reader
from tests.records.work import stored_claims
from tests.staff import member


def test_0003_comes_and_goes_without_touching_what_is_booked(any_app: Flask, inside: Flask) -> None:
    """An account is stored; going down takes it along and nothing else, going up makes room again."""
    member(any_app, "admin")
    kept = reader().execute(text("SELECT count(*) FROM audit")).scalar_one()
    database.close(any_app)
    downgrade(revision="0002")
    assert "staff" not in inspect(reader()).get_table_names()
    assert reader().execute(text("SELECT count(*) FROM audit")).scalar_one() == kept == 1
    assert stored_claims() == []
    database.close(any_app)
    upgrade()
    assert reader().execute(text("SELECT count(*) FROM staff")).scalar_one() == 0
    member(any_app, "admin")
