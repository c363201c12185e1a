"""The one commit site: lock first, all or nothing, one at a time, calm refusals (D5)."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, exc, func, select, update

from booking.records import transaction as transactions
from booking.records.database import reader
from booking.records.schema import db
from booking.records.tables import clinic as clinic_table
from booking.records.tables import hold
from booking.records.transaction import light_transaction, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound, SlotTaken
from tests.databases import MORNING
from tests.records.rows import AT, add_claim, add_hold, list_claims
from tests.records.work import book_room, statements, stored_claims


def test_what_work_returns_is_returned_and_what_it_writes_stays(any_app: Flask, clinic: Clinic) -> None:
    """A transaction commits when its work returns."""

    def work(conn: Connection) -> str:
        book_room(conn, clinic)
        return "done"

    assert transaction(clinic.id, MORNING, work) == "done"
    assert stored_claims() == [(clinic.rooms[0].resource, AT, AT + 60)]


def test_any_exception_undoes_everything(any_app: Flask, clinic: Clinic) -> None:
    """Nothing of a failed transaction stays, and the exception reaches the caller."""

    def work(conn: Connection) -> None:
        book_room(conn, clinic)
        raise KeyError("a fault in the work")

    with pytest.raises(KeyError):
        transaction(clinic.id, MORNING, work)
    assert stored_claims() == []
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
    assert len(stored_claims()) == 1


def test_an_overlap_becomes_slot_taken_and_undoes_everything(any_app: Flask, clinic: Clinic) -> None:
    """The guard's refusal is told as SlotTaken, and the first half of the work is gone too."""

    def work(conn: Connection) -> None:
        book_room(conn, clinic, AT + 300)
        book_room(conn, clinic, AT + 30)

    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
    with pytest.raises(SlotTaken) as refused:
        transaction(clinic.id, MORNING, work)
    assert str(refused.value) == "That time has just been taken."
    assert stored_claims() == [(clinic.rooms[0].resource, AT, AT + 60)]


@pytest.mark.parametrize("inner", ["transaction", "light_transaction"])
def test_transactions_do_not_nest(any_app: Flask, clinic: Clinic, inner: str) -> None:
    """A transaction inside another is refused, and the outer one is undone."""

    def work(conn: Connection) -> None:
        book_room(conn, clinic)
        if inner == "transaction":
            transaction(clinic.id, MORNING, lambda _: None)
        light_transaction(lambda _: None)

    with pytest.raises(RuntimeError, match="already open"):
        transaction(clinic.id, MORNING, work)
    assert stored_claims() == []
    transaction(clinic.id, MORNING, lambda _: None)


def test_the_lock_is_the_first_statement_and_few_follow(any_app: Flask, clinic: Clinic) -> None:
    """Before any work there is the write lock and one statement, which also finds expired holds."""
    with statements() as sent:
        transaction(clinic.id, MORNING, lambda _: None)
    if db.engine.dialect.name == "sqlite":
        assert sent[:2] == ["PRAGMA query_only = OFF", "BEGIN IMMEDIATE"]
        assert len(sent) == 3
    else:
        assert len(sent) == 1
        assert sent[0].endswith("FOR NO KEY UPDATE OF clinic")


def test_the_lock_keeps_other_writers_of_the_clinic_waiting(any_app: Flask, clinic: Clinic) -> None:
    """Between reading and writing of one transaction no other one of the clinic gets in."""
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        inside.set()
        go_on.wait(10)
        order.append("slow")

    def other_thread() -> None:
        with any_app.app_context():
            transaction(clinic.id, MORNING, slow)

    thread = threading.Thread(target=other_thread)
    thread.start()
    assert inside.wait(10)
    threading.Timer(0.3, go_on.set).start()
    transaction(clinic.id, MORNING, lambda _: order.append("quick"))
    thread.join(10)
    assert order == ["slow", "quick"]


def test_e23_expired_holds_are_deleted_first_and_live_ones_stay(any_app: Flask, clinic: Clinic) -> None:
    """A hold whose time has come goes with its claims, one that lives a second longer stays."""
    room = clinic.rooms[0].resource

    def hold_two(conn: Connection) -> None:
        add_claim(conn, clinic, add_hold(conn, clinic, MORNING), room, AT, AT + 60)
        add_claim(
            conn, clinic, add_hold(conn, clinic, MORNING + timedelta(seconds=1)), room, AT + 60, AT + 120
        )

    transaction(clinic.id, MORNING - timedelta(minutes=1), hold_two)
    seen = transaction(clinic.id, MORNING, list_claims)
    assert seen == [(room, AT + 60, AT + 120)]
    assert reader().execute(select(func.count()).select_from(hold)).scalar_one() == 1
    transaction(clinic.id, MORNING + timedelta(seconds=1), lambda _: None)
    assert stored_claims() == []
    assert reader().execute(select(func.count()).select_from(hold)).scalar_one() == 0


def test_an_unknown_clinic_is_not_found(any_app: Flask, clinic: Clinic) -> None:
    """There is no lock to take for a clinic that does not exist."""
    with pytest.raises(NotFound):
        transaction(clinic.id + 1, MORNING, lambda _: None)


def test_a_new_clinic_is_stored_under_a_lock_of_all(any_app: Flask, clinic: Clinic) -> None:
    """Without a clinic to lock, a transaction still writes, alone."""
    row = {"code": "second", "setup": 0, "changes": 0, "facts": {}}
    transaction(None, MORNING, lambda conn: conn.execute(clinic_table.insert().values(row)))
    codes = reader().execute(select(clinic_table.c.code).order_by(clinic_table.c.id)).scalars().all()
    assert codes == ["synergy", "second"]


def test_outside_a_transaction_connections_are_read_only(any_app: Flask, clinic: Clinic) -> None:
    """Neither the kept reader nor a plain connection can write, not even after one that could."""
    transaction(clinic.id, MORNING, lambda conn: book_room(conn, clinic))
    change = update(clinic_table).values(code="stolen")
    with pytest.raises(exc.DBAPIError, match=r"readonly|read-only"):
        reader().execute(change)
    with db.engine.connect() as conn, pytest.raises(exc.DBAPIError, match=r"readonly|read-only"):
        conn.execute(change)
    assert reader().execute(select(clinic_table.c.code)).scalar_one() == "synergy"


@pytest.mark.postgresql
def test_foreign_keys_to_the_clinic_do_not_wait_for_the_lock(pg_app: Flask, clinic: Clinic) -> None:
    """Rows that point to the clinic can be written while its lock is held (FOR NO KEY UPDATE)."""

    def work(_conn: Connection) -> int:
        with psycopg.connect(pg_app.config["SQLALCHEMY_DATABASE_URI"]) as other:
            other.execute("SET lock_timeout = '1s'")
            return other.execute(
                "INSERT INTO closure (clinic_id, on_date, reason, hours)"
                " VALUES (%s, '2027-01-02', 'Snow', '[]')",
                [clinic.id],
            ).rowcount

    assert transaction(clinic.id, MORNING, work) == 1


def test_only_one_place_in_the_program_commits() -> None:
    """``writer`` is used by the transactions and the migrations alone (D5)."""
    booking = Path(transactions.__file__).resolve().parents[1]
    commits = re.compile(r"(?<!csv\.)writer\(|\.commit\(")
    users = {
        str(path.relative_to(booking)) for path in booking.rglob("*.py") if commits.search(path.read_text())
    }
    assert users == {"records/database.py", "records/transaction.py"}
