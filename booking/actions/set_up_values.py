"""Readers of single values of a set-up file: texts, numbers, times, dates, addresses.

What they return is what JSON can hold; the line under each fault says what to write instead.
"""

import math
import re
import unicodedata
import zoneinfo
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError

from booking.actions.contact import check_email, check_phone
from booking.actions.set_up_reading import Place, Reader, Wrong, near, shown
from booking.scheduling.timeline import CELL, DAY_MINUTES

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_GST_NUMBER = re.compile(r"[0-9]{9}RT[0-9]{4}")


def text(longest: int) -> Reader:
    """Return a reader of one line of text, 1 to ``longest`` characters, kept as NFC."""

    def read(raw: Any, place: Place) -> str:
        if not isinstance(raw, str):
            raise Wrong(f"is {shown(raw)}: it must be text, in quotes")
        clean = unicodedata.normalize("NFC", raw.strip())
        if not clean:
            raise Wrong("is empty: write something, or leave the line out")
        if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in clean):
            raise Wrong("holds a line break or a control character: remove it")
        if len(clean) > longest:
            raise Wrong(f"has {len(clean)} characters: shorten it to {longest}")
        return clean

    return read


def whole(least: int, most: int, step: int = 1) -> Reader:
    """Return a reader of a whole number in a range, a multiple of ``step``."""
    multiple = f", a multiple of {step}" if step > 1 else ""

    def read(raw: Any, place: Place) -> int:
        right_type = isinstance(raw, int) and not isinstance(raw, bool)
        if not right_type or not least <= raw <= most or raw % step:
            raise Wrong(f"is {shown(raw)}: it must be a whole number from {least} to {most}{multiple}")
        return int(raw)

    return read


def one_of(*known: str) -> Reader:
    """Return a reader of one of a few words."""

    def read(raw: Any, place: Place) -> str:
        if not isinstance(raw, str) or raw not in known:
            hint = near(raw, known) if isinstance(raw, str) else ""
            raise Wrong(f"is {shown(raw)}" + (hint or f": it must be {_either(known)}"))
        return raw

    return read


def flag(raw: Any, place: Place) -> bool:
    """Return true or false."""
    if not isinstance(raw, bool):
        raise Wrong(f"is {shown(raw)}: it must be true or false, without quotes")
    return raw


def slug(raw: Any, place: Place) -> str:
    """Return an id as it appears in addresses and rows."""
    if not isinstance(raw, str) or not _SLUG.fullmatch(raw):
        raise Wrong(f"is {shown(raw)}: use 1 to 40 small letters, digits and hyphens, the first no hyphen")
    return raw


def weekday(raw: Any, place: Place) -> str:
    """Return a weekday's number as text, Monday "0"."""
    if raw not in WEEKDAYS:
        raise Wrong("is not a weekday" + (near(raw, WEEKDAYS) or f": use {_either(WEEKDAYS)}"))
    return str(WEEKDAYS.index(raw))


def minute(raw: Any, place: Place) -> int:
    """Return a time of day "HH:MM" as minutes, 00:00 to 23:55 in steps of five."""
    return _minute(raw, DAY_MINUTES - CELL)


def _minute(raw: Any, last: int) -> int:
    found = _TIME.fullmatch(raw) if isinstance(raw, str) else None
    if not found:
        raise Wrong(f'is {shown(raw)}: write the time as "HH:MM", for example "09:00"')
    at = int(found[1]) * 60 + int(found[2])
    if int(found[2]) > 59 or at > last:
        raise Wrong(f"is {shown(raw)}: there is no such time of day")
    if at % CELL:
        raise Wrong(f"is {shown(raw)}: times go in steps of {CELL} minutes")
    return at


def stretch(raw: Any, place: Place) -> list[int]:
    """Return "HH:MM-HH:MM" as [from, to]; it may pass midnight, or end there as 24:00."""
    ends = raw.split("-") if isinstance(raw, str) else []
    if len(ends) != 2:
        raise Wrong(f'is {shown(raw)}: write from and to as "HH:MM-HH:MM", for example "09:00-17:00"')
    begin, end = minute(ends[0], place), _minute(ends[1], DAY_MINUTES)
    if begin == end:
        raise Wrong(f"is {shown(raw)}: it ends when it begins")
    return [begin, end]


