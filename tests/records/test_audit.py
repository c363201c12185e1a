"""The audit trail is append only and one chain (P6)."""

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from booking.records import audit
from booking.records.audit import Recorded
from booking.records.database import reader, writer
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic
from tests.databases import MORNING


def add(conn: Connection, clinic_id: int, action: str) -> None:
    entry = Recorded(MORNING, "staff:Mia", action, None, None, None, {"n": action})
    audit.add(conn, clinic_id, entry)


def write(clinic: Clinic, *actions: str) -> None:
    for action in actions:
        transaction(clinic.id, MORNING, lambda conn, action=action: add(conn, clinic.id, action))


def by_hand(statement: str) -> None:
    """Run a statement as somebody would who has the database in hand and switches the triggers off."""
    with writer() as conn, conn.begin():
        if conn.dialect.name == "sqlite":
            for name in ("audit_update", "audit_delete"):
                conn.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        else:
            conn.execute(text("SET LOCAL session_replication_role = replica"))
        conn.execute(text(statement))


@pytest.mark.parametrize("table", ["audit", "look"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET actor = 'nobody'"])
def test_p6_what_was_recorded_can_be_neither_changed_nor_deleted(
    any_app: Flask, clinic: Clinic, table: str, statement: str
) -> None:
    """P6: the database itself refuses UPDATE and DELETE on the audit trail and on the list of looks."""
    write(clinic, "book")
    with writer() as conn, conn.begin():
        conn.execute(
            text("INSERT INTO look (clinic_id, at, actor, what) VALUES (:c, :at, 'staff:Mia', 'day')"),
            {"c": clinic.id, "at": MORNING.replace(tzinfo=None)},
        )
    with pytest.raises(DBAPIError, match="append_only"), writer() as conn, conn.begin():
        conn.execute(text(statement.format(table)))
    assert reader().execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 1


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET actor = 'staff:Bo' WHERE action = 'move'",
        "DELETE FROM audit WHERE action = 'move'",
        "DELETE FROM audit WHERE action = 'cancel'",
        "UPDATE audit SET digest = NULL WHERE action = 'cancel'",
    ],
)
def test_p6_the_chain_tells_of_tampering(any_app: Flask, clinic: Clinic, tampering: str) -> None:
    """P6: a row altered, taken out, or cut off at the end breaks the chain; before, it was whole."""
    write(clinic, "book", "move", "cancel")
    assert audit.is_whole(reader(), clinic.id)
    by_hand(tampering)
    assert not audit.is_whole(reader(), clinic.id)


def test_rows_from_before_the_chain_are_left_alone(any_app: Flask, clinic: Clinic) -> None:
    """A database that was used before the chain began is whole, and its chain goes on from there."""
    with writer() as conn, conn.begin():
        conn.execute(
            text("INSERT INTO audit (clinic_id, at, actor, action) VALUES (:c, :at, 'patient', 'book')"),
            {"c": clinic.id, "at": MORNING.replace(tzinfo=None)},
        )
    assert audit.is_whole(reader(), clinic.id)
    write(clinic, "move")
    assert audit.is_whole(reader(), clinic.id)
