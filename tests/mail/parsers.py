"""Three parsers of calendar files that share no code: what each of them understands (M3).

icalendar is Python, libical the C library of GNOME's and KDE's calendars, which also
checks an invitation against RFC 5546, and ical.js is Thunderbird's. vobject, which M3
names too, needs pytz: Babel would use it as well, and these tests would run on other
zone data than the program does (D2).
"""

import ctypes.util
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest
from icalendar import Calendar

FOLDER = Path(__file__).parent / "calendars"
NAMES = ("UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "CLASS", "ATTENDEE")


@dataclass(frozen=True)
class Seen:
    """What a calendar program shows of a file with one event."""

    method: str
    events: int
    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    description: str
    status: str
    secrecy: str
    attendees: tuple[str, ...]


def _missing(reason: str) -> NoReturn:
    """Skip with the reason; fail under CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def by_icalendar(content: bytes) -> Seen:
    """Read with icalendar, which also writes."""
    calendar = Calendar.from_ical(content.decode())
    assert isinstance(calendar, Calendar)
    events: list[Any] = calendar.walk("VEVENT")
    event = events[0]
    attendee = event.get("ATTENDEE")
    return Seen(
        method=str(calendar["METHOD"]),
        events=len(events),
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        starts=event["DTSTART"].dt,
        ends=event["DTEND"].dt,
        summary=str(event["SUMMARY"]),
        description=str(event["DESCRIPTION"]),
        status=str(event["STATUS"]),
        secrecy=str(event["CLASS"]),
        attendees=() if attendee is None else (str(attendee),),
    )


def by_icaljs(content: bytes) -> Seen:
    """Read with ical.js, in node."""
    if shutil.which("node") is None or not (FOLDER / "node_modules" / "ical.js").is_dir():
        _missing("no ical.js: `npm ci` in tests/mail/calendars installs it (needs node)")
    run = subprocess.run(
        ["node", "parse.mjs"],
        cwd=FOLDER,
        input=json.dumps([content.decode()]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    (told,) = json.loads(run.stdout)
    moments = {name: datetime.fromisoformat(told.pop(name)) for name in ("starts", "ends")}
    return Seen(**told | moments | {"attendees": tuple(told["attendees"])})


@cache
def _libical() -> ctypes.CDLL:
    found = ctypes.util.find_library("ical")
    if found is None:
        _missing("no libical: Debian's package libical3 is not installed")
    library = ctypes.CDLL(found)
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, given, back in (
        ("icalparser_parse_string", [text], pointer),
        ("icalcomponent_string_to_kind", [text], number),
        ("icalcomponent_count_components", [pointer, number], number),
        ("icalcomponent_count_errors", [pointer], number),
        ("icalcomponent_get_first_component", [pointer, number], pointer),
        ("icalcomponent_get_first_property", [pointer, number], pointer),
        ("icalproperty_string_to_kind", [text], number),
        ("icalproperty_get_value_as_string", [pointer], text),
        ("icalrestriction_check", [pointer], number),
        ("icalcomponent_free", [pointer], None),
    ):
        function = getattr(library, name)
        function.argtypes, function.restype = given, back
    return library


def by_libical(content: bytes) -> Seen:
    """Read with libical; an invitation that breaks RFC 5546 is refused."""
    library = _libical()
    calendar = library.icalparser_parse_string(content)
    assert calendar, "libical cannot read it"
    try:
        kind = library.icalcomponent_string_to_kind(b"VEVENT")
        event = library.icalcomponent_get_first_component(calendar, kind)
        told = {name: _value(library, event, name) for name in NAMES}
        count = library.icalcomponent_count_components(calendar, kind)
        assert library.icalrestriction_check(calendar) == 1, "libical finds fault with it (RFC 5546)"
        assert library.icalcomponent_count_errors(calendar) == 0
        return Seen(
            method=_value(library, calendar, "METHOD"),
            events=count,
            uid=told["UID"],
            sequence=int(told["SEQUENCE"]),
            starts=_instant(told["DTSTART"]),
            ends=_instant(told["DTEND"]),
            summary=told["SUMMARY"],
            description=told["DESCRIPTION"],
            status=told["STATUS"],
            secrecy=told["CLASS"],
            attendees=(told["ATTENDEE"],) if told["ATTENDEE"] else (),
        )
    finally:
        library.icalcomponent_free(calendar)


def _value(library: ctypes.CDLL, component: int, name: str) -> str:
    kind = library.icalproperty_string_to_kind(name.encode())
    found = library.icalcomponent_get_first_property(component, kind)
    if not found:
        return ""
    text: bytes = library.icalproperty_get_value_as_string(found)
    return text.decode().replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")


def _instant(value: str) -> datetime:
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


PARSERS: dict[str, Callable[[bytes], Seen]] = {
    "icalendar": by_icalendar,
    "libical": by_libical,
    "ical.js": by_icaljs,
}
