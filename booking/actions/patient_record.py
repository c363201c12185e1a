"""A patient's record at the desk: what it holds, correcting it, and two records of one person (E52)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from booking.access.vault import Vault
from booking.actions import messages
from booking.actions.cancel import PATIENT
from booking.actions.contact import check_contact
from booking.actions.correct_contact import renew
from booking.actions.recording import record_of_patient
from booking.actions.values import Actor
from booking.actions.visit_record import NOSHOW
from booking.records import appointments, audit, claims, clinic_row, desk_record, patients
from booking.records import messages as stored_messages
from booking.records.audit import Recorded
from booking.records.database import reading
from booking.records.desk_record import Fee
from booking.records.patients import Alike, Record
from booking.records.transaction import Connection, transaction
from booking.scheduling import zone
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, NotOffered, SlotTaken, Stale
from booking.scheduling.timeline import minute_of

__all__ = [
    "GAVE_BACK",
    "MERGED",
    "TOOK_IN",
    "UNMERGED",
    "PatientRecord",
    "Record",
    "Recorded",
    "correct_record",
    "get_person",
    "get_record",
    "merge",
    "other_of",
    "unmerge",
]

BOTH_AT_ONCE = "These two have visits at the same time, so they cannot be one person. Move one of them first."
NOT_LAST = "This record was joined to one that has become part of another since. Take that one apart first."
MERGED, UNMERGED = "patient:merged", "patient:unmerged"  # of the record that goes
TOOK_IN, GAVE_BACK = "patient:took_in", "patient:gave_back"  # of the one that stays
OTHER = {MERGED: "into", UNMERGED: "from", TOOK_IN: "other", GAVE_BACK: "other"}
LEARNT = "learnt"  # in the trail: which fields the record that stayed took over


@dataclass(frozen=True)
class PatientRecord:
    """A record with what belongs to it; ``visits`` newest first, ``names`` of those in its history."""

    person: Record
    visits: Sequence[Visit]
    fees: Mapping[int, Fee]
    alike: Sequence[Alike]
    merged: Sequence[Record]
    history: Sequence[Recorded]
    names: Mapping[int, str]


def get_record(clinic: Clinic, patient_id: int) -> PatientRecord:
    """Return a record; one that was merged is shown as the record that it became part of.

    Raises:
        NotFound: there is none.
    """

    def read(conn: Connection) -> PatientRecord:
        person = _get(conn, clinic, patient_id)
        visits = desk_record.list_visits(conn, clinic.id, person.id)
        by_id = {visit.id: visit for visit in visits}
        fees = desk_record.list_fees(conn, list(by_id))
        history = audit.list_of_patient(conn, person.id)
        return PatientRecord(
            person,
            visits,
            {one.appointment_id: one for one in fees if _stands(by_id[one.appointment_id], one)},
            patients.list_alike(conn, clinic.id, person),
            patients.list_merged(conn, clinic.id, person.id),
            history,
            patients.list_names(conn, clinic.id, {other_of(one) for one in history} - {0}),
        )

    return reading(read)


def other_of(one: Recorded) -> int:
    """Return which other record something that happened to a record is about, 0 for none."""
    key = OTHER.get(one.action)
    return int((one.after or {}).get(key, 0)) if key else 0


def get_person(clinic: Clinic, patient_id: int) -> Record:
    """Return who a record is of; of one that was merged, the record that it became part of.

    Raises:
        NotFound: there is none.
    """
    return reading(lambda conn: _get(conn, clinic, patient_id))


def correct_record(
    clinic: Clinic,
    person: Record,
    typed: Mapping[str, str],
    by: Actor,
    now: datetime,
    vault: Vault,
    *,
    under_19: bool,
) -> None:
    """Correct what a record says of a person; a new address gets new links and confirmations (E71).

    Args:
        clinic: the clinic.
        person: as it was seen; what it said then must still be stored (E28).
        typed: "name", "email", "phone", "language".
        by: who corrects.
        now: the present instant.
        vault: seals new links' tokens.
        under_19: whether they are marked so (E53).

    Raises:
        Invalid: what to do for each field.
        Stale: somebody corrected it in between.
    """
    fields = _checked(clinic, person, typed) | {"under_19": under_19}

    def work(conn: Connection) -> None:
        if patients.find(conn, clinic.id, person.id) != person:
            raise Stale("This record was changed a moment ago. Here it is as it stands now.")
        moved = fields["email"] != person.email
        patients.change(conn, person.id, fields | ({"email_failed_at": None} if moved else {}))
        clinic_row.count_change(conn, clinic.id)
        changed = sorted(name for name in (*typed, "under_19") if fields[name] != getattr(person, name))
        record_of_patient(conn, clinic, "patient:corrected", by, now, person.id, {"fields": changed})
        if moved:
            _renew_all(conn, clinic, person, by, now, vault)

    transaction(clinic.id, now, work)


def _renew_all(
    conn: Connection, clinic: Clinic, person: Record, by: Actor, now: datetime, vault: Vault
) -> None:
    wall = zone.to_wall(now, clinic.zone)
    for visit in appointments.list_coming_of_patient(conn, clinic.id, person.id, wall):
        renew(conn, clinic, visit, by, now, vault)


def _checked(clinic: Clinic, person: Record, typed: Mapping[str, str]) -> dict[str, Any]:
    language = typed["language"] or person.language
    contact, faults = check_contact(clinic, typed["name"], typed["email"], typed["phone"], language)
    if contact is None:
        raise Invalid(faults)
    return dict(vars(contact))


def merge(clinic: Clinic, keep_id: int, gone_id: int, by: Actor, now: datetime) -> None:
    """Make two records of one person one; no visit, message, call or consent is lost (E52).

    The trail keeps what belonged to the record that goes, so that it can be taken back.

    Raises:
        NotFound: one of them does not exist, or is part of another already.
        Invalid: they are the same record.
        SlotTaken: they have visits at the same time.
    """
    if keep_id == gone_id:
        raise Invalid({"other": "This is the same record."})

    def work(conn: Connection) -> None:
        keep, gone = _whole(conn, clinic, keep_id), _whole(conn, clinic, gone_id)
        owned = desk_record.list_owned(conn, clinic.id, gone.id)
        desk_record.set_patient(conn, owned, keep.id)
        _claim_for(conn, clinic, owned["visits"], gone.id, keep.id)
        fields: dict[str, Any] = {"merged_into_id": keep.id}
        patients.change(conn, gone.id, fields)
        learnt = _learnt(keep, gone)
        if learnt:
            patients.change(conn, keep.id, learnt)
        clinic_row.count_change(conn, clinic.id)
        told = {OTHER[MERGED]: keep.id, LEARNT: sorted(learnt), **owned}
        record_of_patient(conn, clinic, MERGED, by, now, gone.id, told)
        record_of_patient(conn, clinic, TOOK_IN, by, now, keep.id, {OTHER[TOOK_IN]: gone.id})

    try:
        transaction(clinic.id, now, work)
    except SlotTaken:
        raise SlotTaken(BOTH_AT_ONCE, reason="patient") from None


def unmerge(clinic: Clinic, gone_id: int, by: Actor, now: datetime) -> None:
    """Take a merge back by what the trail says belonged to the record, the last one first (E52).

    Raises:
        NotFound: this record is part of no other.
        NotOffered: the record that it became part of is itself part of another by now.
    """

    def work(conn: Connection) -> None:
        gone = patients.find(conn, clinic.id, gone_id)
        if gone is None or gone.merged_into_id is None:
            raise NotFound("This record is part of no other.")
        _check_last(conn, clinic, gone.merged_into_id)
        rows = [one for one in audit.list_of_patient(conn, gone.id) if one.action == MERGED]
        kept = rows[-1].after or {}
        owned = {name: list(kept.get(name, ())) for name in desk_record.OWNED}
        owned["calls"] = sorted({*owned["calls"], *desk_record.list_calls_of(conn, owned["visits"])})
        desk_record.set_patient(conn, owned, gone.id)
        _claim_for(conn, clinic, owned["visits"], gone.merged_into_id, gone.id)
        patients.change(conn, gone.id, {"merged_into_id": None})
        _take_back(conn, clinic, gone, kept.get(LEARNT, ()), now)
        clinic_row.count_change(conn, clinic.id)
        whole = gone.merged_into_id
        record_of_patient(conn, clinic, UNMERGED, by, now, gone.id, {OTHER[UNMERGED]: whole})
        record_of_patient(conn, clinic, GAVE_BACK, by, now, whole, {OTHER[GAVE_BACK]: gone.id})

    transaction(clinic.id, now, work)


def _stands(visit: Visit, fee: Fee) -> bool:
    """Say whether a fee is still about how the visit ended: what was set back has none (E58, E59)."""
    if fee.kind == NOSHOW:
        return visit.status == "noshow"
    return visit.status == "cancelled" and visit.cancelled_by == PATIENT


def _get(conn: Connection, clinic: Clinic, patient_id: int) -> Record:
    found = patients.find_whole(conn, clinic.id, patient_id)
    if found is None:
        raise NotFound("There is no such patient.")
    return found


def _whole(conn: Connection, clinic: Clinic, patient_id: int) -> Record:
    found = patients.find(conn, clinic.id, patient_id)
    if found is None or found.merged_into_id is not None:
        raise NotFound("There is no such patient, or the record is part of another already.")
    return found


def _check_last(conn: Connection, clinic: Clinic, whole_id: int) -> None:
    """Refuse to take out of a record that has gone into another: its visits are that one's now."""
    whole = patients.find(conn, clinic.id, whole_id)
    if whole is not None and whole.merged_into_id is not None:
        raise NotOffered(NOT_LAST, reason="order")


