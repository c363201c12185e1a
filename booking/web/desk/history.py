"""What happened to a visit or a record, in words: who changed what, before and after (L15)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from booking.actions.patient_record import GAVE_BACK, MERGED, TOOK_IN, UNMERGED, Recorded, other_of
from booking.scheduling.clinic import Clinic
from booking.scheduling.reasons import SENTENCES
from booking.scheduling.zone import to_wall
from booking.web.desk.words import HAPPENED, STATUS
from booking.wording.dates import money, when_words
from booking.wording.lists import and_words

FIELDS = {
    "name": "name",
    "email": "e-mail",
    "phone": "phone",
    "language": "language",
    "under_19": "whether under 19",
}
JOINED = {
    MERGED: "joined into the record of {}",
    UNMERGED: "taken out of the record of {} again",
    TOOK_IN: "the record of {} joined into this one",
    GAVE_BACK: "the record of {} taken out of this one again",
}
OF_RECORD = {
    "patient:waits": "put on the wait list",
    "patient:waits again": "put back on the wait list",
    "patient:waits no more": "taken off the wait list",
    "call:done": "called",
    "call:open": "to be called again",
}
MOVED = ("starts", "practitioner")
Kept = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One thing that happened: when on the clinic's wall, who did it, what."""

    at: datetime
    who: str
    words: str


def of_visit(clinic: Clinic, rows: Iterable[Recorded]) -> list[Line]:
    """Return the lines of a visit, oldest first."""
    return [Line(to_wall(one.at, clinic.zone), who(one.actor), _words(clinic, one)) for one in rows]


def of_record(clinic: Clinic, rows: Iterable[Recorded], names: Mapping[int, str]) -> list[Line]:
    """Return the lines of a patient's record. Args: ``names`` of the records that are named in them."""
    return [Line(to_wall(one.at, clinic.zone), who(one.actor), _of_record(one, names)) for one in rows]


def who(actor: str) -> str:
    """Return who it was, as the desk knows them."""
    return actor.removeprefix("staff:")


def _words(clinic: Clinic, one: Recorded) -> str:
    before, after = one.before or {}, one.after or {}
    action = one.action.removeprefix("status:")
    if action.startswith("fee:"):
        return _fee(action, after)
    if action == "book" and _has_time(after):
        said, parts = _as_booked(clinic, after), []
    elif action in STATUS and before and after:
        said, parts = "status", [f"{_status(before)} to {_status(after)}"]
    else:
        said, parts = HAPPENED.get(action, _plain(action)), _differences(clinic, before, after)
    if action == "move" and not any(before.get(name) != after.get(name) for name in MOVED):
        said = "changed"
    told = f"{said}: {'; '.join(parts)}" if parts else said
    return f"{told}{_set_aside(after)}"


def _differences(clinic: Clinic, before: Kept, after: Kept) -> list[str]:
    """Say each thing that was one way before and is another way after."""
    if not (_has_time(before) and _has_time(after)):
        return []
    named = {"practitioner": clinic.practitioner, "room": clinic.room, "service": clinic.service}
    found = [("", when_words(_at(before, "starts")), when_words(_at(after, "starts")))]
    found += [(f"{what}: ", _name(of, before, what), _name(of, after, what)) for what, of in named.items()]
    said = [f"{what}{was} to {now}" for what, was, now in found if was != now]
    lengths = _minutes(before), _minutes(after)
    return said if lengths[0] == lengths[1] else [*said, "{} to {} minutes".format(*lengths)]


def _as_booked(clinic: Clinic, after: Kept) -> str:
    person = _name(clinic.practitioner, after, "practitioner")
    return f"booked for {when_words(_at(after, 'starts'))}, {_minutes(after)} minutes, with {person}"


def _set_aside(after: Kept) -> str:
    """Say which rule was set aside for which reason; a move by the program has a reason alone."""
    rule, reason = SENTENCES.get(str(after.get("override")), ""), after.get("reason")
    if not reason:
        return ""
    return f". {rule} Done all the same: {reason}" if rule else f". {reason}"


def _fee(action: str, after: Kept) -> str:
    amount = money(after["amount_cents"]) if "amount_cents" in after else ""
    fee = f"fee of {amount}" if amount else "fee"
    reason = after.get("reason")
    return f"{fee} waived: {reason}" if action == "fee:waived" and reason else f"{fee} {action[4:]}"


def _of_record(one: Recorded, names: Mapping[int, str]) -> str:
    after = one.after or {}
    if one.action in JOINED:
        return JOINED[one.action].format(names.get(other_of(one), "somebody else"))
    if one.action == "patient:corrected":
        fields = [FIELDS.get(name, name) for name in after.get("fields", ())]
        return f"{and_words(fields) or 'nothing'} corrected"
    return OF_RECORD.get(one.action, _plain(one.action.removeprefix("patient:")))


def _plain(action: str) -> str:
    return action.replace("_", " ").replace(":", " ")


def _has_time(kept: Kept) -> bool:
    """Say whether a row keeps from when to when the visit was; not every one has to."""
    return "starts" in kept and "ends" in kept


def _at(kept: Kept, name: str) -> datetime:
    return datetime.fromisoformat(kept[name])


def _minutes(kept: Kept) -> int:
    return round((_at(kept, "ends") - _at(kept, "starts")).total_seconds() / 60)


def _name(known: Mapping[str, Any], kept: Kept, what: str) -> str:
    code = str(kept.get(what, ""))
    return str(known[code].name) if code in known else code


def _status(kept: Kept) -> str:
    code = str(kept.get("status", ""))
    return STATUS.get(code, code)
