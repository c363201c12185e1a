"""Find a patient by part of a name, a phone number or an address, in any script, accents or not."""

import re
from dataclasses import dataclass
from datetime import datetime

from booking.records import patient_search
from booking.records.database import reading
from booking.records.patient_search import AT_A_TIME, Row
from booking.records.transaction import Connection
from booking.scheduling.clinic import Clinic
from booking.scheduling.lifecycle import HOLDS_CLAIMS, LIVE
from booking.scheduling.people import HYPHENS, bare
from booking.scheduling.zone import to_wall

NEXT, LAST, CANCELLED = "next", "last", "cancelled"
MOST = 20
LONGEST = 100
MOST_WORDS = 6
# A double name is found whole, in part and in two words.
_APART = dict.fromkeys(map(ord, HYPHENS + "()"), " ")
_PHONE = re.compile(r"[+()\d.\-\s]{3,}", re.ASCII)


@dataclass(frozen=True)
class Found:
    """One person: the records of one name and contact, by the one whose visit says most.

    ``visit`` is that visit's reference; ``standing`` says whether it is to come.
    """

    id: int
    name: str
    phone: str | None
    email: str | None
    visit: str
    starts: datetime
    standing: str
    records: int


def find_patients(clinic: Clinic, typed: str, now: datetime) -> list[Found]:
    """Return at most 21 people whose records hold every word that was typed; none for nothing.

    The 21st says that there are more than are shown. A phone number may be typed with
    spaces, brackets and dashes. Records of one name and contact are one person (E47).
    """
    words = _words(typed[:LONGEST])
    if not words:
        return []
    wall = to_wall(now, clinic.zone)
    people = reading(lambda conn: _people(conn, clinic, words, wall))
    return [_found(rows, wall) for rows in list(people.values())[: MOST + 1]]


def _people(conn: Connection, clinic: Clinic, words: list[str], wall: datetime) -> dict[object, list[Row]]:
    """Read until there are enough people, or no more records: one person may have many."""
    people: dict[object, list[Row]] = {}
    offset = 0
    while len(people) <= MOST:
        rows = patient_search.search(conn, clinic.id, words, wall, offset)
        for row in rows:
            people.setdefault((row.name_key, row.phone, row.email_key), []).append(row)
        offset += AT_A_TIME
        if len(rows) < AT_A_TIME:
            break
    return people


def _found(rows: list[Row], wall: datetime) -> Found:
    coming = [row for row in rows if _standing(row, wall) == NEXT]
    was = [row for row in rows if _standing(row, wall) == LAST]
    best = min(coming, key=_starts) if coming else max(was or rows, key=_starts)
    return Found(
        best.id,
        best.name,
        best.phone,
        best.email,
        best.visit,
        best.starts,
        _standing(best, wall),
        len(rows),
    )


def _standing(row: Row, wall: datetime) -> str:
    if row.status in LIVE and row.ends > wall:
        return NEXT
    return LAST if row.status in HOLDS_CLAIMS else CANCELLED


def _starts(row: Row) -> datetime:
    return row.starts


def _words(typed: str) -> list[str]:
    if _PHONE.fullmatch(typed):
        digits = re.sub(r"\D", "", typed)
        return [digits] if digits else []
    return bare(typed.translate(_APART)).split()[:MOST_WORDS]
