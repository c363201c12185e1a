"""A clinic small enough to be full at once, with everything that can be short.

Three people of three, two and two seats, seven rooms of which one does both kinds, two
lasers, three heat lamps, five pairs of eyewear; visits with rest, with resets that hold the person, with
devices. Hands are needed for so little that seats, lasers and eyewear run out first, and
must often be shuffled to fit another visit in.
"""

from datetime import date

OPENS, CLOSES = 9 * 60, 13 * 60
BREAK = (12 * 60, 12 * 60 + 15)  # of "ash"
LEAD, HORIZON, HOLD, RELEASED, GRID = 60, 30, 10, 3, 15
MOST_UPCOMING = 6

_HEAD = """
[clinic]
id = "small"
name = "Small Clinic"
city = "Vancouver, BC"
time_zone = "America/Vancouver"
time_label = "Vancouver time"
currency = "CAD"
grid_minutes = 15
default_locale = "en-CA"
locales = ["en-CA"]
privacy_officer = "Clinic manager"
phone = "+16045550100"
address = "100 Sample Street, Vancouver, BC"
discreet_name = "Small Clinic"
gst_number = "000000000RT0001"
mail_provider_country = "Canada"
email = "desk@small.example"
[holidays]
closed_on_bc_statutory = false
extra_closures = []
[tax]
gst_percent = 5
valid_from = "2008-01-01"
[policy]
online_lead_minutes = 60
online_horizon_days = 30
hold_minutes = 10
max_upcoming_per_patient = 6
cancel_until_hours = 24
move_until_hours = 24
reset_may_run_past_closing = true
late_cancel_fee_percent = 50
no_show_fee_percent = 100
grace_late_minutes = 10
no_show_after_minutes = 15
fee_waiver_reasons = ["illness"]
deposit = "none"
new_patient_min_minutes = {}
offer_policy = "all"
confirmation_delay_minutes = 3
[reminders]
offsets_hours = [48, 3]
quiet_hours = "21:00-08:00"
quiet_moves_to = "20:30"
skip_if_booked_within_hours = 48
attach_ics = true
"""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# code: (kinds, seats, break)
PEOPLE: dict[str, tuple[tuple[str, ...], int, tuple[int, int] | None]] = {
    "ash": (("needle", "laser"), 3, BREAK),
    "birch": (("laser", "needle"), 2, None),
    "cedar": (("laser", "needle"), 2, None),
}
# code: kinds; in the order of the file
ROOMS: dict[str, tuple[str, ...]] = {
    "l1": ("laser", "needle"),
    "n1": ("needle",),
    "n2": ("needle",),
    "n3": ("needle",),
    "n4": ("needle",),
    "l2": ("laser",),
    "l3": ("laser",),
}
# code: (kind, units)
DEVICES: dict[str, tuple[str, int]] = {"lamp": ("laser", 2), "glasses": ("eyewear", 5), "heat": ("heat", 3)}
# code: (kind, steps, reset minutes, what the reset holds, devices)
SERVICES: dict[str, tuple[str, tuple[int, ...], int, tuple[str, ...], dict[str, int]]] = {
    "staged": ("needle", (5, 50, 5), 5, ("room",), {"heat": 1}),
    "brief": ("needle", (5, 20, 5), 0, (), {"heat": 1}),
    "beam": ("laser", (20,), 5, ("room", "practitioner", "device"), {"laser": 1, "eyewear": 2}),
    "glow": ("laser", (5, 35, 5), 5, ("room", "device"), {"laser": 1, "eyewear": 1}),
}


def written() -> str:
    """Return the set-up file of this clinic."""
    parts = [_HEAD, "[hours]", *(f'{day} = ["09:00-13:00"]' for day in DAYS)]
    for code, kinds in ROOMS.items():
        laser = "laser_controlled_area = true" if "laser" in kinds else ""
        parts += ["[[rooms]]", f'id = "{code}"', f'name = "Room {code}"', f"kinds = {list(kinds)}", laser]
    for code, (kind, count) in DEVICES.items():
        parts += ["[[devices]]", f'id = "{code}"', f'name = "{code}"', f'kind = "{kind}"', f"count = {count}"]
    for code in PEOPLE:
        parts += _person(code)
    for code in SERVICES:
        parts += _service(code)
    return "\n".join(parts)


def _person(code: str) -> list[str]:
    kinds, seats, pause = PEOPLE[code]
    hours = ", ".join(f'{day} = "09:00-13:00"' for day in DAYS)
    off = ", ".join(f'{day} = "12:00-12:15"' for day in DAYS) if pause else ""
    return [
        "[[practitioners]]",
        f'id = "{code}"',
        f'name = "Person {code.title()}"',
        'title = "R.Ac"',
        'licensing_body = "CCHPBC"',
        'licence_number = "SAMPLE-0001"',
        f"kinds = {list(kinds)}",
        'languages = ["en"]',
        f"max_concurrent = {seats}",
        f"shifts = {{ {hours} }}",
        f"breaks = {{ {off} }}",
    ]


def _service(code: str) -> list[str]:
    kind, steps, minutes, holds, needs = SERVICES[code]
    needed = ", ".join(f"{name} = {count}" for name, count in needs.items())
    return [
        "[[services]]",
        f'id = "{code}"',
        f'name = "Visit {code}"',
        f'kind = "{kind}"',
        f"minutes = {sum(steps)}",
        f"steps = {list(steps)}",
        'for_patients = "all"',
        f"reset = {{ minutes = {minutes}, holds = {list(holds)} }}",
        "price_cents = 10000",
        "gst = false",
        f"needs_devices = {{ {needed} }}" if needed else "",
    ]


def day(number: int) -> date:
    """Return the day that the ``number``-th example plays on: fortnights, so that all are alike."""
    return date.fromordinal(date(2027, 1, 4).toordinal() + 14 * number)
