"""No statement of any action reads a table that grows from end to end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from booking.actions import outbox
from booking.actions.block import BlockRequest, block, list_affected
from booking.actions.cancel import cancel
from booking.actions.hold import extend, find_hold, hold
from booking.actions.ledger import list_day
from booking.actions.move import move
from booking.actions.offer import find_next_free, offer
from booking.actions.send_again import send_again
from booking.actions.values import Question
from booking.records.database import reader
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, PATIENT, STAFF, at, book, book_visit, hold_request

pytestmark = pytest.mark.usefixtures("any_app")

GROWS = "appointment|claim|patient|link|idempotency|message|audit|hold|call_task"
SCAN = re.compile(rf"(?:\bSCAN|Seq Scan on) (?:{GROWS})\b(?! USING)")
READS = re.compile(r"\s*(?:SELECT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


@contextmanager
def watched() -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that are sent meanwhile, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if READS.match(statement):
            sent.append((statement, given[0] if many else given))

    engine = reader().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def explained(statement: str, given: Any) -> str:
    """Return the engine's plan for a statement; PostgreSQL may not choose a scan for a small table."""
    conn = reader()
    if conn.dialect.name == "sqlite":
        return "\n".join(
            str(row[-1]) for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        )
    conn.exec_driver_sql("SET enable_seqscan = off")
    return "\n".join(str(row[0]) for row in conn.exec_driver_sql(f"EXPLAIN {statement}", given))


def first_sent() -> int:
    """Send the first message that is due and return its id."""
    now = MORNING + timedelta(minutes=3)
    taken = outbox.take(now)
    assert isinstance(taken, outbox.Outgoing)
    outbox.mark_sent(taken, now)
    return taken.id


def do_everything(clinic: Clinic) -> None:
    """Use every action once."""
    question = Question("laser-45", at(24, 0).date(), at(30, 0).date())
    offer(clinic, question, MORNING)
    find_next_free(clinic, question, MORNING)
    held = hold(clinic, hold_request(service="laser-45", companion=True, origin="one"), MORNING)
    offer(clinic, question, MORNING, skip_hold=held.id)
    extend(clinic, "visitor-1", MORNING)
    assert find_hold(clinic, "visitor-1", MORNING)
    by = type(PATIENT)("patient", "patient", "one")
    book(clinic, by=by, service="laser-45", safety="ok", companion=True, visitor="visitor-1", key="k" * 9)
    visit = book_visit(clinic, name="Other", start=at(25, 11))
    moved = move(clinic, visit, at(26, 11), "lam", PATIENT, MORNING)
    list_day(clinic, MORNING.date(), MORNING)
    send_again(clinic, first_sent(), STAFF, MORNING + timedelta(minutes=3))
    cancel(clinic, moved, PATIENT, MORNING)
    wish = BlockRequest("time_off", "kim", at(24, 9), at(24, 12), "a reason")
    list_affected(clinic, wish)
    block(clinic, wish, STAFF, MORNING)


def test_every_statement_uses_an_index(clinic: Clinic) -> None:
    """D4, performance: however much is stored, nothing that grows is scanned."""
    with watched() as sent:
        do_everything(clinic)
    assert len(sent) > 20
    for statement, given in sent:
        plan = explained(statement, given)
        assert not SCAN.search(plan), f"{statement}\n{plan}"
