"""Find a patient by part of a name, a phone number or an address, in any script, without accents."""

import re

from booking.records import patient_search
from booking.records.database import reading
from booking.records.patient_search import Found
from booking.scheduling.clinic import Clinic
from booking.scheduling.people import bare

__all__ = ["MOST", "Found", "find_patients"]

MOST = 20
LONGEST = 100
MOST_WORDS = 6
_PHONE = re.compile(r"[+()\d.\-\s]{3,}", re.ASCII)


def find_patients(clinic: Clinic, typed: str) -> list[Found]:
    """Return at most 21 records that hold every word that was typed; none for nothing.

    The 21st says that there are more than are shown. A phone number may be typed with
    spaces, brackets and dashes.
    """
    words = _words(typed[:LONGEST])
    if not words:
        return []
    return reading(lambda conn: patient_search.search(conn, clinic.id, words, MOST + 1))


def _words(typed: str) -> list[str]:
    if _PHONE.fullmatch(typed):
        digits = re.sub(r"\D", "", typed)
        return [digits] if digits else []
    return bare(typed).split()[:MOST_WORDS]
