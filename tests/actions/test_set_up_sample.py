"""Every field of the sample, and the optional ones it names, becomes the clinic that the rules see."""

from dataclasses import asdict
from datetime import date

from booking.scheduling.clinic import Clinic, Closure, Policy, Reminders
from booking.scheduling.visit import Reset, Step
from tests.actions.edits import edited, load
from tests.actions.faulty_set_ups import SAMPLE


def test_clinic_table(clinic: Clinic) -> None:
    """Names, addresses, zone, currency and languages are those of [clinic]."""
    plain = (
        clinic.code, clinic.name, clinic.city, clinic.zone, clinic.time_label, clinic.currency,
        clinic.grid_minutes, clinic.default_locale, clinic.privacy_officer, clinic.phone, clinic.address,
        clinic.discreet_name, clinic.gst_number, clinic.mail_provider_country, clinic.email,
    )  # fmt: skip
    assert plain == (
        "synergy", "Synergy Acupuncture & Massage (sample)", "Vancouver, BC", "America/Vancouver",
        "Vancouver time", "CAD", 15, "en-CA", "Clinic manager", "+16045550100",
        "100 Sample Street, Vancouver, BC", "Synergy Clinic", "000000000RT0001", "Canada",
        "desk@synergy.example",
    )  # fmt: skip
    assert clinic.locales == ("en-CA", "zh-Hans", "zh-Hant", "pa", "ko", "fa", "fil", "fr-CA")


def test_hours_holidays_and_tax(clinic: Clinic) -> None:
    """Hours by weekday, closures by date and the tax are those of the file (E39, L50)."""
    assert clinic.hours == {**dict.fromkeys(range(6), ((540, 1140),)), 6: ((540, 900),)}
    assert clinic.closed_on_bc_statutory is True
    assert clinic.closures == {
        date(2026, 12, 24): Closure(((540, 900),), "Christmas Eve"),
        date(2026, 12, 26): Closure((), "Boxing Day (not statutory in BC)"),
        date(2026, 12, 31): Closure(((540, 900),), "New Year's Eve"),
        date(2027, 2, 6): Closure((), "Lunar New Year"),
        date(2027, 3, 29): Closure((), "Easter Monday (not statutory in BC)"),
    }
    assert (clinic.gst_percent, clinic.gst_valid_from) == ("5", date(2008, 1, 1))


def test_policy_and_reminders(clinic: Clinic) -> None:
    """Every rule of [policy] and [reminders] arrives under its own name."""
    assert clinic.policy == Policy(
        online_lead_minutes=120,
        online_horizon_days=90,
        hold_minutes=10,
        max_upcoming_per_patient=6,
        cancel_until_hours=24,
        move_until_hours=24,
        reset_may_run_past_closing=True,
        late_cancel_fee_percent=50,
        no_show_fee_percent=100,
        grace_late_minutes=10,
        no_show_after_minutes=15,
        fee_waiver_reasons=("illness", "emergency", "first time", "clinic error", "slot refilled"),
        deposit="none",
        new_patient_min_minutes={"massage": 60, "needle": 75, "laser": 60},
        offer_policy="all",
        confirmation_delay_minutes=3,
    )
    assert clinic.reminders == Reminders(
        offsets_hours=(48, 3),
        quiet_from=1260,
        quiet_until=480,
        quiet_moves_to=1230,
        skip_if_booked_within_hours=48,
        attach_ics=True,
    )


def test_rooms_and_devices(clinic: Clinic) -> None:
    """Rooms and devices keep the file's order, kinds and counts; each unit is a resource of its own."""
    assert [(r.code, r.name, set(r.kinds)) for r in clinic.rooms] == [
        ("n1", "Needle room 1", {"needle"}),
        ("n2", "Needle room 2", {"needle"}),
        ("l1", "Laser room", {"laser", "needle"}),
        ("m1", "Massage room 1", {"massage"}),
        ("m2", "Massage room 2", {"massage"}),
    ]
    flags = [(r.laser_controlled_area, r.call_bell, r.wheelchair) for r in clinic.rooms]
    assert flags == [
        (False, True, True),
        (False, True, False),
        (True, True, True),
        (False, False, True),
        (False, False, False),
    ]
    assert [(d.code, d.name, d.kind, len(d.units), d.tied_to_room) for d in clinic.devices] == [
        ("laser-1", "Low-level laser (class 3B, sample)", "laser", 1, "l1"),
        ("eyewear", "Laser safety eyewear, matched wavelength", "eyewear", 3, None),
    ]


