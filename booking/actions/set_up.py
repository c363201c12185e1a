"""Load a clinic's set-up from a file: all of it, or nothing and every fault named."""

from datetime import datetime

from booking.actions import closed_over
from booking.actions.set_up_file import SetUpFile
from booking.records import health, setup, setup_affected, setup_write
from booking.records.setup_affected import Moment
from booking.records.transaction import Connection, transaction
from booking.scheduling import zone
from booking.scheduling.clinic import Clinic
from booking.scheduling.timeline import minute_of


def load_setup(text: str, now: datetime) -> int:
    """Load or update the clinic that a set-up file describes and return its id.

    Loading the same file again changes nothing. Visits that are booked keep what
    they were sold as (E14, E15); what they still need cannot be taken away (E13, E16).

    Args:
        text: the file, TOML as in sample_clinic.toml.
        now: an aware UTC instant.

    Raises:
        FaultySetup: with every fault found; nothing was changed.
    """
    file = SetUpFile(text)
    set_up = file.set_up
    wall = zone.to_wall(now, set_up.facts["time_zone"])
    moment = Moment(minute_of(wall), now.timestamp())

    known = setup.find_clinic_id(set_up.code)

    def save(conn: Connection) -> int:
        clinic_id = setup_write.found(conn, set_up.code)
        file.refuse_if(setup_affected.list_obstacles(conn, clinic_id, set_up, moment))
        before = setup.load_clinic(conn, clinic_id) if known else None
        if setup_write.save(conn, clinic_id, set_up) and before:
            closed_over.list_for_reception(conn, before, setup.load_clinic(conn, clinic_id), now)
        return clinic_id

    return transaction(known, now, save)


def get_loaded(clinic_id: int) -> Clinic:
    """Return the clinic that ``load_setup`` loaded, as it is now stored."""
    return setup.get_clinic(clinic_id, setup.stamp(clinic_id))


def has_tables() -> bool:
    """Say whether the database was ever migrated; an empty one is not faulty, only new.

    Raises:
        Busy: the database cannot be reached.
    """
    return health.find_revision() is not None
