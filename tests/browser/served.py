"""The application as gunicorn serves it to the tests' browsers: its clock stands in a file."""

import os
from datetime import datetime
from pathlib import Path

from booking.factory import create_app
from config import read_settings

_clock = Path(os.environ["CLOCK_FILE"])


def now() -> datetime:
    """Return the instant that the tests have set."""
    return datetime.fromisoformat(_clock.read_text())


app = create_app(read_settings(os.environ, _clock.parent), now=now)
