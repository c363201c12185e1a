"""The WSGI application: settings from the environment, nothing else."""

from booking.factory import create_app
from config import settings_from_environment

app = create_app(settings_from_environment())