def spans(raw: Any, place: Place) -> list[list[int]]:
    """Return the stretches of one day in order, given as one text or as a list of them."""
    if not isinstance(raw, str | list):
        raise Wrong(f'is {shown(raw)}: write "HH:MM-HH:MM", or a list of such stretches')
    found = [stretch(item, place) for item in ([raw] if isinstance(raw, str) else raw)]
    last = 0
    for begin, end in found:
        if end < begin:
            raise Wrong(f"is {shown(raw)}: a stretch must end later than it begins")
        if begin < last:
            raise Wrong(f"is {shown(raw)}: stretches must be in order and must not overlap")
        last = end
    return found


def day(raw: Any, place: Place) -> str:
    """Return a date as "YYYY-MM-DD", given so or as a TOML date."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw.isoformat()
    if not isinstance(raw, str) or not _DATE.fullmatch(raw):
        raise Wrong(f'is {shown(raw)}: write the date as "YYYY-MM-DD"')
    try:
        return date.fromisoformat(raw).isoformat()
    except ValueError as error:
        raise Wrong(f"is {shown(raw)}: there is no such date") from error


def percent(raw: Any, place: Place) -> str:
    """Return a tax rate as text, exact to three decimals (L50)."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Wrong(f"is {shown(raw)}: it must be a number, for example 5")
    if not 0 <= raw <= 100 or not math.isclose(raw, round(raw, 3), abs_tol=1e-9):
        raise Wrong(f"is {shown(raw)}: it must be from 0 to 100, with at most three decimals")
    return f"{raw:.3f}".rstrip("0").rstrip(".")


def email(raw: Any, place: Place) -> str:
    """Return an e-mail address as stored."""
    return _checked(raw, place, check_email, "an e-mail address, for example desk@clinic.example")


def phone(raw: Any, place: Place) -> str:
    """Return a phone number as E.164."""
    return _checked(raw, place, check_phone, "a phone number, for example +16045550100")


def zone(raw: Any, place: Place) -> str:
    """Return the IANA name of a place's time zone; fixed offsets are refused (D2)."""
    known = _zones()
    if isinstance(raw, str) and raw in known:
        return raw
    hint = near(raw, known) if isinstance(raw, str) else ""
    raise Wrong(
        f"is {shown(raw)}" + (hint or ': write the IANA name of the place, for example "America/Vancouver"')
    )


def locale(raw: Any, place: Place) -> str:
    """Return a language tag that pages and mails can be written in, for example fr-CA."""
    if isinstance(raw, str) and _LOCALE.fullmatch(raw):
        try:
            Locale.parse(raw, sep="-")
        except (UnknownLocaleError, ValueError):
            pass
        else:
            return raw
    raise Wrong(f'is {shown(raw)}: write a language tag such as "en-CA", "zh-Hans" or "pa"')


def language(raw: Any, place: Place) -> str:
    """Return the code of a spoken language, for example yue."""
    if not isinstance(raw, str) or raw not in _languages():
        raise Wrong(f'is {shown(raw)}: write a language code such as "en", "yue" or "pa"')
    return raw


def currency(raw: Any, place: Place) -> str:
    """Return a currency's code of three letters."""
    if not isinstance(raw, str) or not re.fullmatch(r"[A-Z]{3}", raw):
        raise Wrong(f'is {shown(raw)}: write three capital letters, for example "CAD"')
    return raw


def gst_number(raw: Any, place: Place) -> str:
    """Return a GST account number."""
    if not isinstance(raw, str) or not _GST_NUMBER.fullmatch(raw):
        raise Wrong(f'is {shown(raw)}: write nine digits, RT and four digits, as "123456789RT0001"')
    return raw


def _checked(raw: Any, place: Place, check: Any, what: str) -> str:
    try:
        clean: str | None = check(raw) if isinstance(raw, str) else None
    except ValueError:
        clean = None
    if not clean:
        raise Wrong(f"is {shown(raw)}: it must be {what}")
    return clean


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" or {words[-1]}"


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    names = zoneinfo.available_timezones()
    return frozenset(name for name in names if "/" in name and not name.startswith(("Etc/", "SystemV/")))


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(Locale("en").languages)
