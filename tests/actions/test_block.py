"""Blocks: time of a person, a room or a device; visits in the way come first (D13)."""

from datetime import timedelta

import pytest

from booking.actions.block import BlockRequest, block, list_affected, unblock
from booking.actions.hold import find_hold, hold
from booking.actions.offer import offer
from booking.actions.values import Question
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, NotFound, SlotTaken
from booking.scheduling.timeline import minute_of
from tests.actions.asks import MORNING, STAFF, at, book, book_visit, count, counts, hold_request

pytestmark = pytest.mark.usefixtures("any_app")


def request(kind: str, what: str, starts: object, ends: object) -> BlockRequest:
    """Return a request to block time."""
    return BlockRequest(kind, what, starts, ends, "a reason")


def free(clinic: Clinic, service: str, practitioner: str, day: int) -> set[int]:
    """Return the minutes that one practitioner is offered on a day in November."""
    question = Question(service, at(day, 0).date(), at(day, 0).date(), practitioner)
    return {minute for minute, _ in offer(clinic, question, MORNING).slots()}


def test_blocked_time_is_not_offered_until_it_is_given_back(clinic: Clinic) -> None:
    """Time off from 9 to 11 takes every start that would touch it."""
    before = free(clinic, "rmt-60", "kim", 24)
    number = block(clinic, request("time_off", "kim", at(24, 9), at(24, 11)), STAFF, MORNING)
    assert min(free(clinic, "rmt-60", "kim", 24)) == minute_of(at(24, 11))
    unblock(clinic, number, STAFF, MORNING)
    assert free(clinic, "rmt-60", "kim", 24) == before
    with pytest.raises(NotFound):
        unblock(clinic, number, STAFF, MORNING)


def test_e06_an_admin_block_may_lie_in_a_rest_an_absence_may_not(clinic: Clinic) -> None:
    """E06: while the needles are in, on-site work is possible, leaving the house is not."""
    book(clinic, start=at(24, 9), practitioner="lam")
    assert block(clinic, request("admin", "lam", at(24, 9, 15), at(24, 9, 45)), STAFF, MORNING)
    with pytest.raises(SlotTaken):
        block(clinic, request("time_off", "lam", at(24, 9, 15), at(24, 9, 45)), STAFF, MORNING)


def test_e13_visits_in_the_way_are_named_and_nothing_is_changed(clinic: Clinic) -> None:
    """E13, D13: a room out of service lists its visits; no visit is touched."""
    visit = book_visit(clinic, start=at(24, 9))
    wish = request("room_out", "n1", at(24, 0), at(25, 0))
    before = counts()
    assert [one.reference for one in list_affected(clinic, wish)] == [visit.reference]
    with pytest.raises(SlotTaken):
        block(clinic, wish, STAFF, MORNING)
    assert (counts(), count("block")) == (before, 0)


def test_e24_a_block_lets_holds_go(clinic: Clinic) -> None:
    """E24: a hold does not keep reception from blocking."""
    hold(clinic, hold_request(service="laser-30"), MORNING)
    block(clinic, request("device_out", "laser-1", at(24, 0), at(25, 0)), STAFF, MORNING)
    assert find_hold(clinic, "visitor-1", MORNING) is None
    assert free(clinic, "laser-30", "lam", 24) == set()


def test_a_week_is_one_claim_a_day(clinic: Clinic) -> None:
    """D3: no claim is longer than 24 hours, whatever is blocked."""
    block(clinic, request("room_out", "m1", at(24, 12), at(30, 12)), STAFF, MORNING)
    assert count("claim") == 7


@pytest.mark.parametrize(
    ("kind", "what", "minutes", "field"),
    [
        ("holiday", "kim", 60, "kind"),
        ("time_off", "nobody", 60, "what"),
        ("room_out", "kim", 60, "what"),
        ("time_off", "kim", 0, "ends"),
        ("time_off", "kim", -60, "ends"),
        ("time_off", "kim", 3, "ends"),
    ],
)
def test_a_wrong_block_says_what_to_do(
    clinic: Clinic, kind: str, what: str, minutes: int, field: str
) -> None:
    """Unknown kinds, unknown codes and times out of order are named."""
    ends = at(24, 9) + timedelta(minutes=minutes)
    with pytest.raises(Invalid) as refused:
        block(clinic, request(kind, what, at(24, 9), ends), STAFF, MORNING)
    assert list(refused.value.fields) == [field]
