"""Turn a letter into the words and the calendar entry of one message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from booking.actions.on_demand import ON_DEMAND
from booking.wording import texts
from booking.wording.calendar import calendar_entry
from booking.wording.dates import day_words, time_words
from booking.wording.language import _, attach, speaking, words, words_for
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
    """What one message says, whoever it goes to; ``calendar`` None where it brings no entry."""

    subject: str
    text: str
    html: str
    method: str
    calendar: bytes | None


@dataclass(frozen=True)
class Occasion:
    """What a letter is written for.

    ``link`` is the whole address of the patient's page, None where the token cannot be
    opened; ``stop_link`` ends reminders; ``home`` begins the clinic's pages; ``written_at``
    is when the change was made. ``visits`` are those that a message of kind ``link``
    lists; ``texts`` the clinic's own wording, part to text.
    """

    kind: str
    language: str
    link: str | None
    stop_link: str | None
    home: str
    recipient: str
    sequence: int
    written_at: datetime
    visits: tuple[tuple[Letter, str | None], ...]
    texts: Mapping[str, str]


def render(letter: Letter, occasion: Occasion) -> Rendered:
    """Return the message of an occasion in its language; the same arguments give the same text (E70)."""
    with speaking(words_for(occasion.language)):
        return _rendered(letter, occasion)


def _rendered(letter: Letter, occasion: Occasion) -> Rendered:
    templates = environment(Path(current_app.root_path) / "templates" / "email")
    context = _context(letter, occasion)
    own = _own_words(letter, occasion)
    subject = own["subject"] or templates.get_template(f"{occasion.kind}/subject.txt").render(context)
    context |= {"subject": one_line(subject), "own": own}
    return Rendered(
        subject=one_line(subject),
        text=templates.get_template(f"{occasion.kind}/body.txt").render(context),
        html=templates.get_template(f"{occasion.kind}/body.html").render(context),
        method=_method(occasion),
        calendar=_calendar(letter, occasion),
    )


def _method(occasion: Occasion) -> str:
    return "CANCEL" if occasion.kind == "cancelled" else "REQUEST"


def _calendar(letter: Letter, occasion: Occasion) -> bytes | None:
    is_bare_reminder = occasion.kind == "reminder" and not letter.attach_calendar
    if occasion.kind in ON_DEMAND or is_bare_reminder:
        return None
    return calendar_entry(
        letter,
        _method(occasion),
        occasion.sequence,
        occasion.written_at,
        is_cancelled=occasion.kind == "cancelled",
        attendee=occasion.recipient,
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
    attach(made)
    made.filters["isolated"] = isolated
    return made


def _own_words(letter: Letter, occasion: Occasion) -> dict[str, str]:
    """Return the clinic's own parts, filled in; empty where the usual wording holds."""
    values = {
        "day": day_words(letter.starts),
        "time": time_words(letter.starts),
        "when": wall_words(letter),
        "place": place_words(letter),
        "clinic": one_line(letter.discreet_name),
        "phone": phone_words(letter.phone),
    }
    return {part: texts.fill(occasion.texts.get(part, ""), values) for part in texts.PARTS}


def _context(letter: Letter, occasion: Occasion) -> dict[str, object]:
    return {
        "letter": letter,
        "day": day_words(letter.starts),
        "when": wall_words(letter),
        "place": place_words(letter),
        "facts": _facts(letter, occasion.kind),
        "before": before_sentences(letter),
        "changes": change_sentences(letter, has_link=occasion.link is not None),
        "link": occasion.link,
        "stop_link": occasion.stop_link,
        "visits": [(wall_words(one), one_line(one.patient), link) for one, link in occasion.visits],
        "home": occasion.home,
        "clinic": one_line(letter.clinic_name),
        "address": one_line(letter.address),
        "phone": phone_words(letter.phone),
        "side": "right" if words().direction == "rtl" else "left",
    }


def _facts(letter: Letter, kind: str) -> list[tuple[str, str]]:
    facts = [
        (_("For"), one_line(letter.patient)),
        (_("What"), one_line(letter.service)),
        (_("With"), licence_words(letter)),
        (_("Price"), price_words(letter)),
        (_("Reference"), letter.reference),
    ]
    return facts if kind in ("confirmation", "moved") else [fact for fact in facts if fact[0] != _("Price")]
