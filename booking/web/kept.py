"""Answers that are kept until something changes: a claim, the set-up, or what time it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from booking.actions.clinics import Stamp
from booking.actions.offer import Offer
from booking.actions.values import Question
from booking.scheduling.timeline import CELL, wall
from booking.scheduling.zone import to_instant, to_wall

MOST_ANSWERS = 256
MOST_BYTES = 8_000_000
LONGEST_QUESTION = 300
STAMPED = "booking.stamped"  # (clinic id, stamp) in the environ: already asked for this request


@dataclass(frozen=True)
class Kept:
    """One answer: right while the stamp is the same and ``made_at <= now < good_until``.

    ``question`` is what it answers, where the same question may be answered anew.
    """

    clinic_id: int
    stamp: Stamp
    made_at: datetime
    good_until: datetime
    body: bytes
    question: Question | None = None

    def is_right(self, stamp: Stamp, now: datetime) -> bool:
        """Say whether nothing has changed since, time included."""
        return self.stamp == stamp and self.made_at <= now < self.good_until


class KeptAnswers:
    """Answers by the query that asked, bounded in number and bytes; the oldest goes first."""

    def __init__(self) -> None:
        self._answers: dict[str, Kept] = {}
        self._changing = Lock()  # servers with several threads share one
        self._bytes = 0

    def find(self, query: str) -> Kept | None:
        """Return what is kept for a query, right or not."""
        return self._answers.get(query)

    def keep(self, query: str, answer: Kept) -> None:
        """Keep an answer, in place of an older one and of the oldest where there are too many."""
        if len(query) > LONGEST_QUESTION or len(answer.body) > MOST_BYTES:
            return
        with self._changing:
            self._drop(query)
            while self._answers and self._is_full(len(answer.body)):
                self._drop(next(iter(self._answers)))
            self._answers[query] = answer
            self._bytes += len(answer.body)

    def _is_full(self, more: int) -> bool:
        return len(self._answers) >= MOST_ANSWERS or self._bytes + more > MOST_BYTES

    def _drop(self, query: str) -> None:
        dropped = self._answers.pop(query, None)
        if dropped is not None:
            self._bytes -= len(dropped.body)


def good_until(found: Offer, now: datetime) -> datetime:
    """Return until when time alone changes nothing about an offer.

    Its first start can be booked until exactly its lead time before (E45); a hold that
    was counted ends; at midnight the horizon moves on by a day.
    """
    clinic = found.clinic
    tomorrow = to_wall(now, clinic.zone).date() + timedelta(days=1)
    ends = [to_instant(datetime(tomorrow.year, tomorrow.month, tomorrow.day), clinic.zone)]
    first = min((mask & -mask for mask in found.starts.values() if mask), default=0)
    if first:
        start = wall(found.window.origin + (first.bit_length() - 1) * CELL)
        lead = timedelta(minutes=clinic.policy.online_lead_minutes)
        ends.append(to_instant(start, clinic.zone) - lead + timedelta.resolution)
    if found.until is not None:
        ends.append(datetime.fromtimestamp(found.until, UTC))
    return min(ends)
