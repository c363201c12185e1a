"""A day's free times as buttons, joined here because a template loop costs several times more (G8).

Everything that goes in is a number or one of our own words, escaped once for each language.
"""

from datetime import date, time
from functools import lru_cache

from markupsafe import Markup, escape

from booking.scheduling.timeline import CELL, DAY
from booking.wording.dates import clock_words, date_words, short_weekday_words, weekday_words
from booking.wording.language import N_, Words, _, words

PARTS = ((N_("Morning"), "m", 0, 144), (N_("Afternoon"), "a", 144, 204), (N_("Evening"), "e", 204, DAY))
_MASKS = tuple((name, letter, ((1 << last) - (1 << first))) for name, letter, first, last in PARTS)
_CLOCK = tuple(divmod(cell * CELL, 60) for cell in range(DAY))


def day_section(on: date, today: date, cells: int, kept: int = 0) -> Markup:
    """Return the section of one day: its heading and its times, by part of the day.

    Args:
        on: the day.
        today: the clinic's date, to say today and tomorrow.
        cells: the free starts, one bit for each 5 minutes.
        kept: the one of them that is kept for this visitor.
    """
    key = f"d{on:%m%d}"
    head = f'<button name="start" value="{on.isoformat()}'
    parts = []
    for name, letter, mask in _parts(words()):
        found = cells & mask
        if found:
            parts.append(
                f'<div class="part {letter}" role="group" aria-labelledby="{key} {key}{letter}">'
                f'<h3 id="{key}{letter}">{name}</h3>{_buttons(head, found, kept)}</div>'
            )
    return Markup(  # noqa: S704 - numbers and our own words only
        f'<section class="day"><h2 id="{key}">{_day_name(on, today)}</h2>{"".join(parts)}</section>'
    )


@lru_cache(maxsize=32)
def _parts(_language: Words) -> tuple[tuple[str, str, int], ...]:
    """Return the parts of a day, named in the language that is spoken."""
    return tuple((escape(_(name)), letter, mask) for name, letter, mask in _MASKS)


def strip(days: list[tuple[date, int]]) -> Markup:
    """Return the days of a week in one row, those with times as links to their section."""
    items = (
        f'<li><a href="#d{on:%m%d}">{_strip_day(on)}</a></li>'
        if cells
        else f"<li><span>{_strip_day(on)}</span></li>"
        for on, cells in days
    )
    return Markup("".join(items))  # noqa: S704 - numbers and our own words only


def _strip_day(on: date) -> str:
    return f"<abbr>{escape(short_weekday_words(on))}</abbr> {on.day}"


def _day_name(on: date, today: date) -> str:
    """Return "Tomorrow, Monday 23 November", the date held together."""
    weekday = weekday_words(on)
    if on == today:
        weekday = _("Today, %(weekday)s", weekday=weekday)
    elif (on - today).days == 1:
        weekday = _("Tomorrow, %(weekday)s", weekday=weekday)
    return f"{escape(weekday)} <span>{escape(date_words(on))}</span>"


def _buttons(head: str, cells: int, kept: int) -> str:
    ends = []
    plain, marked = _ends(words())
    while cells:
        lowest = cells & -cells
        ends.append((marked if lowest == kept else plain)[lowest.bit_length() - 1])
        cells ^= lowest
    return head + head.join(ends)


@lru_cache(maxsize=32)
def _ends(language: Words) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return how each time's button goes on, plain and kept, in the language that is spoken."""
    said = [(f"T{h:02}:{m:02}", escape(clock_words(time(h, m)))) for h, m in _CLOCK]
    plain = tuple(f'{value}">{clock}</button>' for value, clock in said)
    return plain, tuple(f'{value}" class="kept">{clock}</button>' for value, clock in said)
