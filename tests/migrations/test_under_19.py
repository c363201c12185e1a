"""Migration 0007: patients under 19 can be marked."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from booking.records import database
from booking.records.database import reader
from tests.web.desk.visits import book


def test_0007_comes_and_goes_without_losing_a_patient(any_app: Flask, inside: Flask) -> None:
    """Everybody keeps name and contact when the column goes; nobody is marked when it comes again."""
    book(any_app)
    query = text("SELECT id, name, email, phone FROM patient")
    kept = reader().execute(query).all()
    database.close(any_app)
    downgrade(revision="0006")
    assert "under_19" not in {column["name"] for column in inspect(reader()).get_columns("patient")}
    assert reader().execute(query).all() == kept
    database.close(any_app)
    upgrade()
    assert reader().execute(text("SELECT count(*) FROM patient WHERE NOT under_19")).scalar_one() == len(kept)