def _claim_for(conn: Connection, clinic: Clinic, visit_ids: Sequence[int], was: int, becomes: int) -> None:
    """Let the visits' claims of one patient be those of another: the guard sees two places at once (E47)."""
    old, new = patients.get_resource(conn, was), patients.get_resource(conn, becomes)
    for visit in appointments.list_by_id(conn, clinic.id, list(visit_ids)):
        owner = ("appointment_id", visit.id)
        rows = claims.list_of(conn, owner)
        if any(resource == old for resource, _, _ in rows):
            claims.delete(conn, clinic.id, owner)
            whole = (new, minute_of(visit.starts), minute_of(visit.ends))
            claims.add(conn, clinic.id, owner, [*(row for row in rows if row[0] != old), whole])


def _take_back(conn: Connection, clinic: Clinic, gone: Record, learnt: Iterable[str], now: datetime) -> None:
    """Let the record that stayed forget what it took over, unless nothing else would reach that person.

    What waits to go to the other one's address is planned anew.
    """
    keep = patients.find(conn, clinic.id, gone.merged_into_id or 0)
    if keep is None:
        return
    names = {name for name in learnt if getattr(keep, name) == getattr(gone, name)}
    if not any(getattr(keep, name) for name in ("email", "phone") if name not in names):
        names -= {"email", "email_key", "email_failed_at", "phone"}
    if names:
        patients.change(conn, keep.id, dict.fromkeys(names))
    wall = zone.to_wall(now, clinic.zone)
    for person in (keep, gone):
        astray = stored_messages.list_astray(conn, person.id)
        for visit in appointments.list_coming_of_patient(conn, clinic.id, person.id, wall):
            if visit.id in astray and appointments.change(conn, visit, {}):
                seen = replace(visit, version=visit.version + 1)
                messages.plan_anew(conn, clinic, seen, now)


def _learnt(keep: Record, gone: Record) -> dict[str, Any]:
    """Return what the record that stays did not know: another way to be reached, agreement to the notice."""
    learnt: dict[str, Any] = {}
    if keep.email is None and gone.email is not None:
        learnt |= {"email": gone.email, "email_key": gone.email_key, "email_failed_at": gone.email_failed_at}
    if keep.phone is None and gone.phone is not None:
        learnt["phone"] = gone.phone
    if keep.consented_at is None and gone.consented_at is not None:
        learnt |= {"consented_at": gone.consented_at, "consent_text": gone.consent_text}
    return learnt
