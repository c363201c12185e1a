"""Cancel a visit: its claims go, the appointment stays."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from booking.actions import closed_over, messages
from booking.actions.blocked import refill
from booking.actions.placing import ClaimRow
from booking.actions.recording import record
from booking.actions.values import Actor
from booking.records import appointments, claims, days, holds, patients
from booking.records.transaction import Connection, transaction
from booking.scheduling import rules, zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Stale, TooLate
from booking.scheduling.timeline import Window

PATIENT = "patient"


def cancel(
    clinic: Clinic,
    visit: Visit,
    by: Actor,
    now: datetime,
    *,
    tell: bool = True,
    is_patients_wish: bool = False,
) -> Visit:
    """Cancel a visit and return it as it then is; one that is cancelled already stays so (E56).

    A patient's freed time goes back online after the clinic's confirmation delay. With
    ``tell`` False no message says so: staff have told the patient themselves. ``is_patients_wish``:
    staff note what the patient asked for on the phone, so that it may be late (E57, E59).

    Raises:
        TooLate: the patient's window has closed (E37: exactly 24 h before is still free), or the
            visit has begun, arrived or ended.
        Stale: somebody changed the visit in between.
    """

    def work(conn: Connection) -> Visit:
        current = get_current(conn, clinic, visit)
        if current.status == "cancelled":
            return current
        check_window(clinic, current, by, now, rules.may_cancel, clinic.policy.cancel_until_hours)
        whose = PATIENT if is_patients_wish else by.kind
        return cancel_now(conn, clinic, current, by, now, tell=tell, whose=whose)

    return transaction(clinic.id, now, work)


def cancel_now(
    conn: Connection,
    clinic: Clinic,
    visit: Visit,
    by: Actor,
    now: datetime,
    *,
    tell: bool,
    whose: str | None = None,
) -> Visit:
    """Cancel a visit as it is stored now, whatever the hour, and return it as it then is.

    Args: ``whose`` wish it is, "patient" or "staff"; that of ``by`` where none is given.

    Raises:
        Stale: somebody changed the visit in between.
    """
    late = not rules.may_cancel(clinic, visit.starts, now)
    whose = whose or by.kind
    done = {"status": "cancelled", "cancelled_at": now, "cancelled_by": whose}
    # A cancellation by the clinic never makes a fee, so it is never late (E59).
    if not appointments.change(conn, visit, {**done, "late": late and whose == PATIENT}):
        raise Stale("This visit was changed a moment ago. Please look at it again.")
    freed = free_claims(conn, clinic, visit)
    keep_back(conn, clinic, visit, freed, by, now)
    after = replace(visit, status="cancelled", version=visit.version + 1, cancelled_by=whose)
    messages.plan(conn, clinic, after, "cancelled", now, tell=tell)
    closed_over.follow(conn, clinic, visit, after, now, is_undo=False)
    record(conn, clinic, "cancel", by, now, visit, after)
    return after


def free_claims(conn: Connection, clinic: Clinic, visit: Visit) -> list[ClaimRow]:
    """Delete the claims of a visit and return what they were, but for what a block takes at once."""
    owner = ("appointment_id", visit.id)
    freed = claims.list_of(conn, owner)
    claims.delete(conn, clinic.id, owner)
    blocked = refill(conn, clinic, freed)
    return [row for row in freed if not any(_overlap(row, part) for part in blocked)]


def get_current(conn: Connection, clinic: Clinic, seen: Visit) -> Visit:
    """Return the visit as stored now.

    Raises:
        Stale: it was changed since ``seen``, other than being cancelled.
    """
    current = appointments.find_visit(conn, clinic.id, seen.id)
    if current is None or (current.version != seen.version and current.status != "cancelled"):
        raise Stale("This visit was changed a moment ago. Please look at it again.")
    return current


def check_window(
    clinic: Clinic,
    visit: Visit,
    by: Actor,
    now: datetime,
    may: Callable[[Clinic, datetime, datetime], bool],
    hours: int,
) -> None:
    """Refuse what a patient may no longer do; judged by when the request arrived.

    Args: ``may`` is the rule (``rules.may_cancel`` or ``may_move``), ``hours`` its length for words.

    Raises:
        TooLate: inside the window, begun, arrived or past.
    """
    if visit.status != "booked":
        raise TooLate(_why_not(visit, by), reason=visit.status)
    if by.is_staff:
        return
    if zone.to_instant(visit.starts, clinic.zone) <= now:
        raise TooLate("This visit has begun. Please call us.", reason="begun")
    if not may(clinic, visit.starts, now):
        raise TooLate(
            f"Visits can be changed online until {hours} hours before they begin. Please call us.",
            reason="window",
        )


def _why_not(visit: Visit, by: Actor) -> str:
    if not by.is_staff:
        return "This visit can no longer be changed online. Please call us."
    if visit.status == "cancelled":
        return "This visit is cancelled. Book it again instead."
    return "This visit has begun or is over. Set it back to booked first."


def keep_back(
    conn: Connection,
    clinic: Clinic,
    visit: Visit,
    freed: list[ClaimRow],
    by: Actor,
    now: datetime,
    taken: Sequence[ClaimRow] = (),
) -> None:
    """Keep a time that a patient freed from going online before the undo window ends (E63).

    ``taken`` are the visit's new claims, when it moved: what they overlap is not kept back,
    nor what re-colouring has given to others. Called while the appointment still stands at
    its old time.
    """
    minutes = clinic.policy.confirmation_delay_minutes
    if by.is_staff or not minutes:
        return
    person = patients.get_resource(conn, visit.patient.id)
    rows = [row for row in freed if row[0] != person]
    if taken:
        rows = _list_unused(conn, visit, rows, taken, now)
    if not rows:
        return
    expires_at = now + timedelta(minutes=minutes)
    hold_id = holds.add_released(conn, visit.id, expires_at, now)
    claims.add(conn, clinic.id, ("hold_id", hold_id), rows, expires=int(expires_at.timestamp()))


def _list_unused(
    conn: Connection, visit: Visit, freed: list[ClaimRow], taken: Sequence[ClaimRow], now: datetime
) -> list[ClaimRow]:
    """Return the freed claims that neither the moved visit nor anybody else holds now."""
    window = Window(visit.starts.date(), 1)
    busy = days.load_busy(conn, sorted({resource for resource, _, _ in freed}), window, now)
    return [
        row
        for row in freed
        if not any(_overlap(row, new) for new in taken)
        and not busy.masks.get(row[0], 0) & window.mask(row[1], row[2])
    ]


def _overlap(one: ClaimRow, other: ClaimRow) -> bool:
    return one[0] == other[0] and one[1] < other[2] and one[2] > other[1]
