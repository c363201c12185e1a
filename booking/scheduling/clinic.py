"""A clinic's set-up as one value: hours, people, rooms, devices, services, policy.

``code`` is the id of the set-up file ("lam", "rmt-60"); resource ids are integers
given by the database, and so is every ``id``. Spans are (from, to) minutes of a day, half-open; weekdays
count from Monday = 0. Values compare by identity: a clinic is loaded once per
version of its set-up and shared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from booking.scheduling.visit import Shape

Span = tuple[int, int]
Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Policy:
    """The clinic's rules; the names are those of the set-up file."""

    online_lead_minutes: int = 120
    online_horizon_days: int = 90
    hold_minutes: int = 10
    max_upcoming_per_patient: int = 6
    cancel_until_hours: int = 24
    move_until_hours: int = 24
    reset_may_run_past_closing: bool = True
    late_cancel_fee_percent: int = 50
    no_show_fee_percent: int = 100
    grace_late_minutes: int = 10
    no_show_after_minutes: int = 15
    fee_waiver_reasons: tuple[str, ...] = ()
    deposit: str = "none"
    new_patient_min_minutes: Mapping[str, int] = field(default_factory=dict)
    offer_policy: str = "all"
    confirmation_delay_minutes: int = 3


@dataclass(frozen=True)
class Reminders:
    """When reminders leave; quiet hours are minutes of the day and may pass midnight."""

    offsets_hours: tuple[int, ...] = ()
    quiet_from: int = 0
    quiet_until: int = 0
    quiet_moves_to: int = 0
    skip_if_booked_within_hours: int = 0
    attach_ics: bool = True


@dataclass(frozen=True)
class Closure:
    """Replaces the weekly hours and any holiday of one date; no spans means closed."""

    spans: Spans
    reason: str


@dataclass(frozen=True, eq=False)
class Service:
    """What can be booked, as it is sold today."""

    code: str
    name: str
    kind: str
    shape: Shape
    for_patients: str
    price_cents: int
    gst: bool
    safety_gate: str | None = None
    id: int = 0


@dataclass(frozen=True, eq=False)
class Practitioner:
    """A licensee; ``hands`` is one resource, ``seats`` are interchangeable ones."""

    code: str
    name: str
    title: str
    licensing_body: str
    licence_number: str
    kinds: frozenset[str]
    languages: tuple[str, ...]
    shifts: Mapping[int, Spans]
    breaks: Mapping[int, Spans]
    hands: int
    seats: tuple[int, ...]
    licence_valid_until: date | None = None
    shift_exceptions: Mapping[date, Spans] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, eq=False)
class Room:
    """A treatment room; ``resource`` is what a visit claims."""

    code: str
    name: str
    kinds: frozenset[str]
    resource: int
    laser_controlled_area: bool = False
    call_bell: bool = False
    wheelchair: bool = False
    id: int = 0


@dataclass(frozen=True, eq=False)
class Device:
    """A device type with its units; a tied device serves only in its room."""

    code: str
    name: str
    kind: str
    units: tuple[int, ...]
    tied_to_room: str | None = None
    id: int = 0


@dataclass(frozen=True, eq=False)
class Clinic:
    """One clinic's whole set-up; ``setup`` counts its versions."""

    id: int
    setup: int
    code: str
    name: str
    discreet_name: str
    city: str
    address: str
    phone: str
    email: str
    zone: str
    time_label: str
    currency: str
    grid_minutes: int
    default_locale: str
    locales: tuple[str, ...]
    privacy_officer: str
    gst_number: str
    mail_provider_country: str
    hours: Mapping[int, Spans]
    closed_on_bc_statutory: bool
    closures: Mapping[date, Closure]
    gst_percent: str
    gst_valid_from: date
    policy: Policy
    reminders: Reminders
    practitioners: tuple[Practitioner, ...]
    rooms: tuple[Room, ...]
    devices: tuple[Device, ...]
    services: tuple[Service, ...]

    @cached_property
    def service(self) -> Mapping[str, Service]:
        """Services by code."""
        return {s.code: s for s in self.services}

    @cached_property
    def practitioner(self) -> Mapping[str, Practitioner]:
        """Practitioners by code."""
        return {p.code: p for p in self.practitioners}

    @cached_property
    def room(self) -> Mapping[str, Room]:
        """Rooms by code."""
        return {r.code: r for r in self.rooms}
