"""Blocks over visits: each visit is settled by its choice, all in one transaction, and nothing overlaps."""

import pytest

from booking.actions.block import BlockRequest, unblock
from booking.actions.block_choices import Settled, block_and_settle, review
from booking.actions.cancel import cancel
from booking.actions.offer import offer
from booking.actions.status import change_status, get_by_reference
from booking.actions.values import Question
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, Stale
from booking.scheduling.timeline import minute_of
from tests.actions.asks import MORNING, PATIENT, STAFF, at, book_visit, count, counts, rows

pytestmark = pytest.mark.usefixtures("any_app")


def wish(kind: str, what: str, day: int = 24, first: int = 9, last: int = 17) -> BlockRequest:
    """Return a request to block some hours of a day in November."""
    return BlockRequest(kind, what, at(day, first), at(day, last), "a reason")


def settle(clinic: Clinic, request: BlockRequest, *choices: tuple[Visit, str]) -> Settled:
    """Block with a choice for each visit as it was seen."""
    given = {visit.reference: (choice, visit.version) for visit, choice in choices}
    return block_and_settle(clinic, request, given, STAFF, MORNING)


def now_of(clinic: Clinic, visit: Visit) -> Visit:
    return get_by_reference(clinic, visit.reference)


def kinds(table: str) -> list[str]:
    return [row.kind for row in rows(f"SELECT kind FROM {table}")]


def offered(clinic: Clinic, service: str, practitioner: str, day: int = 24) -> set[int]:
    question = Question(service, at(day, 0).date(), at(day, 0).date(), practitioner)
    return {minute for minute, _ in offer(clinic, question, MORNING).slots()}


def test_e43_a_review_says_where_each_could_be_and_changes_nothing(clinic: Clinic) -> None:
    """E43, R7: on Tuesday Kim's massage can be with Tremblay, Lam's needles with nobody."""
    massage = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 13))
    needles = book_visit(clinic, start=at(24, 9), practitioner="lam")
    before = counts()
    (found,) = review(clinic, wish("sick", "kim"), STAFF, MORNING)
    assert found.visit.reference == massage.reference
    assert found.other is not None
    assert found.other.practitioner.code == "tremblay"
    (alone,) = review(clinic, wish("sick", "lam"), STAFF, MORNING)
    assert (alone.visit.reference, alone.other) == (needles.reference, None)
    assert (counts(), count("block")) == (before, 0)


def test_r7_a_sick_call_settles_the_day_in_one_transaction(clinic: Clinic) -> None:
    """R7: who can be taken over is, the rest goes to the call list, and the time is blocked."""
    taken = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 13))
    rest = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 10))
    done = settle(clinic, wish("sick", "kim"), (taken, "other"), (rest, "call"))
    assert done.chosen == {taken.reference: "other", rest.reference: "call"}
    assert (now_of(clinic, taken).practitioner, now_of(clinic, taken).starts) == ("tremblay", at(24, 13))
    assert now_of(clinic, rest).status == "cancelled"
    assert kinds("call_task").count("clinic_change") == 1
    assert offered(clinic, "rmt-60", "kim") == set()
    assert [row.late for row in rows("SELECT late FROM appointment WHERE status = 'cancelled'")] == [
        False
    ]  # E59: no fee for what the clinic cancels


def test_e13_a_room_goes_out_and_its_visits_find_another(clinic: Clinic) -> None:
    """E13: the practitioner stays, the room changes; where no room is left, there is no other."""
    first = book_visit(clinic, start=at(24, 9), practitioner="lam")
    out = wish("room_out", first.room)
    (found,) = review(clinic, out, STAFF, MORNING)
    assert found.other is not None
    assert found.other.room.code != first.room
    settle(clinic, out, (first, "other"))
    after = now_of(clinic, first)
    assert (after.practitioner, after.starts, after.room) == ("lam", at(24, 9), found.other.room.code)


def test_what_stays_keeps_its_time_and_the_block_takes_the_rest(clinic: Clinic) -> None:
    """E42: a visit that stays is untouched; before and after it nothing is offered."""
    visit = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 10))
    settle(clinic, wish("meeting", "kim", first=9, last=13), (visit, "keep"))
    assert now_of(clinic, visit).version == visit.version
    assert min(offered(clinic, "rmt-60", "kim")) >= minute_of(at(24, 13))


