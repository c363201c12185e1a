"""What many cells of the calendar have in common, written once each: empty time and the parts of a visit."""

from functools import lru_cache
from itertools import accumulate

from markupsafe import Markup

from booking.scheduling.visit import Step
from booking.web.desk.blueprint import blueprint
from booking.web.desk.grid import Cell

MOST = 512

_EMPTY = Markup('<td class="{}" rowspan="{}">{}</td>')
_BREAK = Markup("<span>Break</span>")
_BAR = Markup('<svg class="parts" viewBox="0 0 4 {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
_PART = Markup('<rect x="0" y="{}" width="4" height="{}" class="{}"/>')


@blueprint.app_template_filter()
def empty_cell(cell: Cell) -> Markup:
    """Return a cell in which nothing stands."""
    return _empty(cell.kind, cell.rows)


@lru_cache(maxsize=MOST)
def _empty(kind: str, rows: int) -> Markup:
    return _EMPTY.format(kind, rows, _BREAK if kind == "break" else "")


@blueprint.app_template_filter()
@lru_cache(maxsize=MOST)
def picture_of(steps: tuple[Step, ...]) -> Markup:
    """Return the bar beside a visit: hands-on parts solid, rest hatched."""
    ends = list(accumulate(step.minutes for step in steps))
    parts = [
        _PART.format(end - step.minutes, step.minutes, "hands" if step.hands_on else "rest")
        for step, end in zip(steps, ends, strict=True)
    ]
    return _BAR.format(ends[-1], Markup("").join(parts))
