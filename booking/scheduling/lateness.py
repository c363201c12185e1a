"""Running late: when the practitioner's hands are free for each later visit of the day (E72)."""

from collections.abc import Sequence

from booking.scheduling.timeline import CELL
from booking.scheduling.visit import Shape

Span = tuple[int, int]


def later_starts(visits: Sequence[tuple[int, Shape]], now: int, late: int) -> list[int]:
    """Return when each visit can begin if its practitioner is ``late`` minutes behind from now on.

    What is hands-on and not over shifts by ``late`` in visits that have begun; the others begin as
    planned where the hands are free then, else as soon after as they are, in the order of the day.

    Args:
        visits: (start, shape) in order of time, of one practitioner on one day.
        now: the present minute; like starts, minutes since 2000.
        late: minutes.
    """
    taken: list[Span] = [(now, now + late)]
    found = []
    for start, shape in visits:
        if start <= now:
            taken += [(max(b, now) + late, e + late) for b, e in _hands(start, shape) if e > now]
            found.append(start)
            continue
        begin = start
        while any(_meet(one, other) for one in _hands(begin, shape) for other in taken):
            begin += CELL
        taken += _hands(begin, shape)
        found.append(begin)
    return found


def _hands(start: int, shape: Shape) -> list[Span]:
    return [(start + begin, start + end) for begin, end in shape.hands]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and one[1] > other[0]