def test_practitioners(clinic: Clinic) -> None:
    """Practitioners keep title, licence, kinds, languages, seats, shifts and breaks (L30)."""
    assert [p.code for p in clinic.practitioners] == ["lam", "sandhu", "kim", "tremblay", "ahmadi"]
    lam = clinic.practitioner["lam"]
    assert (lam.name, lam.title, lam.licensing_body, lam.licence_number) == (
        "Grace Lam",
        "R.TCM.P",
        "CCHPBC",
        "SAMPLE-0001",
    )
    assert (lam.kinds, lam.languages) == ({"needle", "laser"}, ("en", "yue", "zh"))
    assert [len(p.seats) for p in clinic.practitioners] == [2, 2, 1, 1, 1]
    early, late = ((540, 1020),), ((660, 1140),)
    assert lam.shifts == {0: early, 1: early, 2: late, 3: late}
    assert lam.breaks == {0: ((780, 810),), 1: ((780, 810),), 2: ((900, 930),), 3: ((900, 930),)}
    assert (lam.licence_valid_until, lam.shift_exceptions) == (None, {})


def test_services(clinic: Clinic) -> None:
    """Services keep price, tax, steps, reset, devices and who may book them."""
    rows = [(s.code, s.kind, s.shape.minutes, s.for_patients, s.price_cents, s.gst) for s in clinic.services]
    assert rows == [
        ("needle-initial", "needle", 75, "new", 14500, False),
        ("needle-followup", "needle", 60, "returning", 11000, False),
        ("laser-initial", "laser", 60, "new", 13500, False),
        ("laser-45", "laser", 45, "returning", 9500, False),
        ("laser-30", "laser", 30, "returning", 7000, False),
        ("rmt-30", "massage", 30, "returning", 7500, True),
        ("rmt-45", "massage", 45, "returning", 10500, True),
        ("rmt-60", "massage", 60, "all", 13000, True),
        ("rmt-75", "massage", 75, "all", 16000, True),
        ("rmt-90", "massage", 90, "all", 19000, True),
    ]
    needle, laser, massage = (clinic.service[code] for code in ("needle-initial", "laser-45", "rmt-60"))
    assert needle.name == "Acupuncture, first visit"
    assert needle.shape.steps == (Step(30, True), Step(30, False), Step(15, True))
    assert needle.shape.reset == Reset(5, frozenset({"room"}))
    assert laser.shape.reset == Reset(5, frozenset({"room", "practitioner", "device"}))
    assert (laser.shape.needs, laser.safety_gate) == ({"laser": 1, "eyewear": 2}, "laser")
    assert massage.shape.reset == Reset(15, frozenset({"room", "practitioner"}))
    assert (massage.shape.needs, massage.safety_gate) == ({}, None)


def test_e44_licence_end_and_shift_exceptions(clinic: Clinic) -> None:
    """The optional fields that the comments name are taken: licence_valid_until, shift_exceptions."""
    edit = (
        'licence_number = "SAMPLE-0001"\n',
        'licence_number = "SAMPLE-0001"\nlicence_valid_until = "2027-12-31"\nshift_exceptions = ['
        '{ date = "2026-12-30", hours = ["09:00-13:00"] }, { date = 2027-01-04, hours = [] }]\n',
    )
    found = load(edited(edit)).practitioner["lam"]
    assert found.licence_valid_until == date(2027, 12, 31)
    assert found.shift_exceptions == {date(2026, 12, 30): ((540, 780),), date(2027, 1, 4): ()}


def test_a_shift_may_be_a_list_of_stretches(clinic: Clinic) -> None:
    """A split shift is a list; a weekday that is not named is a day off."""
    split = '["09:00-12:00", "13:00-15:30"]'
    kim = load(edited(('shifts = { mon = "09:00-15:00",', f"shifts = {{ mon = {split},"))).practitioner["kim"]
    assert kim.shifts[0] == ((540, 720), (780, 930))
    assert 3 not in kim.shifts


def test_what_may_be_left_out_has_a_default(clinic: Clinic) -> None:
    """Without [policy] and [reminders] the house's rules hold and no reminder is sent."""
    begin, end = SAMPLE.index("[policy]"), SAMPLE.index("[[rooms]]")
    found = load(SAMPLE[:begin] + SAMPLE[end:])
    assert asdict(found.policy) == asdict(Policy())
    assert asdict(found.reminders) == asdict(Reminders())


def test_tax_may_have_decimals(clinic: Clinic) -> None:
    """A rate of 4.975 percent is kept exactly, as text (L50)."""
    assert load(edited(("gst_percent = 5", "gst_percent = 4.975"))).gst_percent == "4.975"
