"""Zone data of before 2026, in a process of its own (E29, E33, T2)."""

import json
import os
import struct
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booking.access.vault import Vault
from booking.actions.book import book
from booking.actions.clinics import get_clinic
from booking.actions.values import Actor, BookRequest
from tests.architecture.source import ROOT
from tests.databases import MORNING, SECRET_KEY

# Before 2026 Vancouver went back to UTC-8 in winter; this is how a zone file says so.
STALE_RULE = b"PST8PDT,M3.2.0,M11.1.0"
SCRIPT = """
import json, sys
from datetime import datetime
from pathlib import Path
from booking.access.vault import Vault
from booking.actions.book import book
from booking.actions.clinics import get_clinic
from booking.actions.values import Actor, BookRequest
from booking.mail.deliver import deliver
from booking.scheduling import zone
from tests.databases import MORNING, SECRET_KEY, Clock, opened
from datetime import timedelta

url, instance = sys.argv[1], Path(sys.argv[2])
asked = BookRequest("needle-followup", datetime(2026, 11, 24, 10, 0), None, "Mei Chen", "mei@mail.test",
                    None, None, None, False, None, True)
clock = Clock()
with opened(url, instance, clock) as app:
    ready = app.test_client().get("/readyz")
    doctor = app.test_cli_runner().invoke(args=["doctor"])
    with app.app_context():
        book(get_clinic(None), asked, Actor("patient", "patient"), MORNING, Vault(SECRET_KEY))
        clock.at = MORNING + timedelta(minutes=5)
        tally = deliver()
    print(json.dumps({
        "offset": zone.offset_text(datetime(2027, 1, 12, 10, 0), "America/Vancouver"),
        "healthz": app.test_client().get("/healthz").status_code,
        "readyz": ready.status_code,
        "failing": ready.get_json()["failing"],
        "doctor": doctor.exit_code,
        "red": [line for line in doctor.output.splitlines() if not line.startswith("ok")],
        "held": tally.held,
        "sent": tally.sent,
        "files": len(list((instance / "mail").glob("*.eml"))),
    }))
"""

LOOK = """
import json, sys
from pathlib import Path
from tests.databases import Clock, opened

url, instance, token = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
with opened(url, instance, Clock()) as app:
    print(json.dumps(app.test_client().get(f"/api/v1/appointments/{token}").get_json()))
"""


def zone_file() -> bytes:
    """Return a zone file that holds nothing but the stale rule."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    header = b"TZif2" + bytes(15) + counts
    body = struct.pack(">lbb", -8 * 3600, 0, 0) + b"PST\0"
    return header + body + header + body + b"\n" + STALE_RULE + b"\n"


def put_zone(folder: Path) -> None:
    (folder / "America").mkdir(parents=True)
    (folder / "America" / "Vancouver").write_bytes(zone_file())


def stale_package(folder: Path) -> None:
    """Make a ``tzdata`` package of before the law of 2026."""
    put_zone(folder / "tzdata" / "zoneinfo")
    for package in ("tzdata", "tzdata/zoneinfo", "tzdata/zoneinfo/America"):
        (folder / package / "__init__.py").touch()
    about = folder / "tzdata-2025.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tzdata\nVersion: 2025.2\n")


def run(script: str, *arguments: object, **environ: str) -> dict[str, Any]:
    python_path = os.pathsep.join(filter(None, (environ.pop("PYTHONPATH", ""), str(ROOT))))
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environ, "PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_e33_with_a_stale_tzdata_package_the_program_starts_and_mail_is_held(
    sqlite_url: str, tmp_path: Path
) -> None:
    """E33, T2: it serves, books and says what is wrong: /readyz 503, doctor red, no message leaves."""
    stale_package(tmp_path / "stale")
    found = run(SCRIPT, sqlite_url, tmp_path, PYTHONPATH=str(tmp_path / "stale"))
    assert found["offset"] == "-08:00"  # the data is stale indeed
    assert (found["healthz"], found["readyz"], found["failing"]) == (200, 503, ["zone data"])
    assert found["doctor"] == 1
    assert [line[:32] for line in found["red"]] == ["WRONG  zone data: tzdata 2025.2 "]
    assert (found["held"], found["sent"], found["files"]) == (1, 0, 0)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_t2_stale_data_of_the_system_is_never_read(sqlite_url: str, tmp_path: Path, zone: str) -> None:
    """T2, E29: with stale data first in PYTHONTZPATH and any TZ, January is at -07:00 and mail leaves."""
    put_zone(tmp_path / "stale")
    found = run(SCRIPT, sqlite_url, tmp_path, PYTHONTZPATH=str(tmp_path / "stale"), TZ=zone)
    assert found["offset"] == "-07:00"
    assert (found["readyz"], found["failing"], found["doctor"]) == (200, [], 0)
    assert (found["held"], found["sent"], found["files"]) == (0, 1, 1)


def test_e31_a_visit_keeps_its_wall_time_when_the_zone_data_is_swapped(app: Flask, tmp_path: Path) -> None:
    """E31, T3: booked for January at 10:00, it is at 10:00 with the data of 2025 and with today's again."""
    asked = BookRequest(
        "needle-followup", datetime(2027, 1, 12, 10, 0), None, "Mei Chen", "mei@mail.test",
        None, None, None, False, None, True,
    )  # fmt: skip
    with app.app_context():
        booked = book(get_clinic(None), asked, Actor("patient", "patient"), MORNING, Vault(SECRET_KEY))
    stale_package(tmp_path / "stale")
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    seen = [
        run(LOOK, url, tmp_path, booked.token, **environ)["start"]
        for environ in ({}, {"PYTHONPATH": str(tmp_path / "stale")}, {})
    ]
    assert seen == ["2027-01-12T10:00:00-07:00", "2027-01-12T10:00:00-08:00", "2027-01-12T10:00:00-07:00"]
