"""The application as races, faults and load serve it: as shipped, but its clock stands still.

LOCK_SECONDS shortens the wait for the write lock, SILENCE_SECONDS that for a database server that
says nothing, HURRY divides the waits in the queue, CLOCK=runs lets the clock run.
"""

import os
from pathlib import Path

from booking.factory import create_app
from booking.records import patience
from booking.web import queue
from config import read_settings
from tests.databases import MORNING, Clock
from tests.mail import processes

patience.LOCK_SECONDS = float(os.environ.get("LOCK_SECONDS") or patience.LOCK_SECONDS)
if "SILENCE_SECONDS" in os.environ:
    processes.bear_silence(float(os.environ["SILENCE_SECONDS"]))
for _name in ("GATHERING", "LONGEST_READ", "LONGEST_WRITE"):
    setattr(queue, _name, getattr(queue, _name) / float(os.environ.get("HURRY") or 1))
clock = processes.Running(MORNING, 1.0) if os.environ.get("CLOCK") == "runs" else Clock(MORNING)
app = create_app(read_settings(os.environ, Path(os.environ["INSTANCE"])), now=clock)
