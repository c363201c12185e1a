"""One day of the small clinic, kept in lists of intervals and checked minute by minute.

It knows neither masks nor resources nor the database: a practitioner has hands and so
many seats, a kind of device so many units, and a stretch of time is free when nobody in
the list needs more of it than there is. Times are minutes of the day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tests.races.small_clinic import (
    BREAK,
    CLOSES,
    DEVICES,
    GRID,
    LEAD,
    OPENS,
    PEOPLE,
    ROOMS,
    SERVICES,
)

Thing = tuple[str, str]  # ("hands", "ash"), ("seat", "ash"), ("room", "n1"), ("device", "eyewear")


@dataclass(frozen=True)
class Use:
    """So many units of a thing, needed over [begins, ends)."""

    what: Thing
    begins: int
    ends: int
    units: int = 1

    def meets(self, other: "Use") -> bool:
        """Say whether both want the same thing at some minute."""
        return self.what == other.what and self.begins < other.ends and other.begins < self.ends


@dataclass
class Entry:
    """A visit, a hold, a kept-back time or a block."""

    kind: str
    uses: list[Use]
    expires: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """What somebody asks for; ``person`` None is anyone."""

    service: str
    begins: int
    person: str | None = None
    companion: bool = False

    @property
    def kind(self) -> str:
        """Needle or laser."""
        return SERVICES[self.service][0]

    @property
    def ends(self) -> int:
        """The patient's end."""
        return self.begins + sum(SERVICES[self.service][1])

    @property
    def glasses(self) -> bool:
        """Say whether the companion counts."""
        return self.companion and "eyewear" in SERVICES[self.service][4]


def capacity(what: Thing) -> int:
    """Return how many units of a thing there are."""
    kind, name = what
    if kind == "seat":
        return PEOPLE[name][1]
    if kind == "device":
        return sum(units for device, units in DEVICES.values() if device == name)
    return 1


def uses_of(wish: Wish, person: str, room: str) -> list[Use]:
    """Return everything that a visit needs, with that person in that room."""
    _, steps, reset, holds, needs = SERVICES[wish.service]
    clean = wish.ends + reset
    stretches = [[a, b] for a, b in _hands(wish) if b > a]
    if "practitioner" in holds:
        stretches[-1][1] = clean  # the services that hold the person end with hands on
    return [
        *(Use(("hands", person), a, b) for a, b in stretches),
        Use(("seat", person), wish.begins, wish.ends),
        Use(("room", room), wish.begins, clean if "room" in holds else wish.ends),
        *(
            Use(
                ("device", kind),
                wish.begins,
                clean if "device" in holds else wish.ends,
                units + (kind == "eyewear" and wish.companion),
            )
            for kind, units in needs.items()
        ),
    ]


def _hands(wish: Wish) -> Iterator[tuple[int, int]]:
    """Yield the hands-on steps: the first, the third ..."""
    at = wish.begins
    for number, minutes in enumerate(SERVICES[wish.service][1]):
        if number % 2 == 0:
            yield at, at + minutes
        at += minutes


def breaks_rule(wish: Wish, person: str, now: datetime | None, on: date) -> bool:
    """Say whether a rule forbids a start to one person; ``now`` None asks for staff."""
    _, _, reset, holds, _ = SERVICES[wish.service]
    if wish.kind not in PEOPLE[person][0]:
        return True
    if wish.begins < OPENS or wish.ends > CLOSES or wish.begins % 5:
        return True
    busy_until = wish.ends + reset if "practitioner" in holds else wish.ends
    if PEOPLE[person][2] and wish.begins < BREAK[1] and busy_until > BREAK[0]:
        return True
    if now is None:
        return False
    starts = datetime.combine(on, time()) + timedelta(minutes=wish.begins)
    return wish.begins % GRID != 0 or starts < now + timedelta(minutes=LEAD)


@dataclass
class Day:
    """Who has what on one day; ``now`` is clinic wall time."""

    on: date
    now: datetime
    entries: dict[object, Entry] = field(default_factory=dict)

    def pass_time(self, minutes: int) -> None:
        """Let time pass, and with it every hold that ends by then."""
        self.now += timedelta(minutes=minutes)
        for owner, entry in list(self.entries.items()):
            if entry.expires is not None and entry.expires <= self.now:
                del self.entries[owner]

    def uses(self, without: Iterable[object] = (), *, holds: bool = True) -> list[Use]:
        """Return what is needed by everybody, or by everybody but some."""
        gone = set(without)
        return [
            use
            for owner, entry in self.entries.items()
            if owner not in gone and (holds or entry.expires is None)
            for use in entry.uses
        ]

    def is_free(self, wanted: Use, taken: list[Use]) -> bool:
        """Say whether there are enough units in each minute of a stretch."""
        against = [use for use in taken if use.meets(wanted)]
        edges = {wanted.begins, *(use.begins for use in against if use.begins > wanted.begins)}
        return all(
            sum(use.units for use in against if use.begins <= edge < use.ends) + wanted.units
            <= capacity(wanted.what)
            for edge in edges
        )

    def find_room(self, wish: Wish, person: str, taken: list[Use]) -> str | None:
        """Return the room in which everything a visit needs is free: the least specialised (E12)."""
        able = [room for room, kinds in ROOMS.items() if wish.kind in kinds]
        for room in sorted(able, key=lambda code: len(ROOMS[code])):
            if all(self.is_free(use, taken) for use in uses_of(wish, person, room)):
                return room
        return None

    def find_person(self, wish: Wish, now: datetime | None, taken: list[Use]) -> str | None:
        """Return who gives the visit: the fewest hands-on minutes that day, ties by turn (E18)."""
        able = [person for person in self.allowed(wish, now) if self.find_room(wish, person, taken)]
        if not able:
            return None
        first = self.on.toordinal() % len(able)
        return min(able[first:] + able[:first], key=lambda person: _hands_minutes(person, taken))

    def allowed(self, wish: Wish, now: datetime | None) -> list[str]:
        """Return who may give the visit then by the rules alone."""
        asked = PEOPLE if wish.person is None else (wish.person,)
        return [person for person in asked if not breaks_rule(wish, person, now, self.on)]


def _hands_minutes(person: str, taken: list[Use]) -> int:
    return sum(use.ends - use.begins for use in taken if use.what == ("hands", person))
