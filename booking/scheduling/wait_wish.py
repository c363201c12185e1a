"""A wish on the wait list: a service, with whom, on which days, in which part of them."""

from dataclasses import dataclass
from datetime import date, datetime

PARTS = {"any": (0, 24), "morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}  # from hour to hour
ALL_DAYS = 127  # a bit for each weekday, Monday's is 1


@dataclass(frozen=True)
class Wish:
    """A service and when it would suit; ``practitioner`` None is anyone, ``until`` is the last day."""

    service: str
    practitioner: str | None
    weekdays: int
    part: str
    until: date

    def suits(self, start: datetime) -> bool:
        """Say whether a start, clinic wall time, is one that was wished for."""
        begins, ends = PARTS[self.part]
        on_that_day = self.weekdays >> start.weekday() & 1
        return bool(on_that_day) and begins <= start.hour < ends and start.date() <= self.until
