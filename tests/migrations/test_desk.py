"""Migration 0002: a used database learns to be searched, and forgets it again."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from booking.records import database, guard
from booking.records.database import reader, writer
from tests.databases import MORNING

NAMES = ("Zoë Ångström", "ਜਸਪ੍ਰੀਤ ਕੌਰ", "Null")


def test_0002_makes_stored_patients_findable_and_leaves_old_records_alone(
    any_app: Flask, inside: Flask
) -> None:
    """Who was stored before is found without accents after; audit rows from before keep no digest."""
    downgrade(revision="0001")
    assert "search" not in {column["name"] for column in inspect(reader()).get_columns("patient")}
    with writer() as conn, conn.begin():
        clinic_id = conn.execute(text("SELECT id FROM clinic")).scalar_one()
        given = {"c": clinic_id, "at": MORNING.replace(tzinfo=None)}
        for name in NAMES:
            conn.execute(
                text(
                    "INSERT INTO patient (clinic_id, name, name_key, phone, language, created_at)"
                    " VALUES (:c, :name, :name, '+16045550147', 'en-CA', :at)"
                ),
                {**given, "name": name},
            )
        conn.execute(
            text("INSERT INTO audit (clinic_id, at, actor, action) VALUES (:c, :at, 'system', 'text')"), given
        )
    database.close(any_app)
    upgrade()
    found = reader().execute(text("SELECT search FROM patient ORDER BY id")).scalars().all()
    assert found == ["zoe angstrom 16045550147", "ਜਸਪਰੀਤ ਕਰ 16045550147", "null 16045550147"]
    assert reader().execute(text("SELECT digest FROM audit")).scalars().all() == [None]
    assert guard.is_intact(reader())
    downgrade(revision="0001")
    assert reader().execute(text("SELECT name FROM patient ORDER BY id")).scalars().all() == list(NAMES)
    upgrade()
