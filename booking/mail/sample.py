"""An invented appointment, to look at messages without one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from booking.actions.going_out import Entry
from booking.actions.on_demand import LINK, ON_DEMAND, STAFF_LINK
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
    attach_calendar=True,
)
KINDS = ("confirmation", "moved", "cancelled", "reminder_48", "reminder_3", *ON_DEMAND)


def sample(
    here: House, kind: str, language: str = "en-CA", texts: Mapping[str, str] | None = None
) -> Outgoing:
    """Return an invented message of a kind, in the clinic's own ``texts``; its links open nothing."""
    context = STAFF_LINK if kind == STAFF_LINK else LINK
    sealed = here.vault.seal("sample-link-that-opens-nothing", context=context)
    return Outgoing(
        id=0,
        clinic_id=0,
        appointment_id=0,
        patient_id=0,
        kind=kind,
        recipient="jo@sample.example",
        language=language,
        letter=SAMPLE,
        sequence=1 if kind in ("moved", "cancelled") else 0,
        attempts=1,
        is_unsure=False,
        created_at=WRITTEN_AT,
        sealed=None if kind == LINK else sealed,
        entries=_entries(sealed, language) if kind == LINK else (),
        texts=texts or {},
    )


def _entries(sealed: bytes, language: str) -> tuple[Entry, ...]:
    later = replace(SAMPLE, starts=datetime(2026, 12, 1, 15, 0), ends=datetime(2026, 12, 1, 16, 0))
    return (Entry(SAMPLE, sealed, language), Entry(later, sealed, language))
