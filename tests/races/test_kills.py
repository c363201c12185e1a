"""Killed in the middle of a move: every visit is whole before it or whole after it (E26).

Red, tried by hand: a move that commits between giving up the old time and taking the new one.
"""

import json
import random
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booking.actions.book import book
from booking.house import house
from booking.records.transaction import transaction
from booking.scheduling.clinic import Clinic
from tests.databases import MORNING
from tests.races import crew, mover, rounds, stored
from tests.races.sizes import KILLS, PATIENCE

pytestmark = [pytest.mark.races, pytest.mark.faults, pytest.mark.timeout(3 * PATIENCE)]

AT_ONCE = 4
VISITS = (("needle-followup", 9), ("rmt-45", 9), ("needle-followup", 11), ("rmt-45", 11), ("rmt-45", 17))


def lines(path: Path) -> list[dict[str, Any]]:
    """Return what one mover wrote."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def kill_some(url: str, folder: Path, number: int, chance: random.Random) -> None:
    """Start movers, let each do some work, and kill each at a moment of its own."""
    names = [f"{number}-{which}" for which in range(AT_ONCE)]
    answers = folder / "answers"
    answers.mkdir(exist_ok=True)
    movers = [
        crew.start(crew.Job(mover.move_for_ever, (url, folder, name)), answers / name) for name in names
    ]
    for name, process in zip(names, movers, strict=True):
        path, deadline = folder / f"mover-{name}.jsonl", time.monotonic() + PATIENCE
        while not (path.exists() and len(lines(path)) > 2):
            assert time.monotonic() < deadline, "a mover did not begin"
            assert not (answers / name).exists(), (answers / name).read_text()
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.03))
        crew.kill(process)


def told(folder: Path) -> tuple[dict[str, dict[int, Any]], dict[str, dict[int, list[Any]]], int]:
    """Return what was acknowledged and what was meant, by visit and version, and kills in mid-move."""
    done: dict[str, dict[int, Any]] = {}
    meant: dict[str, dict[int, list[Any]]] = {}
    in_the_middle = 0
    for path in folder.glob("mover-*.jsonl"):
        written = lines(path)
        in_the_middle += written[-1]["said"] == "meant"
        for line in written:
            if line["said"] == "done":
                assert line["version"] not in done.setdefault(line["reference"], {})
                done[line["reference"]][line["version"]] = line["starts"]
            elif line["said"] == "meant":
                wanted = meant.setdefault(line["reference"], {}).setdefault(line["version"], [])
                wanted.append(line["starts"])
    return done, meant, in_the_middle


def check_visit(visit: Mapping[str, Any], done: dict[int, Any], meant: dict[int, list[Any]]) -> None:
    """Check that a visit stands where its last move has put it, acknowledged or just meant."""
    version, starts = visit["version"], str(visit["starts"])
    assert max(done, default=1) <= version
    for number in range(2, version + 1):
        assert number in done or number in meant
    if version > 1:
        assert starts == done[version] if version in done else starts in meant[version]


def test_e26_a_kill_leaves_every_visit_whole(any_app: Flask, clinic: Clinic, tmp_path: Path) -> None:
    """Twenty processes killed while they move: no visit is lost, split, doubled or half-told."""
    url = any_app.config["SQLALCHEMY_DATABASE_URI"]
    for service, hour in VISITS:
        start = datetime(2026, 12, 1, hour)
        wanted = rounds.request(service, start, None, f"Person {service} {hour}")
        book(clinic, wanted, rounds.STAFF, MORNING, house().vault)
    chance = random.Random(26)
    for number in range(KILLS // AT_ONCE):
        kill_some(url, tmp_path, number, chance)
        transaction(clinic.id, MORNING, lambda conn: None)  # waits for a commit that was under way
        check_all(url, clinic, tmp_path)
    _, _, in_the_middle = told(tmp_path)
    assert in_the_middle >= KILLS // 2


def check_all(url: str, clinic: Clinic, folder: Path) -> None:
    """Check every visit with its claims, its trail and its messages."""
    done, meant, _ = told(folder)
    with stored.connected(url) as conn:
        assert stored.wrong_claims(conn, clinic.id) == []
        visits = stored.appointments(conn, clinic.id)
        assert len(visits) == len(VISITS)
        for reference, visit in visits.items():
            check_visit(visit, done.get(reference, {}), meant.get(reference, {}))
            changes = f"SELECT count(*) FROM audit WHERE appointment_id = {visit['id']}"
            letters = (
                "SELECT count(*) FROM message WHERE kind IN ('confirmation', 'moved')"
                f" AND appointment_id = {visit['id']}"
            )
            assert stored.count(conn, changes) == visit["version"]
            assert stored.count(conn, letters) == visit["version"]
