"""The clinic that pages and API serve, as one value kept per version of its set-up."""

from booking.records import setup
from booking.records.setup import Stamp
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound

__all__ = ["Stamp", "get_clinic", "get_clinic_at", "get_stamp", "get_stamped_clinic"]


def get_clinic(code: str | None) -> Clinic:
    """Return the clinic with a code, or the only one.

    Raises:
        NotFound: there is none, or several and no code was given.
    """
    return get_stamped_clinic(code)[0]


def get_stamped_clinic(code: str | None) -> tuple[Clinic, Stamp]:
    """Return the clinic and the stamp of its data; one statement while the set-up is unchanged."""
    clinic_id = setup.find_clinic_id(code)
    if clinic_id is None:
        raise NotFound(
            "No clinic is set up here yet (load one with `flask clinic load FILE`),"
            " or there are several and the setting CLINIC does not name one of them."
        )
    stamp = setup.stamp(clinic_id)
    return setup.get_clinic(clinic_id, stamp), stamp


def get_stamp(clinic_id: int) -> Stamp:
    """Return the stamp of a clinic's data, by one statement.

    Raises:
        NotFound: there is no such clinic.
    """
    return setup.stamp(clinic_id)


def get_clinic_at(clinic_id: int, stamp: Stamp) -> Clinic:
    """Return the clinic of a stamp just read; no statement while its set-up is unchanged."""
    return setup.get_clinic(clinic_id, stamp)
