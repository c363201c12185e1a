"""The slots answer as text, joined from ready pieces: no object is made for a slot.

It is the hot path: a slot is a ready time and a ready rest (offset and who is free
then), and a day joins its slots with the text that all of them begin with.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from booking.scheduling.timeline import CELL, Window, split_days
from booking.scheduling.zone import offset_text
from booking.web.api.times import find_day_offset

CELLS_OF_DAY = 24 * 60 // CELL
TIMES = [f"{at * CELL // 60:02}:{at * CELL % 60:02}:00" for at in range(CELLS_OF_DAY)]


def slot_text(service: str, zone: str, window: Window, starts: Mapping[str, int]) -> bytes:
    """Return the JSON document of free starts.

    Args:
        service: a service's code.
        zone: the clinic's zone.
        window: the days that the masks cover.
        starts: a mask of free starts by practitioner's code.
    """
    writer = _Writer(zone, tuple(starts))
    masks = [split_days(mask, window.days) for mask in starts.values()]
    days = zip(window.dates(), zip(*masks, strict=True), strict=True) if masks else ()
    text = ",".join([writer.day(on, cells) for on, cells in days if any(cells)])
    head = f'{{"service":{json.dumps(service)},"time_zone":{json.dumps(zone)},"slots":['
    return f"{head}{text}]}}".encode()


class _Writer:
    """Writes days; remembers the rest of a slot for each offset and set of practitioners."""

    def __init__(self, zone: str, codes: Sequence[str]) -> None:
        self._zone = zone
        self._codes = codes
        self._rests: dict[tuple[str, int], str] = {}

    def day(self, on: date, masks: Sequence[int]) -> str:
        """Return the slots of one day, earliest first, without brackets."""
        begin = f'{{"start":"{on.isoformat()}T'
        offset = find_day_offset(on, self._zone)
        rests = self._rests
        slots = []
        for cell, people in sorted(_people_by_cell(masks).items()):
            key = (offset or self._offset(on, cell), people)
            slots.append(TIMES[cell] + (rests.get(key) or self._rest(key)))
        return begin + f",{begin}".join(slots)

    def _rest(self, key: tuple[str, int]) -> str:
        offset, people = key
        free = [code for i, code in enumerate(self._codes) if people >> i & 1]
        text = f'{offset}","practitioners":{json.dumps(free, separators=(",", ":"))}}}'
        self._rests[key] = text
        return text

    def _offset(self, on: date, cell: int) -> str:
        return offset_text(datetime(on.year, on.month, on.day) + timedelta(minutes=cell * CELL), self._zone)


def _people_by_cell(masks: Sequence[int]) -> dict[int, int]:
    """Return who is free at each free cell of a day: bit ``i`` for the ``i``-th mask."""
    found: dict[int, int] = {}
    for i, mask in enumerate(masks):
        bit = 1 << i
        while mask:
            lowest = mask & -mask
            cell = lowest.bit_length() - 1
            found[cell] = found.get(cell, 0) | bit
            mask ^= lowest
    return found
