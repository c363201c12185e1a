"""Migration 0006: passkeys come and go."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from booking.records import database
from booking.records.database import reader
from tests.staff import member


def test_0006_comes_and_goes_without_touching_accounts(any_app: Flask, inside: Flask) -> None:
    """The table goes and comes; an account stays."""
    member(any_app, "admin")
    database.close(any_app)
    downgrade(revision="0005")
    assert "staff_passkey" not in inspect(reader()).get_table_names()
    database.close(any_app)
    upgrade()
    assert "staff_passkey" in inspect(reader()).get_table_names()
