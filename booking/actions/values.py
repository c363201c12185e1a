"""Who asks, and what they ask for."""

from dataclasses import dataclass
from datetime import date, datetime

UNDO = "Undo"  # the reason that is kept with what takes a change back


@dataclass(frozen=True)
class Actor:
    """Who asks: a patient, a member of staff, or the system itself.

    ``origin`` is the keyed hash of the address that a patient came from; None
    where limits per address are off.
    """

    kind: str
    name: str
    origin: str | None = None

    @property
    def is_staff(self) -> bool:
        """Say whether patients' policies (lead time, grid, windows) do not bind this actor."""
        return self.kind == "staff"


@dataclass(frozen=True)
class Staff:
    """A signed-in member of staff; ``practitioner`` is their code, if they treat."""

    id: int
    clinic_id: int
    email: str
    name: str
    role: str
    practitioner: str | None
    has_password: bool
    has_second_step: bool = False


@dataclass(frozen=True)
class Question:
    """Which starts are asked for: both dates count, practitioner and language narrow it."""

    service: str
    from_on: date
    to_on: date
    practitioner: str | None = None
    companion: bool = False
    language: str | None = None


@dataclass(frozen=True)
class Wanted:
    """Where a visit is to go, by codes: None is anyone, any room, the service that it is.

    ``is_undo``: another service is given back as it was sold before it was changed last.
    """

    start: datetime
    practitioner: str | None
    room: str | None = None
    service: str | None = None
    is_undo: bool = False


@dataclass(frozen=True)
class HoldRequest:
    """A time to keep while the form is filled; ``start`` is clinic wall time."""

    service: str
    start: datetime
    practitioner: str | None
    companion: bool
    visitor: str
    origin: str | None


@dataclass(frozen=True)
class Held:
    """A time that is kept for a visitor until ``expires_at``."""

    id: int
    service: str
    start: datetime
    end: datetime
    practitioner: str
    companion: bool
    expires_at: datetime
    can_extend: bool


@dataclass(frozen=True)
class BookRequest:
    """One booking as it was asked for, from whichever door.

    ``tell`` is False where staff confirm it themselves. ``key`` makes a retry harmless: the
    same key and request give the same answer. ``patient_id`` is whose record a signed link
    has opened: the visit becomes theirs if name and contact are those of the record (E51).
    ``under_19`` is what staff know of a new patient (E53); nobody is asked online. ``waits`` is
    the entry of the wait list that is settled by it (R9).
    """

    service: str
    start: datetime
    practitioner: str | None
    name: str
    email: str | None
    phone: str | None
    language: str | None
    first_visit: bool | None
    companion: bool
    safety: str | None
    consent: bool
    visitor: str | None = None
    key: str | None = None
    door: str = "web"
    tell: bool = True
    patient_id: int | None = None
    under_19: bool = False
    waits: int | None = None


@dataclass(frozen=True)
class WaitRequest:
    """A wish for the wait list as it was typed: who, for what, and when it would suit (``Wish``)."""

    service: str
    practitioner: str | None
    name: str
    email: str | None
    phone: str | None
    language: str | None
    weekdays: int
    part: str
    until: date | None
    patient_id: int | None = None
    under_19: bool = False
