"""What a page says about something that did not happen, and what to do instead."""

from dataclasses import dataclass
from datetime import datetime

from booking.scheduling.errors import BookingRefused
from booking.web.patients.starts import start_text
from booking.wording.dates import near_words
from booking.wording.language import N_, _, told

TAKEN = N_("Someone was a moment quicker.")


@dataclass(frozen=True)
class Instead:
    """A free start close to the one that was asked for."""

    start: str
    words: str


@dataclass(frozen=True)
class Notice:
    """Words for people; ``instead`` are free starts, ``links`` are (words, address) to go on with.

    ``is_gone`` says that the chosen time cannot be had.
    """

    says: str
    instead: tuple[Instead, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    is_gone: bool = False


def notice_of(refused: BookingRefused, asked: datetime) -> Notice:
    """Return what to say about a refused start: never an error page (look.md)."""
    says = _(TAKEN) if refused.code == "slot_taken" else told(refused.message)
    return Notice(
        says,
        tuple(Instead(start_text(near.start), near_words(near.start, asked)) for near in refused.nearest),
        is_gone=refused.code in ("slot_taken", "not_offered"),
    )
