"""An invented appointment, to look at messages without one."""

from datetime import UTC, datetime

from booking.actions.outbox import Outgoing
from booking.house import House
from booking.wording.letter import Letter

WRITTEN_AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
SAMPLE = Letter(
    clinic_code="synergy",
    clinic_name="Synergy Acupuncture & Massage (sample)",
    discreet_name="Synergy Clinic",
    address="100 Sample Street, Vancouver, BC",
    phone="+16045550100",
    email="desk@synergy.example",
    zone="America/Vancouver",
    time_label="Vancouver time",
    reference="SAMPLE1",
    patient="Jo Sample",
    service="Registered massage therapy, 60 min",
    kind="massage",
    practitioner="Sarah Kim",
    title="RMT",
    licensing_body="CCHPBC",
    licence_number="SAMPLE-0003",
    total_cents=13650,
    tax_cents=650,
    starts=datetime(2026, 11, 24, 10, 0),
    ends=datetime(2026, 11, 24, 11, 0),
    first_visit=True,
    companion=False,
    call_me=False,
    is_patients_wish=False,
    cancel_until=datetime(2026, 11, 23, 10, 0),
    move_until=datetime(2026, 11, 23, 10, 0),
    late_cancel_fee_percent=50,
    no_show_fee_percent=100,
    no_show_after_minutes=15,
)


def sample(here: House, kind: str) -> Outgoing:
    """Return an invented message of a kind; its link opens nothing."""
    return Outgoing(
        id=0,
        clinic_id=0,
        appointment_id=0,
        patient_id=0,
        kind=kind,
        recipient="jo@sample.example",
        letter=SAMPLE,
        sequence=0 if kind == "confirmation" else 1,
        attempts=1,
        is_unsure=False,
        created_at=WRITTEN_AT,
        sealed=here.vault.seal("sample-link-that-opens-nothing", context="link"),
    )
