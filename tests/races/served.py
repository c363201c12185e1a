"""The application as the races serve it: as shipped, but its clock stands still."""

import os
from pathlib import Path

from booking.factory import create_app
from config import read_settings
from tests.databases import MORNING

app = create_app(read_settings(os.environ, Path(os.environ["INSTANCE"])), now=lambda: MORNING)
