"""Answers that are kept until something changes: a claim, the set-up, or what time it is."""

from dataclasses import dataclass
from datetime import datetime

from booking.actions.clinics import Stamp

MOST_ANSWERS = 256
MOST_BYTES = 8_000_000
LONGEST_QUESTION = 300


@dataclass(frozen=True)
class Kept:
    """One answer: right while the stamp is the same and ``made_at <= now < good_until``."""

    stamp: Stamp
    made_at: datetime
    good_until: datetime
    body: bytes


class KeptAnswers:
    """Answers by question, bounded in number and bytes; the oldest goes first."""

    def __init__(self) -> None:
        self._answers: dict[bytes, Kept] = {}
        self._bytes = 0

    def find(self, question: bytes, stamp: Stamp, now: datetime) -> bytes | None:
        """Return the body kept for a question if it is still right."""
        kept = self._answers.get(question)
        if kept is not None and kept.stamp == stamp and kept.made_at <= now < kept.good_until:
            return kept.body
        return None

    def keep(self, question: bytes, answer: Kept) -> None:
        """Keep an answer, in place of an older one and of the oldest where there are too many."""
        if len(question) > LONGEST_QUESTION or len(answer.body) > MOST_BYTES:
            return
        self._drop(question)
        while self._answers and self._is_full(len(answer.body)):
            self._drop(next(iter(self._answers), b""))
        self._answers[question] = answer
        self._bytes += len(answer.body)

    def _is_full(self, more: int) -> bool:
        return len(self._answers) >= MOST_ANSWERS or self._bytes + more > MOST_BYTES

    def _drop(self, question: bytes) -> None:
        dropped = self._answers.pop(question, None)
        if dropped is not None:
            self._bytes -= len(dropped.body)
