"""What an owner wants to know and no request should pay for: the second half of ``flask doctor``."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from booking.actions.clinics import get_clinic
from booking.actions.health import Check
from booking.records import health
from booking.records.health import Claimed, StoredVisit
from booking.scheduling.errors import NotFound
from booking.scheduling.lifecycle import HOLDS_CLAIMS

BUILT_AT = datetime(2026, 11, 1, tzinfo=UTC)  # no right clock shows an earlier time
TOLERATED = timedelta(minutes=2)
FREE_MEGABYTES = 500
PAGE = 2000


def checks(now: datetime, instance: Path, clinic: str | None) -> list[Check]:
    """Return the state of the clinic's set-up, the clock, the disk and every appointment's claims.

    Args:
        now: the present instant, aware UTC.
        instance: the folder in which this installation keeps its files.
        clinic: the code of the clinic that is served; None for the only one.

    Raises:
        Busy: the database cannot be reached.
    """
    return [set_up(clinic), clock(now), disk(instance), claims()]


def set_up(code: str | None) -> Check:
    """Say whether the clinic that pages and API are to serve is there."""
    try:
        clinic = get_clinic(code)
    except NotFound:
        wanted = (
            f"CLINIC names {code!r}, which is not set up" if code else "there is none, or CLINIC is unset"
        )
        return Check("clinic", False, f"{wanted}: run `flask --app wsgi clinic load FILE`")
    return Check("clinic", True, f"{clinic.name}, version {clinic.setup} of its set-up")


def clock(now: datetime) -> Check:
    """Say whether the machine's clock can be right; no zone is asked."""
    newest = health.newest_record()
    ahead = health.server_is_ahead(now)
    if now < BUILT_AT:
        return Check("clock", False, f"shows {now:%Y-%m-%d}, before this program was made: set it")
    if newest and newest > now + TOLERATED:
        return Check("clock", False, f"something was recorded at {newest:%Y-%m-%d %H:%M} UTC, in its future")
    if ahead and abs(ahead) > TOLERATED:
        seconds = round(ahead.total_seconds())
        return Check("clock", False, f"the database server's clock differs by {seconds} seconds")
    return Check("clock", True, f"{now:%Y-%m-%d %H:%M} UTC")


def disk(instance: Path) -> Check:
    """Say whether there is room to write where the data lies."""
    file = health.database_file()
    folder = file.parent if file else instance
    free = shutil.disk_usage(folder).free // 1_000_000
    return Check("disk", free >= FREE_MEGABYTES, f"{free} MB free")


def claims() -> Check:
    """Say whether every live appointment claims exactly what it was sold as, and no other anything.

    The guard refuses overlaps only (D3): a visit without its claims would be offered over.
    """
    seen = 0
    suspects = []
    for visit in _all_visits():
        seen += 1
        if not is_claimed_rightly(visit):
            suspects.append(visit.id)
    wrong = [visit.reference for visit in _read_again(suspects) if not is_claimed_rightly(visit)]
    if not wrong:
        return Check("claims", True, f"{seen} appointments hold exactly what they need")
    return Check("claims", False, f"{len(wrong)} of {seen} appointments do not: {', '.join(wrong[:5])}")


def is_claimed_rightly(visit: StoredVisit) -> bool:
    """Compare an appointment's claims with what its stored shape demands (D12)."""
    wanted = _demands(visit) if visit.status in HOLDS_CLAIMS else []
    return Counter(visit.claims) == Counter(wanted)


def _demands(visit: StoredVisit) -> list[Claimed]:
    shape, at = visit.shape, visit.starts
    ends = at + shape.minutes
    person = visit.practitioner_id
    wanted: list[Claimed] = [("hands", person, at + begin, at + end) for begin, end in shape.hands]
    wanted.append(("seat", person, at, ends))
    wanted.append(("patient", visit.patient_id, at, ends))
    wanted.append(("room", visit.room_id, at, at + shape.held_minutes("room")))
    for kind in shape.needs:
        unit: Claimed = ("device", kind, at, at + shape.held_minutes("device"))
        wanted += [unit] * shape.units(kind, visit.companion)
    return wanted


def _all_visits() -> Iterator[StoredVisit]:
    last = 0
    while page := health.list_visits(last, PAGE):
        yield from page
        last = page[-1].id


def _read_again(ids: list[int]) -> Iterator[StoredVisit]:
    """Yield appointments as they are now: one that was moved while it was read is not at fault."""
    for visit_id in ids:
        yield from (visit for visit in health.list_visits(visit_id - 1, 1) if visit.id == visit_id)
