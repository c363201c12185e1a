"""Is everything that was booked there, whole: neither lost nor half-written?"""

from sqlalchemy import Connection, text

from tests.races import stored

PARTS = {
    "patient": "SELECT count(*) FROM patient",
    "the patient's resource": "SELECT count(*) FROM resource WHERE patient_id IS NOT NULL",
    "link": "SELECT count(DISTINCT appointment_id) FROM link",
    "links": "SELECT count(*) FROM link",
    "confirmation": "SELECT count(*) FROM message WHERE kind = 'confirmation'",
    "audit": "SELECT count(*) FROM audit WHERE action = 'book'",
    "answer": "SELECT count(*) FROM idempotency",
}
_NUMBERS = text("SELECT email FROM patient")


def booked(conn: Connection) -> list[int]:
    """Return the numbers of the patients who are stored, doubled ones twice."""
    return sorted(int(email[1:].partition("@")[0]) for email in conn.execute(_NUMBERS).scalars())


def half_written(conn: Connection) -> list[str]:
    """Return what does not belong together: a booking without its parts, or parts without it."""
    visits = stored.count(conn, "SELECT count(*) FROM appointment")
    counted = {part: stored.count(conn, question) for part, question in PARTS.items()}
    found = [f"{visits} visits, {number} of {part}" for part, number in counted.items() if number != visits]
    return found + stored.wrong_claims(conn, 1)


def lost(conn: Connection, acknowledged: set[int]) -> set[int]:
    """Return which acknowledged numbers are not stored, or more than once."""
    numbers = booked(conn)
    return {number for number in acknowledged if numbers.count(number) != 1}


def is_sound(conn: Connection) -> bool:
    """Say whether the file is one that SQLite finds no fault with."""
    return conn.dialect.name != "sqlite" or conn.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
