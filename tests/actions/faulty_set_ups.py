"""Faulty variants of the sample: what is replaced, by what, and what the refusal must say."""

from pathlib import Path
from typing import NamedTuple

SAMPLE = (Path(__file__).parents[2] / "sample_clinic.toml").read_text(encoding="utf-8")


class Faulty(NamedTuple):
    """One edit of the sample, and the line, the field and a part of the reason it is refused with."""

    name: str
    old: str
    new: str
    line: int
    field: str
    reason: str

    @property
    def text(self) -> str:
        """The whole faulty file."""
        assert self.old in SAMPLE, f"{self.name}: the sample does not have {self.old!r}"
        return SAMPLE.replace(self.old, self.new, 1)


KIM = 'shifts = { mon = "09:00-15:00",'
N2 = 'name = "Needle room 2"\nkinds = ["needle"]'
RMT_90 = 'minutes = 90\nsteps = [90]\nfor_patients = "all"\nreset = { minutes = 15,'

FAULTY = [
    Faulty("open bracket", "[hours] ", "[hours ", 21, "file", "is not TOML: Expected ']'"),
    Faulty(
        "key twice", "[hours] ", '[hours]\nmon = ["09:00-10:00"]', 23, "file", "is not TOML: Cannot overwrite"
    ),
    Faulty("no such date in TOML", 'date = "2026-12-24"', "date = 2026-02-30", 33, "file", "is not TOML"),
    Faulty("end of file", "price_cents = 19000\ngst = true", "price_cents = [", 274, "file", "is not TOML"),
    Faulty(
        "misspelt key",
        "grid_minutes =",
        "grid_minuts =",
        10,
        "clinic.grid_minuts",
        "did you mean grid_minutes?",
    ),
    Faulty(
        "unknown key",
        'city = "Van',
        'fax = "1"\ncity = "Van',
        6,
        "clinic.fax",
        "is not known here: remove it",
    ),
    Faulty("misspelt table", "[policy]", "[polizy]", 44, "polizy", "did you mean policy?"),
    Faulty(
        "missing key",
        'privacy_officer = "Clinic manager"\n',
        "",
        3,
        "clinic.privacy_officer",
        "is missing: add it",
    ),
    Faulty("missing weekday", 'sat = ["09:00-19:00"]\n', "", 21, "hours.sat", "is missing: add it"),
    Faulty(
        "number as text",
        "grid_minutes = 15",
        'grid_minutes = "15"',
        10,
        "clinic.grid_minutes",
        "whole number",
    ),
    Faulty(
        "flag as number", "attach_ics = true", "attach_ics = 1", 67, "reminders.attach_ics", "true or false"
    ),
    Faulty(
        "true as number", "gst_percent = 5", "gst_percent = true", 41, "tax.gst_percent", "must be a number"
    ),
    Faulty("too much tax", "gst_percent = 5", "gst_percent = 500", 41, "tax.gst_percent", "from 0 to 100"),
    Faulty("tax without end", "gst_percent = 5", "gst_percent = nan", 41, "tax.gst_percent", "from 0 to 100"),
    Faulty(
        "grid of 25", "grid_minutes = 15", "grid_minutes = 25", 10, "clinic.grid_minutes", "divide the hour"
    ),
    Faulty(
        "grid of 12", "grid_minutes = 15", "grid_minutes = 12", 10, "clinic.grid_minutes", "a multiple of 5"
    ),
    Faulty(
        "id in capitals",
        'id = "synergy"',
        'id = "Synergy"',
        4,
        "clinic.id",
        "small letters, digits and hyphens",
    ),
    Faulty("long id", 'id = "synergy"', f'id = "{"s" * 41}"', 4, "clinic.id", "use 1 to 40"),
    Faulty(
        "long name",
        'name = "Grace Lam"',
        f'name = "{"x" * 121}"',
        114,
        "practitioners.lam.name",
        "shorten it to 120",
    ),
    Faulty("empty name", 'name = "Grace Lam"', 'name = " "', 114, "practitioners.lam.name", "is empty"),
    Faulty(
        "line break",
        'name = "Grace Lam"',
        r'name = "Grace\nLam"',
        114,
        "practitioners.lam.name",
        "line break",
    ),
    Faulty(
        "no such zone",
        "America/Vancouver",
        "America/Vancover",
        7,
        "clinic.time_zone",
        "did you mean America/Vancouver?",
    ),
    Faulty("fixed offset", "America/Vancouver", "Etc/GMT+8", 7, "clinic.time_zone", "IANA name"),
    Faulty(
        "telling name",
        "Synergy Clinic",
        "Synergy Massage",
        16,
        "clinic.discreet_name",
        "tells of treatment (massage)",
    ),
    Faulty("no e-mail", "desk@synergy.example", "desk@synergy", 19, "clinic.email", "an e-mail address"),
    Faulty("no phone", "+16045550100", "call us", 14, "clinic.phone", "a phone number"),
    Faulty("no locale", '"fr-CA"]', '"xx-YY"]', 12, "clinic.locales.8", "a language tag"),
    Faulty("locale twice", '"fr-CA"]', '"pa"]', 12, "clinic.locales.8", "listed already"),
    Faulty(
        "other default",
        'default_locale = "en-CA"',
        'default_locale = "fr"',
        11,
        "clinic.default_locale",
        "one of locales",
    ),
    Faulty("no language", '"yue", ', '"klingon", ', 119, "practitioners.lam.languages.2", "a language code"),
    Faulty("GST number", "000000000RT0001", "12", 17, "clinic.gst_number", "nine digits"),
    Faulty(
        "taxed, no number",
        'gst_number = "000000000RT0001"\n',
        "",
        234,
        "services.rmt-30.gst",
        "add it, receipts",
    ),
    Faulty(
        "no such time",
        'mon = ["09:00-19:00"]',
        'mon = ["09:00-25:00"]',
        22,
        "hours.mon",
        "no such time of day",
    ),
    Faulty(
        "off the five",
        'mon = ["09:00-19:00"]',
        'mon = ["09:00-19:03"]',
        22,
        "hours.mon",
        "steps of 5 minutes",
    ),
    Faulty(
        "backwards",
        'mon = ["09:00-19:00"]',
        'mon = ["19:00-09:00"]',
        22,
        "hours.mon",
        "end later than it begins",
    ),
    Faulty(
        "overlap",
        'mon = ["09:00-19:00"]',
        'mon = ["09:00-12:00", "11:00-13:00"]',
        22,
        "hours.mon",
        "not overlap",
    ),
    Faulty(
        "one digit", 'mon = ["09:00-19:00"]', 'mon = ["9:00-19:00"]', 22, "hours.mon", '"HH:MM", for example'
    ),
    Faulty("no stretch", 'mon = ["09:00-19:00"]', 'mon = ["09:00"]', 22, "hours.mon", '"HH:MM-HH:MM"'),
    Faulty(
        "shift weekday",
        KIM,
        KIM.replace("mon", "mond"),
        143,
        "practitioners.kim.shifts.mond",
        "did you mean mon?",
    ),
    Faulty(
        "shift time",
        KIM,
        KIM.replace("09:00", "09h00"),
        143,
        "practitioners.kim.shifts.mon",
        "write the time",
    ),
    Faulty(
        "date",
        'date = "2026-12-26"',
        'date = "2026-02-30"',
        34,
        "holidays.extra_closures.2.date",
        "no such date",
    ),
    Faulty(
        "date twice",
        'date = "2026-12-26"',
        'date = "2026-12-24"',
        34,
        "holidays.extra_closures.2.date",
        "used already",
    ),
    Faulty(
        "offer policy",
        'offer_policy = "all"',
        'offer_policy = "tight"',
        59,
        "policy.offer_policy",
        "it must be all",
    ),
    Faulty("deposit", 'deposit = "none"', 'deposit = "card"', 57, "policy.deposit", "it must be none"),
    Faulty(
        "fee",
        "no_show_fee_percent = 100",
        "no_show_fee_percent = 101",
        53,
        "policy.no_show_fee_percent",
        "0 to 100",
    ),
    Faulty(
        "minutes of no kind",
        "laser = 60 }",
        "lazer = 60 }",
        58,
        "policy.new_patient_min_minutes.lazer",
        "mean laser?",
    ),
    Faulty("into the quiet", '"20:30"', '"21:00"', 65, "reminders.quiet_moves_to", "lies in the quiet hours"),
    Faulty("no hour", '"21:00-08:00"', '"21:00-21:00"', 64, "reminders.quiet_hours", "ends when it begins"),
    Faulty(
        "kind of a room", N2, N2.replace("needle", "needel"), 78, "rooms.n2.kinds.1", "did you mean needle?"
    ),
    Faulty("room of no kind", N2, N2.replace('"needle"', ""), 78, "rooms.n2.kinds", "there must be 1"),
    Faulty("room twice", 'id = "n2"', 'id = "n1"', 76, "rooms.n1.id", "used already"),
    Faulty(
        "tied to no room",
        'tied_to_room = "l1"',
        'tied_to_room = "l7"',
        104,
        "devices.laser-1.tied_to_room",
        "no room",
    ),
    Faulty("no device", "count = 3 ", "count = 0 ", 109, "devices.eyewear.count", "from 1 to 50"),
    Faulty(
        "seats",
        "max_concurrent = 2",
        "max_concurrent = 0",
        120,
        "practitioners.lam.max_concurrent",
        "from 1 to 10",
    ),
    Faulty(
        "device kind",
        "needs_devices = { laser",
        "needs_devices = { laser2",
        200,
        "services.laser-initial.needs_devices.laser2",
        "mean laser?",
    ),
    Faulty(
        "too few units",
        "eyewear = 2 }",
        "eyewear = 4 }",
        200,
        "services.laser-initial.needs_devices.eyewear",
        "only 3 units",
    ),
    Faulty(
        "sum of steps",
        "steps = [30, 30, 15]",
        "steps = [30, 30, 20]",
        175,
        "services.needle-initial.steps",
        "sum to 80",
    ),
    Faulty(
        "step of 0",
        "steps = [30, 30, 15]",
        "steps = [0, 60, 15]",
        175,
        "services.needle-initial.steps.1",
        "from 5 to 720",
    ),
    Faulty(
        "step of 7",
        "steps = [30, 30, 15]",
        "steps = [7, 53, 15]",
        175,
        "services.needle-initial.steps.1",
        "multiple of 5",
    ),
    Faulty(
        "patients",
        'for_patients = "new"',
        'for_patients = "knew"',
        176,
        "services.needle-initial.for_patients",
        "did you mean new?",
    ),
    Faulty(
        "reset", RMT_90, RMT_90.replace("15", "16"), 273, "services.rmt-90.reset.minutes", "multiple of 5"
    ),
    Faulty(
        "reset holds",
        'holds = ["room"]',
        'holds = ["rooms"]',
        177,
        "services.needle-initial.reset.holds.1",
        "did you mean room?",
    ),
    Faulty(
        "price",
        "price_cents = 14500",
        "price_cents = 145.00",
        178,
        "services.needle-initial.price_cents",
        "whole number",
    ),
    Faulty(
        "negative price",
        "price_cents = 14500",
        "price_cents = -1",
        178,
        "services.needle-initial.price_cents",
        "from 0 to",
    ),
    Faulty(
        "safety gate",
        'safety_gate = "laser"',
        'safety_gate = "x-ray"',
        201,
        "services.laser-initial.safety_gate",
        "it must be laser",
    ),
    Faulty("service twice", 'id = "rmt-90"', 'id = "rmt-75"', 267, "services.rmt-75.id", "used already"),
    Faulty(
        "table for a list",
        N2,
        N2.replace('["needle"]', "{ needle = 1 }"),
        78,
        "rooms.n2.kinds",
        "must be a list",
    ),
]
