"""The small clinic on one day, in the database and in the oracle: what the machine plays with."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any, NamedTuple

from hypothesis.stateful import RuleBasedStateMachine

from booking.actions.values import Actor, BookRequest
from booking.records import database
from booking.records.failures import WRITE
from booking.records.schema import db, metadata
from booking.records.tables import resource
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import BookingRefused
from booking.scheduling.zone import to_instant
from tests.races import stored
from tests.races.oracle import Day, Entry, Use, Wish, capacity, uses_of
from tests.races.small_clinic import CLOSES, DEVICES, GRID, OPENS, PEOPLE, RELEASED, ROOMS, SERVICES, day

STAFF, PATIENT = Actor("staff", "desk"), Actor("patient", "patient")
ZONE = "America/Vancouver"
OPENS_IN = timedelta(hours=26)  # from the example's first moment
WINDOW = timedelta(hours=24)
DONE = "done"
SET_UP = ("clinic", "closure", "practitioner", "room", "device", "service")
FORGETTING = {  # what is append only is forgotten as well
    "sqlite": ("DROP TRIGGER IF EXISTS audit_delete", "DROP TRIGGER IF EXISTS look_delete"),
    "postgresql": ("SET LOCAL session_replication_role = replica",),
}


class Outcome(NamedTuple):
    """What must come of a wish: ``code``, who and where, and whether holds have to give way."""

    code: str
    person: str = ""
    room: str = ""
    takes_holds: bool = False


class World(RuleBasedStateMachine):
    """Each example plays on a day of its own, in a clinic that has forgotten the one before."""

    numbers = count()
    clinic: Clinic
    vault: Any

    def __init__(self) -> None:
        super().__init__()
        forget_everybody()
        self.number = next(self.numbers)
        on = day(self.number)
        self.midnight = datetime.combine(on, time())
        self.day = Day(on, self.midnight + timedelta(hours=9) - OPENS_IN)
        self.visits: list[list[Visit]] = []  # each as it was after every change
        self.names: dict[int, int] = {}  # appointment -> whose it is
        self.held: dict[str, tuple[int, datetime]] = {}  # visitor -> hold, when it was first kept
        self.left: dict[stored.Owner, Visit] = {}  # what is kept back -> the visit as it was before

    @property
    def now(self) -> datetime:
        return to_instant(self.day.now, ZONE)

    def at(self, minute: int) -> datetime:
        return self.midnight + timedelta(minutes=minute)

    def visitor(self, name: str) -> str:
        return f"{name}-{self.number}"

    def minute(self, when: datetime) -> int:
        return int((when - self.midnight).total_seconds()) // 60

    def request(self, wish: Wish, name: int, visitor: str | None) -> BookRequest:
        """Return a booking for one of the people of this example."""
        return BookRequest(
            service=wish.service,
            start=self.at(wish.begins),
            practitioner=wish.person,
            name=f"Person {name}",
            email=f"person{name}.{self.number}@example.com",
            phone=None,
            language=None,
            first_visit=None,
            companion=wish.companion,
            safety=None,
            consent=True,
            visitor=visitor,
        )

    def rows(self, uses: Iterable[Use]) -> Counter[stored.Row]:
        """Return uses as claims are read."""
        found: Counter[stored.Row] = Counter()
        for use in uses:
            found[(*use.what, *self.minutes(use))] += use.units
        return found

    def minutes(self, use: Use) -> tuple[int, int]:
        return stored.minute(self.at(use.begins)), stored.minute(self.at(use.ends))

    def read(self) -> dict[stored.Owner, Counter[stored.Row]]:
        """Return the day's claims as stored."""
        first = stored.minute(self.midnight)
        return stored.claims(database.reader(), self.clinic.id, first, first + 1440)

    def expected(self, wish: Wish, *, staff: bool, without: tuple[object, ...] = ()) -> Outcome:
        """Return what must come of a wish; the desk is bound by no lead time, grid or hold."""
        limit = None if staff else self.day.now
        if not self.day.allowed(wish, limit):
            return Outcome("not_offered")
        for through in (False, True) if staff else (False,):
            taken = self.day.uses(without, holds=not through)
            person = self.day.find_person(wish, limit, taken)
            if person is not None:
                return Outcome(DONE, person, self.day.find_room(wish, person, taken) or "", through)
        return Outcome("slot_taken")

    def aimed(self, wish: Wish, turn: int | None, *, staff: bool, without: tuple[object, ...] = ()) -> Wish:
        """Return the wish at some start that it can have, if there is one; ``turn`` None leaves it."""
        if turn is None:
            return wish
        limit, taken = None if staff else self.day.now, self.day.uses(without)
        starts = range(OPENS, CLOSES, 5 if staff else GRID)
        first = turn % (len(starts) // 2)
        for at in (*starts[first:], *starts[:first]):
            aimed = replace(wish, begins=at)
            if self.day.find_person(aimed, limit, taken):
                return aimed
        return wish

    def attempt(self, code: str, action: Callable[[], Any]) -> Any:
        """Do an action that must end with ``code``; return what it returned, None if refused."""
        done, refused = tried(action)
        if refused is None:
            assert code == DONE, f"done, though it should have been {code}"
            return done
        assert refused.code == code, f"{refused.code} ({refused.reason}) instead of {code}"
        assert code not in ("slot_taken", "not_offered") or len(refused.nearest) >= 3
        return None

    def upcoming(self, name: int, after: datetime) -> list[Visit]:
        """Return the live visits of one person that end after a wall time."""
        mine = [seen[-1] for seen in self.visits if self.names[seen[-1].id] == name]
        return [visit for visit in mine if visit.status == "booked" and visit.ends > after]

    def is_elsewhere(self, name: int, wish: Wish, but: int = 0) -> bool:
        """Say whether a person already has a visit at that time (E47)."""
        begins, ends = self.at(wish.begins), self.at(wish.ends)
        visits = (visit for visit in self.upcoming(name, begins) if visit.id != but)
        return any(visit.starts < ends for visit in visits)

    def is_in_time(self, visit: Visit) -> bool:
        """Say whether a patient may still change it (E37)."""
        return visit.starts - self.day.now >= WINDOW

    def settle(self, visit: Visit, wish: Wish, outcome: Outcome) -> None:
        """Write down a visit that was booked or moved, and the holds that gave way (E24)."""
        assert (visit.practitioner, visit.room, visit.status) == (outcome.person, outcome.room, "booked")
        self.let_go(wish, outcome)
        self.day.entries[("appointment", visit.id)] = Entry(
            "visit", uses_of(wish, visit.practitioner, visit.room)
        )

    def let_go(self, wish: Wish, outcome: Outcome) -> None:
        """Forget the holds that are gone; each must have been in the way, and only if it had to be."""
        remaining = self.read().keys()
        gone = [owner for owner in self.day.entries if owner[0] == "hold" and owner not in remaining]
        assert outcome.takes_holds or not gone, f"{gone} had to go, though there was room beside them"
        wanted = uses_of(wish, outcome.person, outcome.room)
        for owner in gone:
            assert any(use.meets(want) for use in self.day.entries[owner].uses for want in wanted)
        self.remove(gone)

    def own_kept_back(self, visit: Visit, start: datetime) -> tuple[stored.Owner, ...]:
        """Return what is kept back of a visit's earlier times where it would go there again."""
        shape = visit.sold.shape
        end = start + timedelta(minutes=shape.minutes + shape.reset.minutes)
        return tuple(
            owner
            for owner, left in self.left.items()
            if owner in self.day.entries and left.id == visit.id and left.starts < end and left.ends > start
        )

    def keep_back(self, left: Visit, freed: list[Use], taken: list[Use]) -> None:
        """Write down what is kept back for three minutes: what was freed and is not used anew (E63).

        Where units are interchangeable and others need some of them then, they may have been
        given to those others: the oracle believes the database how many are left to keep.
        """
        found = self.read()
        new = [owner for owner in found if owner[0] == "hold" and owner not in self.day.entries]
        assert len(new) <= 1
        kept = found[new[0]] if new else Counter()
        uses = []
        for use in freed:
            units = kept.pop((*use.what, *self.minutes(use)), 0)
            others = taken if capacity(use.what) == 1 else self.day.uses()
            may_be_fewer = any(use.meets(other) for other in others)
            assert units == use.units or (may_be_fewer and units < use.units), f"{use}: {units} kept back"
            if units:
                uses.append(Use(use.what, use.begins, use.ends, units))
        assert not kept, f"kept back, but never freed: {kept}"
        if new:
            until = self.day.now + timedelta(minutes=RELEASED)
            self.day.entries[new[0]] = Entry("released", uses, until)
            self.left[new[0]] = left

    def pass_time(self, minutes: int) -> None:
        """Let time pass."""
        self.day.pass_time(minutes)
        self.remove(())

    def remove(self, owners: Iterable[object]) -> None:
        """Forget entries, and whose hold they were: SQLite gives the number to the next one."""
        for owner in list(owners):
            self.day.entries.pop(owner, None)
        self.held = {who: kept for who, kept in self.held.items() if ("hold", kept[0]) in self.day.entries}


def forget_everybody() -> None:
    """Delete everything but the set-up."""
    with db.engine.connect().execution_options(**{WRITE: True}) as conn, conn.begin():
        for statement in FORGETTING[conn.dialect.name]:
            conn.exec_driver_sql(statement)
        for table in reversed(metadata.sorted_tables):
            if table is resource:
                conn.execute(table.delete().where(table.c.patient_id.is_not(None)))
            elif table.name not in SET_UP:
                conn.execute(table.delete())


def tried(action: Callable[[], Any]) -> tuple[Any, BookingRefused | None]:
    """Return what an action returned, or how it was refused."""
    try:
        return action(), None
    except BookingRefused as refused:
        return None, refused


def blocked(kind: str, what: str, begins: int, ends: int) -> list[Use]:
    """Return what a block takes: all of a person, a room or a device, or a person's hands alone (E06)."""
    if kind == "room_out":
        return [Use(("room", what), begins, ends)]
    if kind == "device_out":
        device, units = DEVICES[what]
        return [Use(("device", device), begins, ends, units)]
    hands = [Use(("hands", what), begins, ends)]
    return hands if kind == "admin" else [*hands, Use(("seat", what), begins, ends, PEOPLE[what][1])]


def hands_on(visit: Visit) -> list[tuple[datetime, datetime]]:
    """Return when a visit needs its practitioner, by the steps of the service."""
    at, found = visit.starts, []
    for number, minutes in enumerate(SERVICES[visit.service][1]):
        until = at + timedelta(minutes=minutes)
        if number % 2 == 0:
            found.append((at, until))
        at = until
    return found


def codes_to_block(kind: str) -> list[str]:
    """Return what a kind of block can be about."""
    return sorted({"room_out": ROOMS, "device_out": DEVICES}.get(kind, PEOPLE))
