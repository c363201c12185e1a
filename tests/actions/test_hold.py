"""Holds: a time is kept while the form is filled, and never stands in reception's way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.actions.hold import extend, find_hold, hold, release
from booking.actions.offer import offer
from booking.actions.values import Question
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotFound, NotOffered, SlotTaken, TooMany
from booking.scheduling.timeline import minute_of
from tests.actions.asks import MORNING, STAFF, TUESDAY, at, book, book_visit, count, counts, hold_request

pytestmark = pytest.mark.usefixtures("any_app")
TEN = timedelta(minutes=10)


def offered(clinic: Clinic, service: str = "laser-30", now: object = MORNING) -> set[int]:
    """Return the minutes that are offered on Tuesday."""
    found = offer(clinic, Question(service, TUESDAY.date(), TUESDAY.date()), now)
    return {minute for minute, _ in found.slots()}


def test_a_hold_keeps_its_time_from_others_for_ten_minutes(clinic: Clinic) -> None:
    """A held start is not offered, until the minute at which the hold ends."""
    held = hold(clinic, hold_request(service="laser-30"), MORNING)
    assert held.expires_at == MORNING + TEN
    assert minute_of(TUESDAY) not in offered(clinic)
    assert minute_of(TUESDAY) not in offered(clinic, now=MORNING + TEN - timedelta(seconds=1))
    assert minute_of(TUESDAY) in offered(clinic, now=MORNING + TEN)


def test_the_visitors_own_hold_becomes_their_visit(clinic: Clinic) -> None:
    """Booking uses the hold up; the practitioner that was kept for anyone is theirs."""
    held = hold(clinic, hold_request(service="rmt-60", start=at(24, 13)), MORNING)
    visit = book_visit(clinic, service="rmt-60", start=at(24, 13), visitor="visitor-1")
    assert visit.practitioner == held.practitioner
    assert count("hold") == 0
    assert count("claim WHERE hold_id IS NOT NULL") == 0


def test_a_held_time_cannot_be_booked_by_another_patient(clinic: Clinic) -> None:
    """The other is told and shown free times; the hold stays."""
    hold(clinic, hold_request(service="laser-30"), MORNING)
    with pytest.raises(SlotTaken) as refused:
        book(clinic, service="laser-30", safety="ok", visitor="visitor-2")
    assert len(refused.value.nearest) == 3
    assert count("hold") == 1


def test_e23_a_hold_that_ran_out_still_books_if_free(clinic: Clinic) -> None:
    """E23: expired and still free: the booking succeeds."""
    hold(clinic, hold_request(), MORNING)
    later = MORNING + timedelta(hours=1)
    assert find_hold(clinic, "visitor-1", later) is None
    assert book(clinic, now=later, visitor="visitor-1").start == TUESDAY


def test_e23_a_hold_can_be_extended_but_not_for_ever(clinic: Clinic) -> None:
    """E23: each extension gives ten minutes from now, three times; then it ends."""
    held = hold(clinic, hold_request(service="laser-30"), MORNING)
    now = MORNING
    for _ in range(3):
        now += timedelta(minutes=9)
        held = extend(clinic, "visitor-1", now)
    assert held.expires_at == MORNING + timedelta(minutes=37)
    held = extend(clinic, "visitor-1", now + timedelta(minutes=9))
    assert (held.expires_at, held.can_extend) == (MORNING + timedelta(minutes=40), False)
    assert minute_of(TUESDAY) not in offered(clinic, now=MORNING + timedelta(minutes=39))
    with pytest.raises(NotFound):
        extend(clinic, "visitor-1", MORNING + timedelta(minutes=40))


def test_holding_the_same_time_again_does_not_start_the_clock_anew(clinic: Clinic) -> None:
    """E27: choosing the same time over and over keeps it no longer than extending does."""
    hold(clinic, hold_request(), MORNING)
    again = hold(clinic, hold_request(), MORNING + timedelta(minutes=9))
    assert extend(clinic, "visitor-1", MORNING + timedelta(minutes=18)).id == again.id
    hold(clinic, hold_request(), MORNING + timedelta(minutes=27))
    last = hold(clinic, hold_request(), MORNING + timedelta(minutes=36))
    assert last.expires_at <= MORNING + timedelta(minutes=40)


def test_e24_reception_takes_a_held_time_and_the_patient_is_told(clinic: Clinic) -> None:
    """E24: a hold never blocks staff; the visitor's booking is then refused as taken."""
    hold(clinic, hold_request(service="laser-30"), MORNING)
    assert book(clinic, by=STAFF, service="laser-30", safety="ok", name="By Phone").start == TUESDAY
    assert find_hold(clinic, "visitor-1", MORNING) is None
    with pytest.raises(SlotTaken):
        book(clinic, service="laser-30", safety="ok", visitor="visitor-1")


