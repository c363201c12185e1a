"""How each language writes days, times, amounts and lists; plain values in, text out.

English is written here, as look.md wants it. Every other language is written by the
patterns of the Unicode CLDR, which Babel brings. Zones play no part: wall time is only spelled.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from babel import Locale
from babel.dates import DateTimePattern, format_interval, parse_pattern
from babel.lists import format_list
from babel.numbers import format_currency

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Day, the same without its weekday, with its year, time, time beside its part of the day.
# Languages that are not here take the CLDR's own.
PATTERNS = {
    "fr": ("EEEE d MMMM", "d MMMM", "EEEE d MMMM y", "H 'h' mm", "H 'h' mm"),
    "zh": ("M月d日EEEE", "M月d日", "y年M月d日EEEE", "Bh:mm", "h:mm"),
    "ko": ("M월 d일 EEEE", "M월 d일", "y년 M월 d일 EEEE", "a h:mm", "h:mm"),
}


class Forms:
    """English: "10:00 a.m.", "Tuesday 24 November", "$136.50", "a, b and c"."""

    def weekday(self, on: date) -> str:
        """Return "Tuesday"."""
        return DAYS[on.weekday()]

    def short_weekday(self, on: date) -> str:
        """Return "Tue"."""
        return DAYS[on.weekday()][:3]

    def day(self, on: date) -> str:
        """Return "Tuesday 24 November"."""
        return f"{DAYS[on.weekday()]} {self.date_alone(on)}"

    def date_alone(self, on: date) -> str:
        """Return "24 November"."""
        return f"{on.day} {MONTHS[on.month - 1]}"

    def full_day(self, on: date) -> str:
        """Return "Tuesday 24 November 2026"."""
        return f"{self.day(on)} {on.year}"

    def clock(self, wall: datetime | time) -> str:
        """Return "10:00", where the part of the day is said beside it."""
        return f"{wall.hour % 12 or 12}:{wall.minute:02}"

    def time(self, wall: datetime | time) -> str:
        """Return "10:00 a.m."."""
        return f"{self.clock(wall)} {'a.m.' if wall.hour < 12 else 'p.m.'}"

    def days(self, first: date, last: date) -> str:
        """Return "22 to 28 November"."""
        begin = str(first.day) if first.month == last.month else self.date_alone(first)
        return f"{begin} to {self.date_alone(last)}"

    def money(self, cents: int) -> str:
        """Return "$136.50"."""
        return f"${cents // 100:,}.{cents % 100:02}"

    def joined(self, parts: Sequence[str]) -> str:
        """Return "a, b and c"."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} and {parts[-1]}"


class LocaleForms(Forms):
    """Any other language, by its locale."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._weekday, self._short = parse_pattern("EEEE"), parse_pattern("EEE")
        own = PATTERNS.get(locale.language)
        patterns = map(parse_pattern, own) if own else _common_patterns(locale)
        self._day, self._date, self._full_day, self._time, self._clock = patterns

    def weekday(self, on: date) -> str:
        """Return "mardi"."""
        return self._weekday.apply(on, self._locale)

    def short_weekday(self, on: date) -> str:
        """Return "mar."."""
        return self._short.apply(on, self._locale)

    def day(self, on: date) -> str:
        """Return "mardi 24 novembre"."""
        return self._day.apply(on, self._locale)

    def date_alone(self, on: date) -> str:
        """Return "24 novembre"."""
        return self._date.apply(on, self._locale)

    def full_day(self, on: date) -> str:
        """Return "mardi 24 novembre 2026"."""
        return self._full_day.apply(on, self._locale)

    def clock(self, wall: datetime | time) -> str:
        """Return "10 h 00"."""
        return self._clock.apply(wall, self._locale)

    def time(self, wall: datetime | time) -> str:
        """Return "10 h 00"."""
        return self._time.apply(wall, self._locale)

    def days(self, first: date, last: date) -> str:
        """Return "22 – 28 nov."."""
        return format_interval(first, last, "MMMMd", locale=self._locale)

    def money(self, cents: int) -> str:
        """Return "136,50 $": in a Canadian clinic a dollar needs no country."""
        written = format_currency(Decimal(cents) / 100, "CAD", locale=self._locale)
        return written.replace("CA$", "$").replace("$CA", "$").replace("\N{LEFT-TO-RIGHT MARK}", "")

    def joined(self, parts: Sequence[str]) -> str:
        """Return "a, b et c"."""
        return format_list(parts, locale=self._locale) if parts else ""


def _common_patterns(locale: Locale) -> tuple[DateTimePattern, ...]:
    """Return the CLDR's patterns; the day's is the full date's without its year."""
    full = locale.date_formats["full"]
    day = parse_pattern(full.pattern.replace("y", "").strip(" ,،"))
    hours = locale.time_formats["short"]
    clock = parse_pattern(hours.pattern.replace("a", "").strip())
    return day, locale.datetime_skeletons["MMMMd"], full, hours, clock


ENGLISH_FORMS = Forms()
