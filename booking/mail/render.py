"""Turn a letter into the words and the calendar entry of one message."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from booking.wording.calendar import calendar_entry
from booking.wording.dates import day_words
from booking.wording.letter import Letter
from booking.wording.phones import phone_words
from booking.wording.plain import isolated, one_line
from booking.wording.sentences import (
    before_sentences,
    change_sentences,
    licence_words,
    place_words,
    price_words,
    wall_words,
)


@dataclass(frozen=True)
class Rendered:
    """What one message says, whoever it goes to."""

    subject: str
    text: str
    html: str
    method: str
    calendar: bytes


@dataclass(frozen=True)
class Occasion:
    """What a letter is written for.

    ``link`` is the whole address of the patient's page, None where the token cannot be
    opened; ``home`` begins the clinic's pages; ``written_at`` is when the change was made.
    """

    kind: str
    link: str | None
    home: str
    recipient: str
    sequence: int
    written_at: datetime


def render(letter: Letter, occasion: Occasion) -> Rendered:
    """Return the message of an occasion; the same arguments give the same text."""
    words = environment(Path(current_app.root_path) / "templates" / "email")
    context = _context(letter, occasion)
    subject = one_line(words.get_template(f"{occasion.kind}/subject.txt").render(context))
    context["subject"] = subject
    is_cancelled = occasion.kind == "cancelled"
    method = "CANCEL" if is_cancelled else "REQUEST"
    return Rendered(
        subject=subject,
        text=words.get_template(f"{occasion.kind}/body.txt").render(context),
        html=words.get_template(f"{occasion.kind}/body.html").render(context),
        method=method,
        calendar=calendar_entry(
            letter,
            method,
            occasion.sequence,
            occasion.written_at,
            is_cancelled=is_cancelled,
            attendee=occasion.recipient,
        ),
    )


@lru_cache(maxsize=4)
def environment(folder: Path) -> Environment:
    """Return the messages' own template environment: no request, no web page's context."""
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["isolated"] = isolated
    return made


def _context(letter: Letter, occasion: Occasion) -> dict[str, object]:
    facts = [
        ("For", one_line(letter.patient)),
        ("What", one_line(letter.service)),
        ("With", licence_words(letter)),
        ("Price", price_words(letter)),
        ("Reference", letter.reference),
    ]
    if occasion.kind == "cancelled":
        facts = [fact for fact in facts if fact[0] != "Price"]
    return {
        "letter": letter,
        "day": day_words(letter.starts),
        "when": wall_words(letter),
        "place": place_words(letter),
        "facts": facts,
        "before": before_sentences(letter),
        "changes": change_sentences(letter),
        "link": occasion.link,
        "home": occasion.home,
        "clinic": one_line(letter.clinic_name),
        "address": one_line(letter.address),
        "phone": phone_words(letter.phone),
    }
