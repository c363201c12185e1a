"""An appointment as a plain value: what actions return and pages and mails read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from booking.scheduling.visit import Reset, Shape, Step


@dataclass(frozen=True)
class Sold:
    """What a visit was sold as (D12): later changes of the menu do not touch it."""

    service_name: str
    kind: str
    shape: Shape
    price_cents: int
    tax_cents: int
    currency: str
    practitioner_name: str
    title: str
    licensing_body: str
    licence_number: str
    room_name: str

    @property
    def total_cents(self) -> int:
        """The price with tax, the only one that patients are shown."""
        return self.price_cents + self.tax_cents

    def as_json(self) -> dict[str, Any]:
        """Return the stored form."""
        shape = self.shape
        flat = {k: v for k, v in self.__dict__.items() if k != "shape"}
        return flat | {
            "steps": [[step.minutes, step.hands_on] for step in shape.steps],
            "reset_minutes": shape.reset.minutes,
            "reset_holds": sorted(shape.reset.holds),
            "needs": dict(shape.needs),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Sold":
        """Return the value of a stored form."""
        rest = dict(stored)
        shape = Shape(
            steps=tuple(Step(minutes, hands_on) for minutes, hands_on in rest.pop("steps")),
            reset=Reset(rest.pop("reset_minutes"), frozenset(rest.pop("reset_holds"))),
            needs=rest.pop("needs"),
        )
        return cls(shape=shape, **rest)


@dataclass(frozen=True)
class Patient:
    """The person who is treated, and how to reach them.

    ``email_fails``: a mail server refused the address for good; they must be called (E68).
    ``under_19``: the desk marked them so (E53).
    """

    id: int
    name: str
    email: str | None
    phone: str | None
    language: str
    email_fails: bool = False
    under_19: bool = False

    @property
    def mail_address(self) -> str | None:
        """Where messages go; None where the patient must be called instead."""
        return None if self.email_fails else self.email


@dataclass(frozen=True)
class Visit:
    """One appointment, whole. ``starts``/``ends`` are clinic wall time."""

    id: int
    clinic_id: int
    reference: str
    patient: Patient
    service: str
    practitioner: str
    room: str
    starts: datetime
    ends: datetime
    status: str
    version: int
    sold: Sold
    first_visit: bool
    companion: bool
    safety: str | None
    created_at: datetime
    cancelled_by: str | None

    @property
    def flags(self) -> tuple[str, ...]:
        """The letters that stand beside the visit at the desk, on the screen and on paper (R8)."""
        wanted = {
            "N": self.first_visit,
            "L": self.sold.kind == "laser",
            "C": self.companion,
            "Y": self.patient.under_19,
            "T": self.safety == "call_me",
            "P": self.patient.email is None,
            "B": self.patient.email_fails,
        }
        return tuple(letter for letter, is_set in wanted.items() if is_set)
