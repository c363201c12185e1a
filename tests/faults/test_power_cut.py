"""The power is cut at any moment: what was acknowledged is there, what is there is whole (K2)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import NullPool, create_engine

from tests.databases import sqlite_url as url_of
from tests.faults import booker, flight, power, strace, whole
from tests.races import crew
from tests.races.sizes import CUTS, PATIENCE

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(3 * PATIENCE)]

BOOKINGS = 60  # the write-ahead log is copied home three times
SEED = 2


def record(url: str, folder: Path, level: str) -> tuple[dict[str, bytes], list[power.Event]]:
    """Book under strace; return the files as they were before, and what was done to them."""
    room = folder / "room"
    room.mkdir(parents=True)
    arguments = (url, room, range(BOOKINGS), flight.plain_starts(BOOKINGS), level)
    process = crew.start(crew.Job(booker.book, arguments), room / "ended")
    try:
        assert process.pid is not None
        booker.wait_for(room / booker.READY)
        path = url.removeprefix("sqlite:///")
        before = {name: Path(name).read_bytes() for name in (path, f"{path}-wal")}
        with strace.tracing(process.pid, room / "trace", *power.OPTIONS):
            (room / booker.GO).touch()
            strace.wait_until_ended(process.pid)
    finally:
        crew.kill(process)
    return before, power.read(room / "trace")


def cut(
    before: dict[str, bytes], events: list[power.Event], folder: Path
) -> Iterator[tuple[list[object], int]]:
    """Cut the power at moments all over the run; yield each time what is wrong, and how much is lost."""
    chance, names = Random(SEED), ("clinic.db", "clinic.db-wal")
    folder.mkdir()
    engine = create_engine(url_of(folder / names[0]), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    answers = [number for number, event in enumerate(events) if b'"status": 201' in event.data]
    moments = sorted(chance.randrange(answers[0], answers[-1] + 1) for _ in range(CUTS))
    disk, acknowledged, played = power.Disk(before), set(), 0
    for moment in moments:
        for event in events[played:moment]:
            disk.play(event)
            if b'"status": 201' in event.data:
                acknowledged.add(json.loads(event.data)["number"])
        played = moment
        for old in folder.iterdir():
            old.unlink()
        for name, file in zip(names, disk.files.values(), strict=True):
            (folder / name).write_bytes(file.after_a_cut(chance))
        with engine.connect() as conn:
            wrong: list[object] = [] if whole.is_sound(conn) else ["damaged"]
            yield wrong + whole.half_written(conn), len(whole.lost(conn, acknowledged))


@pytest.mark.parametrize("level", ["", "NORMAL"], ids=["as-shipped", "control-normal"])
def test_k2_what_was_acknowledged_survives_a_power_cut(
    sqlite_url: str, tmp_path: Path, level: str, record_property: Callable[[str, object], None]
) -> None:
    """K2: whenever the power is cut, nothing is damaged or lost; with synchronous=NORMAL something is."""
    strace.need_strace()
    before, events = record(sqlite_url, tmp_path, level)
    after = list(cut(before, events, tmp_path / "after"))
    assert [wrong for wrong, _ in after if wrong] == []
    losing = [lost for _, lost in after if lost]
    record_property(f"K2 cuts, {level or 'FULL'}", len(after))
    record_property("K2 cuts that lost something, most lost at once", (len(losing), max(losing, default=0)))
    assert bool(losing) == bool(level)
