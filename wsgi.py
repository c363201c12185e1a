"""The WSGI application: settings from the environment, nothing else."""

import sys

from booking.factory import create_app
from config import SettingsError, settings_from_environment

try:
    settings = settings_from_environment()
except SettingsError as error:
    sys.exit(f"Error: {error}")

app = create_app(settings)
