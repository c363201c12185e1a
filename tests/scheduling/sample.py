"""The sample clinic as a value, read from ``sample_clinic.toml`` with resource ids of its own."""

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from booking.scheduling.clinic import (
    Clinic,
    Closure,
    Device,
    Policy,
    Practitioner,
    Reminders,
    Room,
    Service,
    Span,
    Spans,
)
from booking.scheduling.slots import Ask
from booking.scheduling.visit import Reset, Shape, steps_from_minutes

FILE = Path(__file__).resolve().parents[2] / "sample_clinic.toml"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minute(text: str) -> int:
    """Return the minute of the day of ``"09:30"``."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def span(text: str) -> Span:
    """Return the span of ``"09:00-17:00"``."""
    begin, end = text.split("-")
    return minute(begin), minute(end)


def spans(given: str | list[str]) -> Spans:
    """Return the spans of one text or several."""
    return tuple(map(span, [given] if isinstance(given, str) else given))


def week(given: dict[str, Any]) -> dict[int, Spans]:
    """Return spans by weekday, Monday = 0."""
    return {WEEKDAYS.index(day): spans(hours) for day, hours in given.items()}


@cache
def sample() -> Clinic:
    """Return the sample clinic; one value, so that engine caches stay warm."""
    return read(tomllib.loads(FILE.read_text(encoding="utf-8")))


def read(raw: dict[str, Any]) -> Clinic:
    """Return the clinic of a parsed set-up file."""
    head, ids = raw["clinic"], count(1)
    return Clinic(
        id=1,
        setup=1,
        code=head["id"],
        zone=head["time_zone"],
        locales=tuple(head["locales"]),
        hours=week(raw["hours"]),
        closed_on_bc_statutory=raw["holidays"]["closed_on_bc_statutory"],
        closures=_closures(raw["holidays"]["extra_closures"]),
        gst_percent=str(raw["tax"]["gst_percent"]),
        gst_valid_from=date.fromisoformat(raw["tax"]["valid_from"]),
        policy=_policy(raw["policy"]),
        reminders=_reminders(raw["reminders"]),
        practitioners=tuple(_practitioner(given, ids) for given in raw["practitioners"]),
        rooms=tuple(_room(given, ids) for given in raw["rooms"]),
        devices=tuple(_device(given, ids) for given in raw["devices"]),
        services=tuple(map(_service, raw["services"])),
        **{name: head[name] for name in HEAD},
    )


HEAD = ("name", "discreet_name", "city", "address", "phone", "email", "time_label", "currency")
HEAD += ("grid_minutes", "default_locale", "privacy_officer", "gst_number", "mail_provider_country")


def _closures(given: list[dict[str, Any]]) -> dict[date, Closure]:
    return {date.fromisoformat(c["date"]): Closure(spans(c["hours"]), c["reason"]) for c in given}


def _policy(given: dict[str, Any]) -> Policy:
    return Policy(**given | {"fee_waiver_reasons": tuple(given["fee_waiver_reasons"])})


def _reminders(given: dict[str, Any]) -> Reminders:
    quiet_from, quiet_until = span(given["quiet_hours"])
    return Reminders(
        tuple(given["offsets_hours"]),
        quiet_from,
        quiet_until,
        minute(given["quiet_moves_to"]),
        given["skip_if_booked_within_hours"],
        given["attach_ics"],
    )


def _practitioner(given: dict[str, Any], ids: Iterator[int]) -> Practitioner:
    return Practitioner(
        code=given["id"],
        kinds=frozenset(given["kinds"]),
        languages=tuple(given["languages"]),
        shifts=week(given["shifts"]),
        breaks=week(given["breaks"]),
        hands=next(ids),
        seats=tuple(next(ids) for _ in range(given["max_concurrent"])),
        **{name: given[name] for name in ("name", "title", "licensing_body", "licence_number")},
    )


def _room(given: dict[str, Any], ids: Iterator[int]) -> Room:
    flags = {k: given.get(k, False) for k in ("laser_controlled_area", "call_bell", "wheelchair")}
    return Room(given["id"], given["name"], frozenset(given["kinds"]), next(ids), **flags)


def _device(given: dict[str, Any], ids: Iterator[int]) -> Device:
    units = tuple(next(ids) for _ in range(given["count"]))
    return Device(given["id"], given["name"], given["kind"], units, given.get("tied_to_room"))


def _service(given: dict[str, Any]) -> Service:
    reset = Reset(given["reset"]["minutes"], frozenset(given["reset"]["holds"]))
    steps = steps_from_minutes(tuple(given["steps"]))
    return Service(
        code=given["id"],
        shape=Shape(steps, reset, given.get("needs_devices", {})),
        safety_gate=given.get("safety_gate"),
        **{name: given[name] for name in ("name", "kind", "for_patients", "price_cents", "gst")},
    )


def ask_for(clinic: Clinic, service: str, *who: str, companion: bool = False) -> Ask:
    """Return the question for a service, given by anyone or by the named practitioners."""
    found = clinic.service[service]
    return Ask(found.kind, found.shape, companion, who or None)
