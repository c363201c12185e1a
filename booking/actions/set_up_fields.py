"""Every field of a set-up file: how it is read, and what holds where it is absent."""

from dataclasses import asdict
from typing import Any

from booking.actions.set_up_reading import Key, listing, mapping, rows, table
from booking.actions.set_up_values import (
    WEEKDAYS,
    currency,
    day,
    email,
    flag,
    gst_number,
    language,
    locale,
    minute,
    one_of,
    percent,
    phone,
    slug,
    spans,
    stretch,
    text,
    weekday,
    whole,
    zone,
)
from booking.scheduling.clinic import Policy

KINDS = ("needle", "laser", "massage")

_POLICY: dict[str, Any] = asdict(Policy()) | {"fee_waiver_reasons": [], "new_patient_min_minutes": {}}
_kind = one_of(*KINDS)
_kinds = Key(listing(_kind, least=1))
_weekly = mapping(weekday, spans)

CLINIC = {
    "id": Key(slug),
    "name": Key(text(120)),
    "city": Key(text(80)),
    "time_zone": Key(zone),
    "time_label": Key(text(40)),
    "currency": Key(currency),
    "grid_minutes": Key(whole(5, 60, step=5)),
    "default_locale": Key(locale),
    "locales": Key(listing(locale, least=1)),
    "privacy_officer": Key(text(120)),
    "phone": Key(phone),
    "address": Key(text(200)),
    "discreet_name": Key(text(80)),
    "gst_number": Key(gst_number, default=""),
    "mail_provider_country": Key(text(80)),
    "email": Key(email),
}

CLOSURE = {"date": Key(day), "hours": Key(spans), "reason": Key(text(200))}

HOLIDAYS = {
    "closed_on_bc_statutory": Key(flag),
    "extra_closures": Key(rows(CLOSURE, least=0), default=[]),
}

TAX = {"gst_percent": Key(percent), "valid_from": Key(day)}

_POLICY_READERS = {
    "online_lead_minutes": whole(0, 43_200),
    "online_horizon_days": whole(1, 730),
    "hold_minutes": whole(1, 60),
    "max_upcoming_per_patient": whole(1, 100),
    "cancel_until_hours": whole(0, 720),
    "move_until_hours": whole(0, 720),
    "reset_may_run_past_closing": flag,
    "late_cancel_fee_percent": whole(0, 100),
    "no_show_fee_percent": whole(0, 100),
    "grace_late_minutes": whole(0, 240),
    "no_show_after_minutes": whole(0, 240),
    "fee_waiver_reasons": listing(text(80)),
    "deposit": one_of("none"),
    "new_patient_min_minutes": mapping(_kind, whole(0, 720)),
    "offer_policy": one_of("all"),
    "confirmation_delay_minutes": whole(0, 60),
}
POLICY = {name: Key(read, default=_POLICY[name]) for name, read in _POLICY_READERS.items()}

REMINDERS = {
    "offsets_hours": Key(listing(whole(1, 720)), default=[]),
    "quiet_hours": Key(stretch, default=[0, 0]),
    "quiet_moves_to": Key(minute, default=0),
    "skip_if_booked_within_hours": Key(whole(0, 720), default=0),
    "attach_ics": Key(flag, default=True),
}

ROOM = {
    "id": Key(slug),
    "name": Key(text(80)),
    "kinds": _kinds,
    "laser_controlled_area": Key(flag, default=False),
    "call_bell": Key(flag, default=False),
    "wheelchair": Key(flag, default=False),
}

DEVICE = {
    "id": Key(slug),
    "name": Key(text(80)),
    "kind": Key(slug),
    "count": Key(whole(1, 50), default=1),
    "tied_to_room": Key(slug, default=None),
}

SHIFT_EXCEPTION = {"date": Key(day), "hours": Key(spans)}

PRACTITIONER = {
    "id": Key(slug),
    "name": Key(text(120)),
    "title": Key(text(40)),
    "licensing_body": Key(text(80)),
    "licence_number": Key(text(40)),
    "kinds": _kinds,
    "languages": Key(listing(language), default=[]),
    "max_concurrent": Key(whole(1, 10), default=1),
    "shifts": Key(_weekly, default={}),
    "breaks": Key(_weekly, default={}),
    "licence_valid_until": Key(day, default=None),
    "shift_exceptions": Key(rows(SHIFT_EXCEPTION, least=0), default=[]),
}

RESET = {
    "minutes": Key(whole(0, 240, step=5)),
    "holds": Key(listing(one_of("room", "practitioner", "device"))),
}

SERVICE = {
    "id": Key(slug),
    "name": Key(text(120)),
    "kind": Key(_kind),
    "minutes": Key(whole(5, 720, step=5)),
    "steps": Key(listing(whole(5, 720, step=5), least=1, distinct=False)),
    "for_patients": Key(one_of("new", "returning", "all")),
    "reset": Key(table(RESET), default={"minutes": 0, "holds": []}),
    "price_cents": Key(whole(0, 10_000_000)),
    "gst": Key(flag),
    "needs_devices": Key(mapping(slug, whole(1, 50)), default={}),
    "safety_gate": Key(one_of("laser"), default=None),
}


FILE = table(
    {
        "clinic": Key(table(CLINIC)),
        "hours": Key(table({name: Key(spans) for name in WEEKDAYS})),
        "holidays": Key(table(HOLIDAYS)),
        "tax": Key(table(TAX)),
        "policy": Key(table(POLICY), default=_POLICY),
        "reminders": Key(table(REMINDERS), default={name: key.default for name, key in REMINDERS.items()}),
        "rooms": Key(rows(ROOM, least=1)),
        "devices": Key(rows(DEVICE, least=0), default=[]),
        "practitioners": Key(rows(PRACTITIONER, least=1)),
        "services": Key(rows(SERVICE, least=1)),
    }
)
