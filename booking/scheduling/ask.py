"""What is asked for: a visit's shape, and who may give it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from booking.scheduling.clinic import Clinic, Practitioner
from booking.scheduling.timeline import CELL
from booking.scheduling.visit import Shape


@dataclass(frozen=True)
class Ask:
    """A visit to find starts for; ``practitioners`` are codes, None means anyone."""

    kind: str
    shape: Shape
    companion: bool = False
    practitioners: tuple[str, ...] | None = None

    @property
    def cells(self) -> int:
        """Cells from the patient's start to the patient's end."""
        return self.shape.minutes // CELL

    @property
    def reset_cells(self) -> int:
        """Cells of the reset that hold something."""
        reset = self.shape.reset
        return reset.minutes // CELL if reset.holds else 0

    def needs(self) -> list[tuple[str, int]]:
        """Return device kinds and how many units of each the visit claims."""
        kinds = self.shape.needs
        return [(kind, n) for kind in kinds if (n := self.shape.units(kind, self.companion))]


def candidates(clinic: Clinic, ask: Ask) -> Sequence[Practitioner]:
    """Return who holds the licence for the visit among those asked for, in set-up order (E17)."""
    licensed, wanted = _licensed(clinic, ask.kind), ask.practitioners
    return licensed if wanted is None else [p for p in licensed if p.code in wanted]


@lru_cache(maxsize=256)
def _licensed(clinic: Clinic, kind: str) -> tuple[Practitioner, ...]:
    return tuple(p for p in clinic.practitioners if kind in p.kinds)
