"""Backups taken while everybody books: each can be restored, and none holds half a booking (K13).

Red, tried by hand: reading each table in a transaction of its own.
"""

from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from booking.records import backups
from tests import databases
from tests.databases import MORNING, opened
from tests.races import crew, stored, worker
from tests.races.sizes import OPERATIONS, PATIENCE, PROCESSES, SLOW

pytestmark = [pytest.mark.races, pytest.mark.faults, pytest.mark.timeout(3 * PATIENCE)]

EVERY_SECONDS = 10 if SLOW else 0.5
AT_LEAST = 3
PARTS = """
SELECT count(*) FROM appointment WHERE
 (SELECT count(*) FROM audit WHERE audit.appointment_id = appointment.id) <> version
 OR (SELECT count(*) FROM link WHERE link.appointment_id = appointment.id) <> 1
 OR NOT EXISTS (SELECT 1 FROM message WHERE message.appointment_id = appointment.id)
"""


def keep_backing_up(url: str, folder: Path, ready: Event, stop: Event) -> list[str]:
    """Write one backup after the other until told to stop; return their names."""
    made: list[str] = []
    with opened(url, folder, lambda: MORNING) as app, app.app_context():
        while True:
            path = folder / f"{len(made)}.backup"
            backups.write(path, MORNING)
            made.append(path.name)
            ready.set()
            if stop.wait(EVERY_SECONDS) and len(made) >= AT_LEAST:
                return made


def test_k13_each_backup_of_a_busy_day_is_whole(
    any_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """K13: every backup restores; each visit in it has its claims, its trail, its link and its message."""
    operations = OPERATIONS if SLOW else OPERATIONS // 3
    together = crew.CONTEXT.Barrier(PROCESSES)
    orders = [worker.Shop(any_url, tmp_path, number, operations, seed=13) for number in range(PROCESSES)]
    with crew.beside(keep_backing_up, tmp_path / "beside", any_url, tmp_path) as made:
        tallies = crew.run(tmp_path / "run", [crew.Job(worker.shop, (order, together)) for order in orders])
    assert [error for tally in tallies for error in tally["errors"]] == []
    visits = [restored_visits(tmp_path / name, tmp_path / f"of-{name}") for name in made[0]]
    assert len(visits) >= AT_LEAST
    assert visits == sorted(visits)
    assert len(set(visits)) >= 2  # they were taken while it went on
    record_property("K13", f"{len(visits)} backups of {visits} visits restored, none half-written")


def restored_visits(path: Path, folder: Path) -> int:
    """Restore a backup, look for halves, and return how many visits it holds."""
    folder.mkdir()
    url = databases.sqlite_url(folder / "clinic.db")
    with opened(url, folder, lambda: MORNING) as app, app.app_context():
        backups.restore(path, folder, may_drop=False)
    with stored.connected(url) as conn:
        assert stored.wrong_claims(conn, 1) == []
        assert stored.count_overlaps(conn) == 0
        assert stored.count(conn, PARTS) == 0
        return stored.count(conn, "SELECT count(*) FROM appointment")
