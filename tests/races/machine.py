"""Every action in any order: what can be done in the small clinic, and what must then hold."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import text

from booking.actions.block import BlockRequest, block, unblock
from booking.actions.book import book
from booking.actions.cancel import cancel
from booking.actions.hold import extend, find_hold, hold, release
from booking.actions.look_up import get_visit
from booking.actions.move import move
from booking.actions.offer import offer
from booking.actions.values import Actor, HoldRequest, Question
from booking.records import database
from booking.records.failures import WRITE
from booking.records.schema import db
from booking.scheduling.errors import SlotTaken
from booking.scheduling.zone import to_wall
from tests.races import stored
from tests.races.oracle import Entry, Wish, breaks_rule, uses_of
from tests.races.small_clinic import HOLD, MOST_UPCOMING, PEOPLE, SERVICES
from tests.races.world import DONE, PATIENT, STAFF, ZONE, World, blocked, codes_to_block, hands_on, tried


@dataclass(frozen=True)
class Step:
    """One thing that somebody does; not everything said here matters to everything done."""

    what: str
    wish: Wish
    visitor: str
    name: int
    index: int  # of the visit, block or claim that it is about
    staff: bool
    aim: int | None  # take a start that can be had; None: the wish's own, whatever comes of it
    stale: bool  # what was seen of the visit is out of date
    minutes: int
    cells: int

    @property
    def by(self) -> Actor:
        """Who does it."""
        return STAFF if self.staff else PATIENT


MINUTES = (1, 3, 9, 10, 10, 10, 11, 60, 100, 1500)
WHAT = [
    *("keep", "keep", "keep", "keep", "take", "book", "book", "book", "book", "move", "move", "move"),
    *("cancel", "extend", "release", "block", "unblock", "wait", "outlast", "look", "write_past_the_program"),
]
begins = st.one_of(  # mostly on the grid and close together, sometimes odd, early or late
    st.integers(0, 5).map(lambda n: 540 + 15 * n),
    st.integers(0, 24).map(lambda n: 540 + 5 * n),
    st.integers(-2, 50).map(lambda n: 540 + 5 * n),
)
wishes = st.builds(
    Wish, st.sampled_from(sorted(SERVICES)), begins, st.sampled_from([None, *PEOPLE]), st.booleans()
)
indices = st.integers(0, 30)
steps = st.builds(
    Step,
    what=st.sampled_from(WHAT),
    wish=wishes,
    visitor=st.sampled_from(["vera", "viktor"]),
    name=st.integers(0, 4),
    index=indices,
    staff=st.booleans(),
    aim=st.one_of(st.none(), indices, indices),
    stale=st.sampled_from([False, False, False, True]),
    minutes=st.sampled_from(MINUTES),
    cells=st.integers(1, 12),
)


class AnyOrder(World):
    """One day of the small clinic, played step by step."""

    @initialize(
        wanted=st.lists(st.builds(replace, steps, staff=st.just(True)), min_size=4, max_size=9),
    )
    def fill(self, wanted: list[Step]) -> None:
        """The day is not empty, and has gaps: the desk has booked much and cancelled some of it."""
        for number, step in enumerate(wanted):
            self.book(replace(step, name=100 + number))
        for step in wanted:
            if step.stale:
                self.cancel(replace(step, stale=False))

    @rule(step=steps)
    def act(self, step: Step) -> None:
        """Do one thing."""
        if step.what in ("move", "cancel", "write_past_the_program") and not self.visits:
            step = replace(step, what="book")
        if step.what in ("extend", "release") and self.held:
            step = replace(step, visitor=sorted(self.held)[step.index % len(self.held)])
        getattr(self, step.what)(step)

    def keep(self, step: Step) -> None:
        """A visitor keeps a time and lets go of the one they had (E27)."""
        code = self.visitor(step.visitor)
        before = find_hold(self.clinic, code, self.now)
        own = (("hold", before.id),) if before else ()
        wish = self.aimed(step.wish, step.aim, staff=False, without=own)
        outcome = self.expected(wish, staff=False, without=own)
        request = HoldRequest(wish.service, self.at(wish.begins), wish.person, wish.companion, code, None)
        done = self.attempt(outcome.code, lambda: hold(self.clinic, request, self.now))
        if done is None:
            assert find_hold(self.clinic, code, self.now) == before
            return
        is_same = before is not None and before.start == done.start
        since = self.held[step.visitor][1] if is_same else self.day.now
        self.remove(own)
        self.held[step.visitor] = (done.id, since)
        assert done.practitioner == outcome.person
        longest = since + timedelta(minutes=4 * HOLD) - self.day.now  # choosing it again is extending it
        assert done.expires_at == self.now + min(timedelta(minutes=HOLD), longest)
        self.day.entries[("hold", done.id)] = Entry(
            "hold", uses_of(wish, outcome.person, outcome.room), to_wall(done.expires_at, ZONE)
        )

    def extend(self, step: Step) -> None:
        """A hold lasts another ten minutes, forty in all; one that has ended is gone (E23)."""
        for _ in range(step.cells % 2 * 5 + 1):
            self.extend_once(step.visitor)
            self.pass_time(8)

    def extend_once(self, visitor: str) -> None:
        """Press the button once."""
        number, since = self.held.get(visitor, (0, self.day.now))
        entry = self.day.entries.get(("hold", number))
        code = DONE if entry else "not_found"
        done = self.attempt(code, lambda: extend(self.clinic, self.visitor(visitor), self.now))
        if entry is not None:
            longer = min(self.day.now + timedelta(minutes=HOLD), since + timedelta(minutes=4 * HOLD))
            entry.expires = max(entry.expires, longer)
            assert to_wall(done.expires_at, ZONE) == entry.expires

    def release(self, step: Step) -> None:
        """A visitor gives the time back."""
        release(self.clinic, self.visitor(step.visitor), self.now)
        self.remove([("hold", self.held.get(step.visitor, (0, None))[0])])

    def book(self, step: Step) -> None:
        """Somebody books, with or without a hold; the desk also takes times that are held (E24)."""
        code = None if step.staff else self.visitor(step.visitor)
        kept = find_hold(self.clinic, code, self.now) if code else None
        own = (("hold", kept.id),) if kept else ()
        wish = self.aimed(step.wish, step.aim, staff=step.staff, without=own)
        if kept and step.aim is not None:  # as the form does it
            wish = Wish(kept.service, self.minute(kept.start), None, kept.companion)
        request = self.request(wish, step.name, code)
        asked = (wish.service, self.at(wish.begins), wish.glasses)
        if kept and wish.person is None and (kept.service, kept.start, kept.companion) == asked:
            wish = replace(wish, person=kept.practitioner)
        outcome = self.expected(wish, staff=step.staff, without=own)
        many = len(self.upcoming(step.name, self.day.now)) >= MOST_UPCOMING
        if outcome.code == DONE and (many or self.is_elsewhere(step.name, wish)):
            outcome = outcome._replace(code="not_offered")
        done = self.attempt(outcome.code, lambda: book(self.clinic, request, step.by, self.now, self.vault))
        if done is None:
            return
        self.remove(own)
        visit = get_visit(self.clinic, done.token, self.now)
        self.visits.append([visit])
        self.names[visit.id] = step.name
        self.settle(visit, wish, outcome)

    def take(self, step: Step) -> None:
        """The desk wants somebody's time just where and when a visitor keeps it (E24)."""
        hands = [entry.uses[0] for entry in self.day.entries.values() if entry.kind == "hold"]
        if hands:
            chosen = hands[step.index % len(hands)]
            wish = replace(step.wish, begins=chosen.begins, person=chosen.what[1])
            step = replace(step, staff=True, aim=None, wish=wish)
        self.book(step)

    def move(self, step: Step) -> None:
        """Somebody moves a visit; the old time stays theirs until the new one is secured (E26, E28)."""
        seen = self.visits[step.index % len(self.visits)]
        visit, owner = seen[-1], ("appointment", seen[-1].id)
        shown = seen[0] if step.stale else visit
        wish = replace(step.wish, service=visit.service, companion=visit.companion)
        wish = self.aimed(wish, step.aim, staff=step.staff, without=(owner,))
        if len(seen) > 1 and step.cells % 4 == 0:  # moved by mistake: back again
            wish = replace(wish, begins=self.minute(seen[-2].starts), person=seen[-2].practitioner)
        own = self.own_kept_back(visit, self.at(wish.begins))
        outcome = self.expected(wish, staff=step.staff, without=(owner, *own))
        code = outcome.code
        if self.is_elsewhere(self.names[visit.id], wish, but=visit.id):
            code = "not_offered"
        if visit.status != "booked" or (not step.staff and not self.is_in_time(visit)):
            code = "too_late"
        if shown.version != visit.version and visit.status != "cancelled":
            code = "stale"
        start = self.at(wish.begins)
        done = self.attempt(code, lambda: move(self.clinic, shown, start, wish.person, step.by, self.now))
        if done is None:
            return
        assert done.version == visit.version + 1
        seen.append(done)
        freed = self.day.entries.pop(owner).uses
        self.remove(own)
        self.settle(done, wish, outcome)
        if not step.staff:
            self.keep_back(visit, freed, self.day.entries[owner].uses)

    def cancel(self, step: Step) -> None:
        """Somebody cancels; a second time changes nothing, and a patient's time waits (E56, E63)."""
        if not self.visits:
            return
        seen = self.visits[step.index % len(self.visits)]
        visit = seen[-1]
        shown = seen[0] if step.stale else visit
        code = DONE
        if visit.status != "cancelled" and not step.staff and not self.is_in_time(visit):
            code = "too_late"
        if shown.version != visit.version and visit.status != "cancelled":
            code = "stale"
        done = self.attempt(code, lambda: cancel(self.clinic, shown, step.by, self.now))
        if done is None or visit.status == "cancelled":
            return
        seen.append(done)
        freed = self.day.entries.pop(("appointment", visit.id)).uses
        if not step.staff:
            self.keep_back(visit, freed, [])

    def block(self, step: Step) -> None:
        """The desk blocks a person, a room or a device; holds give way, visits do not (E06, D13).

        Blocks may overlap; this model has none that do: ``tests/actions/test_block_choices.py`` has.
        """
        kind = ("admin", "time_off", "room_out", "device_out")[step.index % 4]
        codes, starts, ends = codes_to_block(kind), step.wish.begins, step.wish.begins + 5 * step.cells
        what = codes[step.index // 4 % len(codes)]
        uses = blocked(kind, what, starts, ends)
        in_the_way = {
            owner: entry.expires
            for owner, entry in self.day.entries.items()
            if any(use.meets(mine) for use in entry.uses for mine in uses)
        }
        if any(owner[0] == "block" for owner in in_the_way):
            return
        request = BlockRequest(kind, what, self.at(starts), self.at(ends), "away")
        done, refused = tried(lambda: block(self.clinic, request, STAFF, self.now))
        if refused is not None:
            assert refused.code == "slot_taken"
            assert None in in_the_way.values(), "refused, though no visit was in the way"
            return
        assert None not in in_the_way.values(), f"blocked over {in_the_way}"
        self.remove(in_the_way)
        self.day.entries[("block", done)] = Entry("block", uses)

    def unblock(self, step: Step) -> None:
        """The desk gives blocked time back."""
        found = [owner for owner in self.day.entries if owner[0] == "block"]
        if found:
            owner = found[step.index % len(found)]
            unblock(self.clinic, owner[1], STAFF, self.now)
            self.remove([owner])

    def wait(self, step: Step) -> None:
        """Time passes; holds end at their minute, and patients' windows close (E23, E37)."""
        self.pass_time(step.minutes)

    def outlast(self, step: Step) -> None:
        """A time that is held or kept back is offered, and can be had, from the minute it ends (E23)."""
        ending = [entry for entry in self.day.entries.values() if entry.expires is not None]
        if ending:
            chosen = ending[step.index % len(ending)]
            self.pass_time(int((chosen.expires - self.day.now).total_seconds()) // 60)
            hands = chosen.uses[0]
            wish = replace(step.wish, begins=hands.begins, person=hands.what[1])
            step = replace(step, wish=wish, aim=None, staff=False)
        self.look(step)
        self.book(step)

    def look(self, step: Step) -> None:
        """What is offered is exactly what the oracle would let a patient book (D11)."""
        wish, on = step.wish, self.day.on
        found = offer(self.clinic, Question(wish.service, on, on, wish.person, wish.companion), self.now)
        origin = stored.minute(self.midnight)
        shown = {(at - origin, code) for at, codes in found.slots() for code in codes}
        taken = self.day.uses()
        possible = [
            replace(wish, begins=at, person=code)
            for at in range(525, 795, 5)
            for code in (PEOPLE if wish.person is None else (wish.person,))
        ]
        assert shown == {
            (one.begins, one.person)
            for one in possible
            if not breaks_rule(one, one.person, self.day.now, on)
            and self.day.find_room(one, one.person, taken)
        }

    def write_past_the_program(self, step: Step) -> None:
        """The database itself refuses a claim if, and only if, it overlaps; by insert or update."""
        starts = stored.minute(self.at(step.wish.begins))
        given = {"starts": starts, "ends": starts + 5 * step.cells}
        days = {"from": stored.minute(self.midnight), "to": stored.minute(self.at(1440))}
        rows = database.reader().execute(_CLAIMS, days).all()
        if not rows:
            return
        chosen = rows[step.index % len(rows)]
        taken = any(
            row.resource_id == chosen.resource_id
            and row.starts < given["ends"]
            and given["starts"] < row.ends
            and (step.staff or row.id != chosen.id)
            for row in rows
        )
        with db.engine.connect().execution_options(**{WRITE: True}) as conn, conn.begin() as opened:
            try:
                conn.execute(_INSERT if step.staff else _UPDATE, {"id": chosen.id, **given})
                refused = False
            except SlotTaken:
                refused = True
            opened.rollback()
        assert refused == taken

    @invariant()
    def claims_are_exact(self) -> None:
        """Everything live has exactly its claims, nothing else has any, none overlap."""
        found = self.read()
        visits = {seen[-1].id: seen[-1] for seen in self.visits}
        for owner, entry in self.day.entries.items():
            due = self.rows(entry.uses)
            if entry.kind == "visit":
                visit = visits[owner[1]]
                whole = stored.minute(visit.starts), stored.minute(visit.ends)
                due[("patient", str(visit.patient.id), *whole)] += 1
            assert found.pop(owner, Counter()) == due, f"claims of {owner}"
        assert {kind for kind, _ in found} <= {"hold"}, f"claims of nobody: {found}"  # holds that ran out
        assert stored.count_overlaps(database.reader()) == 0

    @invariant()
    def hands_are_in_one_place(self) -> None:
        """No two hands-on steps of one person overlap, whatever was booked and moved (E02)."""
        live = [seen[-1] for seen in self.visits if seen[-1].status == "booked"]
        for person in PEOPLE:
            mine = sorted(part for v in live if v.practitioner == person for part in hands_on(v))
            assert all(one[1] <= other[0] for one, other in pairwise(mine))


_CLAIMS = text("SELECT id, resource_id, starts, ends FROM claim WHERE starts >= :from AND starts < :to")
_UPDATE = text("UPDATE claim SET starts = :starts, ends = :ends WHERE id = :id")
_INSERT = text(
    "INSERT INTO claim (clinic_id, resource_id, starts, ends, appointment_id, hold_id, block_id, expires)"
    " SELECT clinic_id, resource_id, :starts, :ends, appointment_id, hold_id, block_id, expires"
    " FROM claim WHERE id = :id"
)
