"""Keep delivering until told to stop, whatever else is away meanwhile."""

import logging
from threading import Event
from time import monotonic

from booking.actions.upkeep import tidy_database
from booking.mail.deliver import deliver
from booking.mail.outlet import Unreachable
from booking.scheduling.errors import Busy

POLL_SECONDS = 0.5  # how late a message may leave when nothing is in its way
TIDY_SECONDS = 5.0  # how often the database is tidied
LONGEST_PAUSE_SECONDS = 30.0  # how long to wait at most for a server that is away

log = logging.getLogger(__name__)


def work(stop: Event) -> None:
    """Send what becomes due until ``stop`` is set; the message at hand is finished first.

    A mail server or a database that is away makes it wait, longer each time up to half
    a minute; no message loses a try meanwhile.
    """
    pause, tidied = POLL_SECONDS, monotonic()
    while not stop.is_set():
        trouble = _deliver_once(stop)
        if monotonic() >= tidied + TIDY_SECONDS:
            trouble, tidied = trouble or _tidy(), monotonic()
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS) if trouble else POLL_SECONDS
        if trouble:
            log.warning("%s; next try in %.0f s", trouble, pause)
        stop.wait(pause)


def _tidy() -> str | None:
    try:
        tidy_database()
    except Busy:
        return "the database cannot be used"
    return None


def _deliver_once(stop: Event) -> str | None:
    """Return what kept messages from leaving, None when nothing did."""
    try:
        tally = deliver(stop.is_set)
    except Unreachable as error:
        return str(error)
    except Busy:
        return "the database cannot be used"
    except Exception as error:  # noqa: BLE001 - the worker outlives what it cannot foresee
        return f"messages cannot be delivered: {type(error).__name__}"  # its text may name a patient
    return f"{tally.held} messages are held: zone data is out of date" if tally.held else None
