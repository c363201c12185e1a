"""Every action in any order: the rules by which the small clinic is played."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import text

from booking.actions.block import BlockRequest, block, unblock
from booking.actions.book import book
from booking.actions.cancel import cancel
from booking.actions.hold import extend, find_hold, hold, release
from booking.actions.look_up import get_visit
from booking.actions.move import move
from booking.actions.offer import offer
from booking.actions.values import BookRequest, HoldRequest, Question
from booking.records import database
from booking.records.failures import WRITE
from booking.records.tables import db
from booking.scheduling.errors import SlotTaken
from booking.scheduling.zone import to_wall
from tests.races import stored
from tests.races.oracle import Entry, Wish, breaks_rule, uses_of
from tests.races.small_clinic import HOLD, MOST_UPCOMING, PEOPLE, SERVICES
from tests.races.world import DONE, PATIENT, STAFF, ZONE, World, blocked, codes_to_block, hands_on, tried

services = st.sampled_from(sorted(SERVICES))
people = st.sampled_from([None, *PEOPLE])
begins = st.one_of(  # mostly on the grid and close together, sometimes odd, early or late
    st.integers(0, 5).map(lambda n: 540 + 15 * n),
    st.integers(0, 24).map(lambda n: 540 + 5 * n),
    st.integers(-2, 50).map(lambda n: 540 + 5 * n),
)
visitors = st.sampled_from(["vera", "viktor", "violet"])
names = st.integers(0, 7)
indices = st.integers(0, 30)
blocks = st.sampled_from(["admin", "time_off", "room_out", "device_out"])
yes_or_no = st.booleans()
seldom = st.sampled_from([False, False, False, True])


class AnyOrder(World):
    """What people do, and what must hold after each of it."""

    @rule(service=services, begins=begins, person=people, companion=yes_or_no, visitor=visitors)
    def keep(self, service: str, begins: int, person: str | None, companion: bool, visitor: str) -> None:
        """A visitor keeps a time and lets go of the one they had (E27)."""
        wish, code = Wish(service, begins, person, companion), self.visitor(visitor)
        before = find_hold(self.clinic, code, self.now)
        own = (("hold", before.id),) if before else ()
        outcome = self.expected(wish, staff=False, without=own)
        request = HoldRequest(service, self.at(begins), person, companion, code, None)
        done = self.attempt(outcome.code, lambda: hold(self.clinic, request, self.now))
        if done is None:
            assert find_hold(self.clinic, code, self.now) == before
            return
        is_same = before is not None and before.start == done.start
        since = self.held[visitor][1] if is_same else self.day.now
        self.remove(own)
        self.held[visitor] = (done.id, since)
        assert done.practitioner == outcome.person
        assert done.expires_at == self.now + timedelta(minutes=HOLD)
        self.day.entries[("hold", done.id)] = Entry(
            "hold", uses_of(wish, outcome.person, outcome.room), to_wall(done.expires_at, ZONE)
        )

    @initialize(
        wishes=st.lists(st.tuples(services, begins, people, yes_or_no), min_size=10, max_size=16),
        cancelled=st.sets(indices, max_size=8),
    )
    def fill(self, wishes: list[tuple[str, int, str | None, bool]], cancelled: set[int]) -> None:
        """The day is not empty, and has gaps: the desk has booked much and cancelled some of it."""
        for number, (service, start, person, companion) in enumerate(wishes):
            self.book_one(service, start, person, companion, 100 + number, None, staff=True)
        for number in cancelled:
            if number < len(self.visits):
                self.cancel_one(number, staff=True, stale=False)

    @rule(visitor=visitors, longer=yes_or_no)
    def keep_or_give_back(self, visitor: str, longer: bool) -> None:
        """A visitor keeps the time longer, or gives it back."""
        if longer:
            self.keep_longer(visitor)
        else:
            release(self.clinic, self.visitor(visitor), self.now)
            self.remove([("hold", self.held.get(visitor, (0, None))[0])])

    def keep_longer(self, visitor: str) -> None:
        """A hold lasts another ten minutes, forty in all; one that has ended is gone (E23)."""
        number, since = self.held.get(visitor, (0, self.day.now))
        entry = self.day.entries.get(("hold", number))
        code = DONE if entry else "not_found"
        done = self.attempt(code, lambda: extend(self.clinic, self.visitor(visitor), self.now))
        if entry is not None:
            longer = min(self.day.now + timedelta(minutes=HOLD), since + timedelta(minutes=4 * HOLD))
            entry.expires = max(entry.expires, longer)
            assert to_wall(done.expires_at, ZONE) == entry.expires

    @rule(
        service=services,
        begins=begins,
        person=people,
        companion=yes_or_no,
        name=names,
        visitor=st.one_of(st.none(), visitors),
        staff=yes_or_no,
    )
    def book_one(
        self,
        service: str,
        begins: int,
        person: str | None,
        companion: bool,
        name: int,
        visitor: str | None,
        staff: bool,
    ) -> None:
        """Somebody books, with or without a hold; the desk also takes times that are held (E24)."""
        code = self.visitor(visitor) if visitor and not staff else None
        wish = Wish(service, begins, person, companion)
        kept = find_hold(self.clinic, code, self.now) if code else None
        own = (("hold", kept.id),) if kept else ()
        same = kept and (kept.service, kept.start, kept.companion) == (service, self.at(begins), wish.glasses)
        if same and person is None:
            wish = Wish(service, begins, kept.practitioner, companion)
        outcome = self.expected(wish, staff=staff, without=own)
        many = len(self.upcoming(name, self.day.now)) >= MOST_UPCOMING
        if outcome.code == DONE and (many or self.is_elsewhere(name, wish)):
            outcome = outcome._replace(code="not_offered")
        request = BookRequest(
            service=service,
            start=self.at(begins),
            practitioner=person,
            name=f"Person {name}",
            email=self.email(name),
            phone=None,
            language=None,
            first_visit=None,
            companion=companion,
            safety=None,
            consent=True,
            visitor=code,
        )
        by = STAFF if staff else PATIENT
        done = self.attempt(outcome.code, lambda: book(self.clinic, request, by, self.now, self.vault))
        if done is None:
            return
        self.remove(own)
        visit = get_visit(self.clinic, done.token, self.now)
        self.visits.append([visit])
        self.names[visit.id] = name
        self.settle(visit, wish, outcome)

    @precondition(lambda self: self.visits)
    @rule(index=indices, begins=begins, person=people, staff=yes_or_no, stale=seldom)
    def move_one(self, index: int, begins: int, person: str | None, staff: bool, stale: bool) -> None:
        """Somebody moves a visit; the old time stays theirs until the new one is secured (E26, E28)."""
        seen = self.visits[index % len(self.visits)]
        visit, owner = seen[-1], ("appointment", seen[-1].id)
        shown = seen[0] if stale else visit
        wish = Wish(visit.service, begins, person, visit.companion)
        outcome = self.expected(wish, staff=staff, without=(owner,))
        code = outcome.code
        if self.is_elsewhere(self.names[visit.id], wish, but=visit.id):
            code = "not_offered"
        if visit.status != "booked" or (not staff and not self.is_in_time(visit)):
            code = "too_late"
        if shown.version != visit.version and visit.status != "cancelled":
            code = "stale"
        by = STAFF if staff else PATIENT
        done = self.attempt(code, lambda: move(self.clinic, shown, self.at(begins), person, by, self.now))
        if done is None:
            return
        assert done.version == visit.version + 1
        seen.append(done)
        freed = self.day.entries.pop(owner).uses
        self.settle(done, wish, outcome)
        if not staff:
            self.keep_back(freed, self.day.entries[owner].uses)

    @precondition(lambda self: self.visits)
    @rule(index=indices, staff=yes_or_no, stale=seldom)
    def cancel_one(self, index: int, staff: bool, stale: bool) -> None:
        """Somebody cancels; a second time changes nothing, and a patient's time waits (E56, E63)."""
        seen = self.visits[index % len(self.visits)]
        visit = seen[-1]
        shown = seen[0] if stale else visit
        code = DONE
        if visit.status != "cancelled" and not staff and not self.is_in_time(visit):
            code = "too_late"
        if shown.version != visit.version and visit.status != "cancelled":
            code = "stale"
        by = STAFF if staff else PATIENT
        done = self.attempt(code, lambda: cancel(self.clinic, shown, by, self.now))
        if done is None or visit.status == "cancelled":
            return
        seen.append(done)
        freed = self.day.entries.pop(("appointment", visit.id)).uses
        if not staff:
            self.keep_back(freed, [])

    @rule(kind=blocks, index=indices, begins=begins, cells=st.integers(1, 12), back=yes_or_no)
    def block_or_unblock(self, kind: str, index: int, begins: int, cells: int, back: bool) -> None:
        """The desk blocks time, or gives blocked time back."""
        found = [owner for owner in self.day.entries if owner[0] == "block"]
        if not back or not found:
            self.block_one(kind, index, begins, cells)
            return
        owner = found[index % len(found)]
        unblock(self.clinic, owner[1], STAFF, self.now)
        del self.day.entries[owner]

    def block_one(self, kind: str, index: int, begins: int, cells: int) -> None:
        """The desk blocks a person, a room or a device; holds give way, visits do not (E06, D13)."""
        codes = codes_to_block(kind)
        what, ends = codes[index % len(codes)], begins + 5 * cells
        uses = blocked(kind, what, begins, ends)
        in_the_way = {
            owner: entry.expires
            for owner, entry in self.day.entries.items()
            if any(use.meets(mine) for use in entry.uses for mine in uses)
        }
        request = BlockRequest(kind, what, self.at(begins), self.at(ends), "away")
        done, refused = tried(lambda: block(self.clinic, request, STAFF, self.now))
        if refused is not None:
            assert refused.code == "slot_taken"
            assert None in in_the_way.values(), "refused, though no visit or block was in the way"
            return
        assert None not in in_the_way.values(), f"blocked over {in_the_way}"
        self.remove(in_the_way)
        self.day.entries[("block", done)] = Entry("block", uses)

    @rule(minutes=st.sampled_from([1, 3, 9, 10, 11, 40, 60, 300]))
    def wait(self, minutes: int) -> None:
        """Time passes; holds end at their minute, and patients' windows close (E23, E37)."""
        self.day.pass_time(minutes)
        self.remove(())

    @rule(service=services, person=people, companion=yes_or_no)
    def look(self, service: str, person: str | None, companion: bool) -> None:
        """What is offered is exactly what the oracle would let a patient book (D11)."""
        question = Question(service, self.day.on, self.day.on, person, companion)
        found = offer(self.clinic, question, self.now)
        origin = stored.minute(self.midnight)
        shown = {(at - origin, code) for at, codes in found.slots() for code in codes}
        taken = self.day.uses()
        wishes = [
            Wish(service, at, code, companion)
            for at in range(525, 795, 5)
            for code in (PEOPLE if person is None else (person,))
        ]
        assert shown == {
            (wish.begins, wish.person)
            for wish in wishes
            if not breaks_rule(wish, wish.person, self.day.now, self.day.on)
            and self.day.find_room(wish, wish.person, taken)
        }

    @precondition(lambda self: self.visits)
    @rule(index=indices, begins=begins, cells=st.integers(1, 12), fresh=yes_or_no)
    def write_past_the_program(self, index: int, begins: int, cells: int, fresh: bool) -> None:
        """The database itself refuses a claim if, and only if, it overlaps; by insert or update."""
        first, last = stored.minute(self.at(begins)), stored.minute(self.at(begins + 5 * cells))
        days = {"from": stored.minute(self.midnight), "to": stored.minute(self.at(1440))}
        rows = database.reader().execute(_CLAIMS, days).all()
        if not rows:
            return
        chosen = rows[index % len(rows)]
        others = [row for row in rows if row.resource_id == chosen.resource_id]
        taken = any(row.starts < last and first < row.ends for row in others if fresh or row.id != chosen.id)
        given = {"id": chosen.id, "starts": first, "ends": last}
        with db.engine.connect().execution_options(**{WRITE: True}) as conn, conn.begin() as opened:
            try:
                conn.execute(_INSERT if fresh else _UPDATE, given)
                refused = False
            except SlotTaken:
                refused = True
            opened.rollback()
        assert refused == taken

    @invariant()
    def claims_are_exact(self) -> None:
        """Everything live has exactly its claims, nothing else has any, none overlap."""
        found = self.read()
        patients = {seen[-1].id: seen[-1] for seen in self.visits}
        for owner, entry in self.day.entries.items():
            due = self.rows(entry.uses)
            if entry.kind == "visit":
                visit = patients[owner[1]]
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