@pytest.mark.parametrize("by", [STAFF, PATIENT])
def test_time_that_comes_free_in_a_block_stays_blocked(clinic: Clinic, by: object) -> None:
    """E42: when the visit that stayed is cancelled, its time belongs to the block."""
    visit = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 10))
    done = settle(clinic, wish("meeting", "kim", first=9, last=13), (visit, "keep"))
    cancel(clinic, now_of(clinic, visit), by, MORNING)  # type: ignore[arg-type]
    assert min(offered(clinic, "rmt-60", "kim")) >= minute_of(at(24, 13))
    unblock(clinic, done.block_id, STAFF, MORNING)
    assert minute_of(at(24, 9)) in offered(clinic, "rmt-60", "kim")


def test_e42_the_whole_clinic_lists_everybody(clinic: Clinic) -> None:
    """E42: a closure needs a choice for each visit of everybody, and deletes none."""
    one = book_visit(clinic, start=at(24, 9), practitioner="lam")
    two = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 10))
    closed = wish("closed", "")
    assert {a.visit.reference for a in review(clinic, closed, STAFF, MORNING)} == {
        one.reference,
        two.reference,
    }
    settle(clinic, closed, (one, "cancel"), (two, "keep"))
    assert (now_of(clinic, one).status, now_of(clinic, two).status) == ("cancelled", "booked")
    assert count("appointment") == 2
    assert offered(clinic, "needle-followup", "lam") == set()
    assert min(offered(clinic, "rmt-60", "tremblay")) == minute_of(at(24, 17))


def test_who_is_told_and_who_is_called(clinic: Clinic) -> None:
    """Cancelled: told by mail unless staff do it; called: no mail, a call instead."""
    told = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 9))
    called = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 10, 30))
    settle(clinic, wish("sick", "kim"), (told, "cancel"), (called, "call"))
    assert kinds("message").count("cancelled") <= 1
    assert kinds("call_task").count("clinic_change") == 1


def test_what_changed_in_between_is_shown_again(clinic: Clinic) -> None:
    """E28: another visit, or another version of one, refuses the whole and changes nothing."""
    visit = book_visit(clinic, service="rmt-60", practitioner="kim", start=at(24, 10))
    sick = wish("sick", "kim")
    with pytest.raises(Stale):
        block_and_settle(clinic, sick, {}, STAFF, MORNING)
    change_status(clinic, visit, "arrived", STAFF, MORNING)
    before = counts()
    with pytest.raises(Stale):
        settle(clinic, sick, (visit, "cancel"))
    with pytest.raises(Invalid):
        settle(clinic, sick, (now_of(clinic, visit), "cancel"))  # it has begun: it can only stay
    assert (counts(), count("block")) == (before, 0)


def test_no_other_place_undoes_everything(clinic: Clinic) -> None:
    """A choice that cannot be carried out is said for its visit; the others stay as they were."""
    needles = book_visit(clinic, start=at(24, 9), practitioner="lam")
    later = book_visit(clinic, start=at(24, 11), practitioner="lam")
    before = counts()
    with pytest.raises(Invalid) as refused:
        settle(clinic, wish("sick", "lam"), (needles, "other"), (later, "cancel"))
    assert needles.reference in refused.value.fields["choice"]
    assert (counts(), now_of(clinic, later).status) == (before, "booked")


@pytest.mark.parametrize("choice", ["", "delete"])
def test_a_choice_that_there_is_not_is_refused(clinic: Clinic, choice: str) -> None:
    """Every visit needs one of the choices."""
    visit = book_visit(clinic, start=at(24, 9), practitioner="lam")
    with pytest.raises(Invalid):
        settle(clinic, wish("sick", "lam"), (visit, choice))


def test_two_blocks_over_one_visit_never_overlap(clinic: Clinic) -> None:
    """E42: a second block takes what the first left, and what the first gives back."""
    first = settle(clinic, wish("meeting", "kim", first=9, last=11))
    settle(clinic, wish("time_off", "kim", first=10, last=12))
    claimed = "SELECT count(*) AS n, sum(ends - starts) AS minutes FROM claim"
    both = rows(claimed)[0]
    assert both.minutes == both.n // 2 * 180
    unblock(clinic, first.block_id, STAFF, MORNING)
    left = rows(claimed)[0]
    assert left.minutes == both.n // 2 * 120
