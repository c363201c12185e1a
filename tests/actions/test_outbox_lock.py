"""The worker and the bookings do not wait for each other where the engine allows it."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from booking.actions import outbox
from booking.records import database
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic
from tests.actions.asks import MORNING, book_visit

DUE = MORNING + timedelta(minutes=3)


@pytest.mark.postgresql
def test_a_clinic_that_is_being_written_to_keeps_no_message_back(pg_app: Flask, clinic: Clinic) -> None:
    """D6: on PostgreSQL a message is taken while a booking holds the clinic's lock."""
    book_visit(clinic)
    taken: list[Any] = []

    def work() -> None:
        with pg_app.app_context():
            taken.append(outbox.take(DUE))
            database.close_reader()

    def while_locked(_conn: object) -> None:
        worker = Thread(target=work)
        worker.start()
        worker.join(timeout=10)

    transaction(clinic.id, DUE, while_locked)
    assert [message.kind for message in taken] == ["confirmation"]
