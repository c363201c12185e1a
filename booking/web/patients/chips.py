"""A day's free times as buttons, joined here because a template loop costs several times more (G8).

Everything that goes in is a number or one of our own words, so nothing needs escaping.
"""

from datetime import date

from markupsafe import Markup

from booking.scheduling.timeline import CELL, DAY
from booking.wording.dates import DAYS, day_words

PARTS = (("Morning", "m", 0, 144), ("Afternoon", "a", 144, 204), ("Evening", "e", 204, DAY))
_MASKS = tuple((name, letter, ((1 << last) - (1 << first))) for name, letter, first, last in PARTS)
_CLOCK = tuple(divmod(cell * CELL, 60) for cell in range(DAY))
_ENDS = tuple(f'T{h:02}:{m:02}">{h % 12 or 12}:{m:02}</button>' for h, m in _CLOCK)
_KEPT = tuple(f'T{h:02}:{m:02}" class="kept">{h % 12 or 12}:{m:02}</button>' for h, m in _CLOCK)


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
    for name, letter, mask in _MASKS:
        found = cells & mask
        if found:
            parts.append(
                f'<div class="part {letter}" role="group" aria-labelledby="{key} {key}{letter}">'
                f'<h3 id="{key}{letter}">{name}</h3>{_buttons(head, found, kept)}</div>'
            )
    return Markup(  # noqa: S704 - numbers and our own words only
        f'<section class="day"><h2 id="{key}">{_day_name(on, today)}</h2>{"".join(parts)}</section>'
    )


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
    return f"<abbr>{DAYS[on.weekday()][:3]}</abbr> {on.day}"


def _day_name(on: date, today: date) -> str:
    """Return "Tomorrow, Monday 23 November", the date held together."""
    word = {0: "Today, ", 1: "Tomorrow, "}.get((on - today).days, "")
    weekday, _, rest = day_words(on).partition(" ")
    return f"{word}{weekday} <span>{rest}</span>"


def _buttons(head: str, cells: int, kept: int) -> str:
    ends = []
    while cells:
        lowest = cells & -cells
        ends.append((_KEPT if lowest == kept else _ENDS)[lowest.bit_length() - 1])
        cells ^= lowest
    return head + head.join(ends)
