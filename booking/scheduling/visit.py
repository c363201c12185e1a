"""The shape of a visit and what each part of it holds (D3).

All lengths are minutes, whole multiples of 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Step:
    """One part of a visit; on a hands-on step the practitioner is occupied."""

    minutes: int
    hands_on: bool


@dataclass(frozen=True)
class Reset:
    """The clean-up after a visit and what it keeps: room, practitioner, device."""

    minutes: int = 0
    holds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shape:
    """What a visit occupies, whoever gives it and wherever.

    ``needs`` maps a device kind to the number of units, companion not counted.
    """

    steps: tuple[Step, ...]
    reset: Reset = Reset()
    needs: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def minutes(self) -> int:
        """Minutes from the patient's start to the patient's end, without reset."""
        return sum(step.minutes for step in self.steps)

    @cached_property
    def hands(self) -> tuple[tuple[int, int], ...]:
        """Stretches in which the practitioner's hands are claimed, as (from, to) minutes.

        Neighbouring stretches are joined; a reset that holds the practitioner counts.
        """
        parts: list[tuple[int, int]] = []
        at = 0
        for step in self.steps:
            if step.hands_on:
                parts.append((at, at + step.minutes))
            at += step.minutes
        if self.reset.minutes and "practitioner" in self.reset.holds:
            parts.append((at, at + self.reset.minutes))
        joined: list[tuple[int, int]] = []
        for begin, end in parts:
            if joined and joined[-1][1] == begin:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((begin, end))
        return tuple(joined)

    def held_minutes(self, what: str) -> int:
        """Return for how long ``room`` or ``device`` is claimed, reset included if it holds it."""
        return self.minutes + (self.reset.minutes if what in self.reset.holds else 0)

    def units(self, kind: str, companion: bool) -> int:
        """Return how many units of a device kind the visit claims; a companion needs eyewear."""
        wanted = self.needs.get(kind, 0)
        return wanted + 1 if wanted and companion and kind == EYEWEAR else wanted

    @cached_property
    def companion_allowed(self) -> bool:
        """Say whether the visit takes account of a companion (eyewear for each person present)."""
        return EYEWEAR in self.needs


EYEWEAR = "eyewear"


def steps_from_minutes(minutes: tuple[int, ...]) -> tuple[Step, ...]:
    """Return steps from alternating minutes of hands-on, rest, hands-on, ...; zeros are dropped."""
    return tuple(Step(n, hands_on=i % 2 == 0) for i, n in enumerate(minutes) if n)
