"""Every refusal that a caller may show to a person, each with a stable code.

The codes are part of the public contract; ``web/errors.py`` maps them to a
status, a page and an API problem.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Near:
    """A free start close to the one that was asked for (clinic wall time)."""

    start: datetime
    practitioners: tuple[str, ...]


class BookingRefused(Exception):
    """Base of all refusals: nothing was changed."""

    code = "refused"

    def __init__(self, message: str, *, reason: str = "", nearest: Sequence[Near] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.nearest = tuple(nearest)

    @property
    def says(self) -> str:
        """What to tell a person, in whole sentences."""
        return self.message


class SlotTaken(BookingRefused):
    """The start is right by every rule and refused only by another claim."""

    code = "slot_taken"


class NotOffered(BookingRefused):
    """A well-formed start that a rule refuses; ``reason`` names the rule."""

    code = "not_offered"


class Invalid(BookingRefused):
    """The request is wrong by itself; ``fields`` says what to do for each field."""

    code = "invalid"

    def __init__(
        self,
        fields: Mapping[str, str],
        *,
        suggested_services: Sequence[str] = (),
    ) -> None:
        super().__init__("Please check the marked fields.", reason=next(iter(fields), ""))
        self.fields = dict(fields)
        self.suggested_services = tuple(suggested_services)

    @property
    def says(self) -> str:
        """What to do for each field, in one line."""
        return " ".join(self.fields.values()) or self.message


class KeyReused(BookingRefused):
    """An idempotency key came back with another request."""

    code = "key_reused"


class TooLate(BookingRefused):
    """The window for moving or cancelling has closed, or the visit has begun."""

    code = "too_late"


class Stale(BookingRefused):
    """The appointment was changed by somebody else in between."""

    code = "stale"


class NotFound(BookingRefused):
    """No such appointment, hold, service or clinic."""

    code = "not_found"


class TooMany(BookingRefused):
    """A limit per visitor or per address was reached."""

    code = "too_many"


class Busy(BookingRefused):
    """The database could not take the write in time; nothing was changed."""

    code = "busy"


class FaultySetup(Exception):
    """A clinic's set-up that cannot be loaded; one fault each: line, field, reason."""

    def __init__(self, faults: Sequence[tuple[int, str, str]]) -> None:
        super().__init__("; ".join(f"line {n}: {field}: {why}" for n, field, why in faults))
        self.faults = tuple(faults)
