"""The calendar entry: the right instant, the wall time in words, and nothing else to read (P11, M3)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from booking.mail.sample import SAMPLE, WRITTEN_AT
from booking.scheduling.clinic import Clinic
from booking.wording.calendar import calendar_entry, calendar_file
from booking.wording.letter import Letter
from tests.actions.asks import book_visit
from tests.mail.parsers import PARSERS, Seen


def parsed(content: bytes) -> tuple[Calendar, Any]:
    """Return the calendar and its only event."""
    calendar = Calendar.from_ical(content.decode())
    assert isinstance(calendar, Calendar)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def event_of(letter: Letter, method: str = "REQUEST", sequence: int = 0, **more: Any) -> Any:
    return parsed(calendar_entry(letter, method, sequence, WRITTEN_AT, **more))[1]


@pytest.mark.parametrize(
    ("wall", "instant", "words"),
    [
        (datetime(2026, 11, 22, 10, 0), "20261122T170000Z", "10:00 a.m., Sunday 22 November 2026"),
        (datetime(2026, 12, 1, 10, 0), "20261201T170000Z", "10:00 a.m., Tuesday 1 December 2026"),
        (datetime(2027, 1, 12, 10, 0), "20270112T170000Z", "10:00 a.m., Tuesday 12 January 2027"),
        (datetime(2027, 7, 13, 18, 30), "20270714T013000Z", "6:30 p.m., Tuesday 13 July 2027"),
    ],
)
def test_t1_e29_winter_and_summer_are_seven_hours_behind(wall: datetime, instant: str, words: str) -> None:
    """T1, E29: 10:00 in Vancouver is 17:00Z in any month from November 2026 on, and the words say 10:00."""
    raw = calendar_entry(
        replace(SAMPLE, starts=wall, ends=wall + timedelta(hours=1)), "REQUEST", 0, WRITTEN_AT
    )
    assert f"DTSTART:{instant}\r\n".encode() in raw
    assert b"VTIMEZONE" not in raw
    assert b"TZID" not in raw
    assert f"{words}, Vancouver time." in parsed(raw)[1]["DESCRIPTION"]


def test_p11_the_entry_says_nothing_but_the_clinics_discreet_name() -> None:
    """P11: summary, class and description; no service, no person, no link."""
    event = event_of(SAMPLE)
    assert event["SUMMARY"] == "Synergy Clinic"
    assert event["CLASS"] == "PRIVATE"
    assert event["LOCATION"] == "100 Sample Street, Vancouver, BC"
    assert event["DESCRIPTION"] == (
        "10:00 a.m., Tuesday 24 November 2026, Vancouver time.\n"
        "Questions or a change of plan: 604-555-0100.\n"
        "Reference: SAMPLE1."
    )
    raw = calendar_entry(SAMPLE, "PUBLISH", 0, WRITTEN_AT).decode().lower()
    assert [word for word in ("massage", "kim", "jo ", "http") if word in raw] == []


def test_m3_the_entry_stays_one_through_moves_and_cancellation() -> None:
    """M3: one UID; the sequence rises; CANCEL strikes it. No random calendar-level UID."""
    first = event_of(SAMPLE, "REQUEST", 0)
    moved = event_of(replace(SAMPLE, starts=datetime(2026, 11, 26, 9, 0)), "REQUEST", 1)
    calendar, gone = parsed(calendar_entry(SAMPLE, "CANCEL", 2, WRITTEN_AT, is_cancelled=True))
    assert first["UID"] == moved["UID"] == gone["UID"] == "sample1@synergy.clinic-booking"
    assert [int(event["SEQUENCE"]) for event in (first, moved, gone)] == [0, 1, 2]
    assert [event["STATUS"] for event in (first, moved, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert calendar["METHOD"] == "CANCEL"
    assert "UID" not in calendar


STEPS = [("REQUEST", 0, "CONFIRMED"), ("REQUEST", 1, "CONFIRMED"), ("CANCEL", 2, "CANCELLED")]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("method", "sequence", "status"), STEPS, ids=["book", "move", "cancel"])
def test_m3_three_parsers_accept_and_agree(parser: str, method: str, sequence: int, status: str) -> None:
    """M3, P11: parsers that share no code read the same from what is booked, moved and cancelled."""
    starts = datetime(2026, 11, 26, 9, 0) if sequence == 1 else SAMPLE.starts
    letter = replace(SAMPLE, starts=starts, ends=starts + timedelta(hours=1), address="1 A; B, \u6eab Street")
    content = calendar_entry(
        letter,
        method,
        sequence,
        WRITTEN_AT,
        is_cancelled=method == "CANCEL",
        attendee="jo@sample.example",
    )
    begins = datetime(2026, 11, starts.day, starts.hour + 7, 0, tzinfo=UTC)
    assert PARSERS[parser](content) == Seen(
        method=method,
        events=1,
        uid="sample1@synergy.clinic-booking",
        sequence=sequence,
        starts=begins,
        ends=begins + timedelta(hours=1),
        summary="Synergy Clinic",
        description=(
            f"{starts.hour}:00 a.m., {starts:%A} {starts.day} November 2026, Vancouver time.\n"
            "Questions or a change of plan: 604-555-0100.\n"
            "Reference: SAMPLE1."
        ),
        status=status,
        secrecy="PRIVATE",
        attendees=("mailto:jo@sample.example",),
    )


@pytest.mark.parametrize("parser", PARSERS)
def test_m3_the_download_is_accepted_too(parser: str, clinic: Clinic) -> None:
    """M3: what the page offers to add to a calendar, published without an attendee."""
    visit = book_visit(clinic, practitioner="lam")
    seen = PARSERS[parser](calendar_file(clinic, visit, "PUBLISH"))
    assert (seen.method, seen.events, seen.attendees) == ("PUBLISH", 1, ())
    assert seen.starts == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


def test_m3_a_request_has_organizer_and_attendee_who_need_not_answer() -> None:
    """M3: RFC 5546 wants both; the patient has said yes already and is not asked."""
    event = event_of(SAMPLE, attendee="jo@sample.example")
    assert event["ORGANIZER"] == "mailto:desk@synergy.example"
    assert event["ATTENDEE"] == "mailto:jo@sample.example"
    assert dict(event["ATTENDEE"].params) == {"PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}


def test_the_same_entry_is_the_same_bytes() -> None:
    """Nothing in the file is random or taken from the machine."""
    first, again = (calendar_entry(SAMPLE, "REQUEST", 3, WRITTEN_AT) for _ in range(2))
    assert first == again
    assert first.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in first.split(b"\r\n"))


def test_e36_another_clinics_zone_has_its_own_hours() -> None:
    """E36: a clinic in Los Angeles is eight hours behind in January and seven in July."""
    for wall, hour in ((datetime(2027, 1, 12, 10, 0), 18), (datetime(2027, 7, 12, 10, 0), 17)):
        letter = replace(SAMPLE, zone="America/Los_Angeles", starts=wall, ends=wall + timedelta(hours=1))
        assert event_of(letter)["DTSTART"].dt == datetime.combine(
            wall.date(), datetime.min.time(), UTC
        ) + timedelta(hours=hour)


@given(text=st.text(max_size=80))
def test_b5_no_text_makes_a_line_of_the_calendar(text: str) -> None:
    """B5: control characters and line breaks in the clinic's own words add no property."""
    letter = replace(SAMPLE, discreet_name=text, address=text, time_label=text)
    event = event_of(letter)
    assert sorted(event) == sorted(event_of(SAMPLE))
    raw = calendar_entry(letter, "REQUEST", 0, WRITTEN_AT)
    assert not any(byte < 32 and byte not in (13, 10) for byte in raw)


def test_the_download_is_the_visit_as_it_is(clinic: Clinic) -> None:
    """/appointment/<token>.ics: published, without an attendee, struck when the visit is cancelled."""
    visit = book_visit(clinic, practitioner="lam")
    calendar, event = parsed(calendar_file(clinic, visit, "PUBLISH"))
    assert calendar["METHOD"] == "PUBLISH"
    assert event["UID"] == f"{visit.reference.lower()}@synergy.clinic-booking"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        datetime(2026, 11, 24, 16, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 17, 0, tzinfo=UTC),
    )
    assert event["DTSTART"].dt.date() == date(2026, 11, 24)
    assert "ATTENDEE" not in event
    assert event["STATUS"] == "CONFIRMED"
    gone = replace(visit, status="cancelled", version=2)
    cancelled = parsed(calendar_file(clinic, gone, "PUBLISH"))[1]
    assert (cancelled["STATUS"], int(cancelled["SEQUENCE"])) == ("CANCELLED", 1)
