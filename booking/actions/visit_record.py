"""What the desk keeps with a visit: a note that is not clinical, and what became of its fee (E58, E59)."""

from dataclasses import dataclass
from datetime import datetime

from booking.actions.cancel import get_current
from booking.actions.recording import actor_name, record
from booking.actions.values import Actor
from booking.records import appointments, clinic_row, desk_record
from booking.records.database import reading
from booking.records.desk_record import Fee, Kept
from booking.records.transaction import Connection, transaction
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotOffered, Stale
from booking.scheduling.people import without_controls
from booking.scheduling.prices import share_cents

LONGEST_NOTE = 500
LONGEST_REASON = 200
LATE, NOSHOW = "late", "noshow"
CHANGED = "This visit was changed a moment ago. Please look at it again."


@dataclass(frozen=True)
class Due:
    """The fee that the clinic's rule asks for: recorded or waived by staff, never charged."""

    kind: str
    percent: int
    amount_cents: int
    decided: Fee | None


def look_up(clinic: Clinic, visit: Visit) -> tuple[str, Due | None]:
    """Return a visit's note, empty where there is none, and the fee that the clinic's rule asks for."""

    def read(conn: Connection) -> tuple[str, Due | None]:
        kept = desk_record.get_kept(conn, visit.id)
        return kept.note or "", _due(conn, clinic, visit, kept)

    return reading(read)


def set_note(clinic: Clinic, visit: Visit, note: str, by: Actor, now: datetime) -> Visit:
    """Keep a note with a visit; the trail says that it was changed, not what it says.

    Raises:
        Invalid: it is too long.
        Stale: somebody changed the visit in between.
    """
    text = without_controls(note).strip()
    if len(text) > LONGEST_NOTE:
        raise Invalid({"note": f"Please shorten the note to {LONGEST_NOTE} characters."})

    def work(conn: Connection) -> Visit:
        current = get_current(conn, clinic, visit)
        if not appointments.change(conn, current, {"note": text or None}):
            raise Stale(CHANGED)
        clinic_row.count_change(conn, clinic.id)
        record(conn, clinic, "note", by, now, current, current)
        return current

    return transaction(clinic.id, now, work)


def decide_fee(clinic: Clinic, visit: Visit, waived_reason: str | None, by: Actor, now: datetime) -> Due:
    """Record the fee, or waive it for a reason; who decided and why is kept.

    Args:
        clinic: the clinic.
        visit: as it was seen.
        waived_reason: why it is not asked for; None records it.
        by: who decides.
        now: the present instant.

    Raises:
        Invalid: a waiver without a reason.
        NotOffered: the rule asks for none.
        Stale: somebody changed the visit in between.
    """
    reason = None if waived_reason is None else without_controls(waived_reason).strip()[:LONGEST_REASON]
    if reason == "":
        raise Invalid({"reason": "Say why the fee is waived."})

    def work(conn: Connection) -> Due:
        current = get_current(conn, clinic, visit)
        due = _due(conn, clinic, current, desk_record.get_kept(conn, current.id))
        if due is None:
            raise NotOffered("There is no fee for this visit.", reason="fee")
        if current.version != visit.version or not appointments.change(conn, current, {}):
            raise Stale(CHANGED)
        decided = Fee(current.id, due.kind, due.percent, due.amount_cents, reason, now, actor_name(by))
        desk_record.decide_fee(conn, clinic.id, decided)
        action = "fee:waived" if reason else "fee:recorded"
        told = {"amount_cents": due.amount_cents, **({"reason": reason} if reason else {})}
        record(conn, clinic, action, by, now, current, current, told)
        return Due(due.kind, due.percent, due.amount_cents, decided)

    return transaction(clinic.id, now, work)


def _due(conn: Connection, clinic: Clinic, visit: Visit, kept: Kept) -> Due | None:
    policy = clinic.policy
    if visit.status == "noshow":
        kind, percent = NOSHOW, policy.no_show_fee_percent
    elif visit.status == "cancelled" and kept.late:
        kind, percent = LATE, policy.late_cancel_fee_percent
    else:
        return None
    if not percent:
        return None
    found = [one for one in desk_record.list_fees(conn, [visit.id]) if one.kind == kind]
    amount = share_cents(visit.sold.total_cents, percent)
    return Due(kind, percent, amount, found[0] if found else None)
