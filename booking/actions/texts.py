"""The clinic's own wording of its messages: checked when it is saved, not when it is sent."""

from collections.abc import Mapping
from datetime import datetime

from booking.actions.messages import KINDS
from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import message_texts
from booking.records.database import reading
from booking.records.transaction import Connection, transaction
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from booking.wording import texts
from booking.wording.language import offered, words_for


def save(clinic: Clinic, kind: str, language: str, part: str, body: str, by: Actor, now: datetime) -> str:
    """Store the clinic's wording of one part of one kind of message and return it as stored.

    Args:
        clinic: The clinic.
        kind: One of ``KINDS``; "reminder" is every reminder.
        language: One of the clinic's languages; one that messages can be written in.
        part: One of ``texts.PARTS``.
        body: The text, with fields such as ``{{ when }}``.
        by: Who changes it.
        now: The present instant.

    Raises:
        Invalid: no such kind, language or part, or a text that could not be sent.
    """
    checked = preview(clinic, kind, language, part, body)

    def work(conn: Connection) -> str:
        message_texts.save(conn, clinic.id, (kind, language, part), checked, now, by.name)
        record(conn, clinic, "text", by, now, None, None)
        return checked

    return transaction(clinic.id, now, work)


def restore(clinic: Clinic, kind: str, language: str, part: str, by: Actor, now: datetime) -> None:
    """Go back to the wording that comes with the program.

    Raises:
        Invalid: no such kind, language or part.
    """
    _expect(clinic, kind, language, part)

    def work(conn: Connection) -> None:
        message_texts.remove(conn, clinic.id, (kind, language, part))
        record(conn, clinic, "text", by, now, None, None)

    transaction(clinic.id, now, work)


def preview(clinic: Clinic, kind: str, language: str, part: str, body: str) -> str:
    """Return a text as it would be stored; nothing is stored.

    Raises:
        Invalid: as for ``save``.
    """
    _expect(clinic, kind, language, part)
    return texts.check(kind, part, body)


def find(clinic: Clinic, kind: str, language: str) -> Mapping[str, str]:
    """Return the parts that the clinic has worded itself, part to text.

    They are those of the language that a message in ``language`` is written in: English
    where there is no catalogue, so that no message mixes two languages.
    """
    return reading(lambda conn: find_own(conn, clinic.id, kind, language))


def find_own(conn: Connection, clinic_id: int, kind: str, language: str) -> Mapping[str, str]:
    """Do ``find`` inside a transaction."""
    return message_texts.find(conn, clinic_id, kind, words_for(language).tag)


def _expect(clinic: Clinic, kind: str, language: str, part: str) -> None:
    languages = offered(clinic.locales)
    known = {"kind": (kind, KINDS), "language": (language, languages), "part": (part, texts.PARTS)}
    faults = {
        field: f"Please choose one of: {', '.join(names)}."
        for field, (given, names) in known.items()
        if given not in names
    }
    if faults:
        raise Invalid(faults)
