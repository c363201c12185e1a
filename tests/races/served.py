"""The application as races and faults serve it: its clock stands still, LOCK_SECONDS shortens a wait."""

import os
from pathlib import Path

from booking.factory import create_app
from booking.records import patience
from config import read_settings
from tests.databases import MORNING

patience.LOCK_SECONDS = float(os.environ.get("LOCK_SECONDS") or patience.LOCK_SECONDS)
app = create_app(read_settings(os.environ, Path(os.environ["INSTANCE"])), now=lambda: MORNING)
