"""Migration 0005: accounts get a second step, and lose it again."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from booking.records import database
from booking.records.database import reader
from tests.staff import member


def test_0005_comes_and_goes_without_touching_accounts(any_app: Flask, inside: Flask) -> None:
    """An account stays through both ways; its second step goes with the columns."""
    member(any_app, "admin")
    database.close(any_app)
    downgrade(revision="0004")
    assert "staff_recovery" not in inspect(reader()).get_table_names()
    assert reader().execute(text("SELECT count(*) FROM staff")).scalar_one() == 1
    database.close(any_app)
    upgrade()
    assert reader().execute(text("SELECT totp FROM staff")).scalar_one() is None
