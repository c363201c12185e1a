"""A process that moves visits until it is killed."""

import random
from pathlib import Path

from booking.actions.move import move
from booking.actions.values import Actor
from booking.records import appointments, database
from booking.scheduling.errors import BookingRefused
from tests.databases import MORNING
from tests.races import weakened
from tests.races.history import History
from tests.races.worker import BUSY_DAY, list_live, possible_starts, working

DESK = Actor("staff", "desk")
MOST = 5000  # moves: a process that nobody kills ends by itself


def move_for_ever(url: str, folder: Path, name: str) -> None:
    """Move any visit to any start, writing down what is meant and what is done.

    Most of the time is spent inside the transaction, between check and insert.
    """
    chance = random.Random(name)
    with working(url, folder) as (_, clinic):
        weakened.widen()
        starts = {code: possible_starts(clinic, code, BUSY_DAY) for code in ("needle-followup", "rmt-45")}
        said = History(folder / f"mover-{name}.jsonl")
        said.write(said="ready")
        for _ in range(MOST):
            chosen = chance.choice(list_live(clinic))
            visit = database.reading(lambda conn, i=chosen: appointments.find_visit(conn, clinic.id, i))
            start, people = chance.choice(starts[visit.service])
            meant = {"reference": visit.reference, "version": visit.version + 1, "starts": start}
            said.write(said="meant", **meant)
            try:
                done = move(clinic, visit, start, chance.choice([None, *people]), DESK, MORNING)
                said.write(said="done", **meant, person=done.practitioner)
            except BookingRefused:
                said.write(said="refused")