def test_e27_one_visitor_keeps_one_time(clinic: Clinic) -> None:
    """E27: fifty holds of one visitor leave one."""
    for number in range(50):
        hold(clinic, hold_request(start=TUESDAY + timedelta(minutes=15 * (number % 8))), MORNING)
    assert count("hold") == 1
    assert count("claim") == 4


def test_e27_an_address_keeps_at_most_ten_times(clinic: Clinic) -> None:
    """E27, A26: the eleventh hold from one address is refused with words, another address's not."""
    starts = [at(day, hour) for day in (24, 25, 26, 27, 30) for hour in (11, 12, 16)]
    for number, start in enumerate(starts[:10]):
        hold(clinic, hold_request(visitor=f"v{number}", origin="one", start=start), MORNING)
    with pytest.raises(TooMany):
        hold(clinic, hold_request(visitor="v10", origin="one", start=starts[10]), MORNING)
    assert hold(clinic, hold_request(visitor="v11", origin="two", start=starts[10]), MORNING)


def test_a_refused_wish_lets_the_earlier_hold_stand(clinic: Clinic) -> None:
    """Choosing a time that cannot be had does not lose the one that is kept."""
    hold(clinic, hold_request(), MORNING)
    before = counts()
    with pytest.raises(NotOffered):
        hold(clinic, hold_request(start=at(24, 8)), MORNING)
    assert counts() == before
    assert find_hold(clinic, "visitor-1", MORNING)


def test_a_hold_can_be_let_go(clinic: Clinic) -> None:
    """A released time is free at once; releasing twice is harmless."""
    hold(clinic, hold_request(service="laser-30"), MORNING)
    release(clinic, "visitor-1", MORNING)
    release(clinic, "visitor-1", MORNING)
    assert minute_of(TUESDAY) in offered(clinic)


def test_a_companion_is_counted_while_holding(clinic: Clinic) -> None:
    """E10: two for the laser keep three sets of eyewear, one for each person present."""
    hold(clinic, hold_request(service="laser-30", companion=True), MORNING)
    assert count("claim") == 1 + 1 + 1 + 1 + 3  # hands, seat, room, laser, eyewear


def test_holds_of_others_do_not_count_for_the_visitor(clinic: Clinic) -> None:
    """The visitor's own hold can be left out of what is offered to them."""
    held = hold(clinic, hold_request(service="laser-30"), MORNING)
    question = Question("laser-30", TUESDAY.date(), TUESDAY.date())
    mine = {minute for minute, _ in offer(clinic, question, MORNING, skip_hold=held.id).slots()}
    assert minute_of(TUESDAY) in mine - offered(clinic)


def test_offered_and_bookable_are_one(clinic: Clinic) -> None:
    """D11: every start that is offered on a busy day can be held, and no other on the grid."""
    for start in (at(24, 9), at(24, 9, 15), at(24, 11), at(24, 15)):
        book(clinic, name=str(start), start=start)
    free = offered(clinic, "needle-followup")
    for cell in range(96):
        start = at(24, 0) + timedelta(minutes=15 * cell)
        wish = hold_request(start=start)
        if minute_of(start) in free:
            assert hold(clinic, wish, MORNING).start == start
            release(clinic, "visitor-1", MORNING)
        else:
            with pytest.raises((NotOffered, SlotTaken)):
                hold(clinic, wish, MORNING)


def test_staff_are_not_bound_to_grid_and_lead(clinic: Clinic) -> None:
    """E77's rule: staff may start at 9:05 within the lead time; patients may not."""
    soon = at(23, 9, 5)
    with pytest.raises(NotOffered):
        book(clinic, start=soon)
    assert book(clinic, by=replace(STAFF, name="desk"), start=soon).start == soon
