"""Moving and cancelling: the old time is kept until the new one is secured."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.actions.cancel import cancel
from booking.actions.look_up import get_visit
from booking.actions.move import move
from booking.actions.offer import offer
from booking.actions.set_up import load_setup
from booking.actions.values import Question
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Busy, Invalid, NotOffered, SlotTaken, Stale, TooLate
from booking.scheduling.timeline import minute_of
from tests.actions.asks import MORNING, PATIENT, STAFF, at, book, book_visit, count, counts, instant, rows
from tests.databases import SAMPLE

pytestmark = pytest.mark.usefixtures("any_app")


def offered(clinic: Clinic, service: str, day: int, now: object = MORNING) -> set[int]:
    """Return the minutes that are offered on a day in November."""
    question = Question(service, at(day, 0).date(), at(day, 0).date())
    return {minute for minute, _ in offer(clinic, question, now).slots()}


def test_a_move_takes_the_claims_along(clinic: Clinic) -> None:
    """A moved visit has a new version, time, practitioner's name and claims, one link."""
    visit = book_visit(clinic, service="rmt-60", start=at(25, 10), practitioner="kim")
    moved = move(clinic, visit, at(26, 13), None, PATIENT, MORNING)
    assert (moved.starts, moved.ends, moved.version) == (at(26, 13), at(26, 14), 2)
    assert moved.practitioner in ("tremblay", "ahmadi")
    assert moved.sold.practitioner_name in ("Daniel Tremblay", "Niloufar Ahmadi")
    assert count("claim WHERE appointment_id IS NOT NULL") == 4
    assert rows("SELECT min(starts), max(ends) FROM claim WHERE appointment_id IS NOT NULL") == [
        (minute_of(at(26, 13)), minute_of(at(26, 14, 15)))
    ]


def test_e26_a_move_that_fails_leaves_the_old_time(clinic: Clinic) -> None:
    """E26: taken, not offered or unknown: the appointment and its claims are as before."""
    visit = book_visit(clinic, service="laser-45", safety="ok", start=at(25, 12))
    book(clinic, service="laser-45", safety="ok", start=at(26, 12), name="Other")
    before = (counts(), rows("SELECT resource_id, starts, ends FROM claim ORDER BY 1, 2"))
    for start, practitioner, error in (
        (at(26, 12), None, SlotTaken),
        (at(26, 12, 5), None, NotOffered),
        (at(27, 20), None, NotOffered),
        (at(26, 16), "kim", NotOffered),
        (at(26, 16), "nobody", Invalid),
    ):
        with pytest.raises(error):
            move(clinic, visit, start, practitioner, PATIENT, MORNING)
    assert (counts(), rows("SELECT resource_id, starts, ends FROM claim ORDER BY 1, 2")) == before


def test_a_move_by_a_quarter_of_an_hour_overlaps_itself_and_is_fine(clinic: Clinic) -> None:
    """A visit does not stand in its own way; shifting by 45 minutes reuses its hands (D3)."""
    visit = book_visit(clinic, start=at(25, 11), practitioner="lam")
    nearby = move(clinic, visit, at(25, 11, 15), "lam", PATIENT, MORNING)
    assert move(clinic, nearby, at(25, 12), "lam", PATIENT, MORNING).starts == at(25, 12)


def test_e57_the_original_time_decides_what_is_late(clinic: Clinic) -> None:
    """E57, E37: inside 24 hours a visit cannot be moved to next week; exactly 24 h before it can."""
    visit = book_visit(clinic, start=at(25, 11))
    with pytest.raises(TooLate):
        move(clinic, visit, at(30, 11), "lam", PATIENT, instant(24, 11) + timedelta(seconds=1))
    assert move(clinic, visit, at(30, 11), "lam", PATIENT, instant(24, 11)).starts == at(30, 11)


def test_e37_cancelling_is_free_until_exactly_24_hours_before(clinic: Clinic) -> None:
    """E37: 24 h 0 min before is in time; a second later it is not, and nothing changes."""
    visit = book_visit(clinic, start=at(25, 11))
    before = counts()
    with pytest.raises(TooLate):
        cancel(clinic, visit, PATIENT, instant(24, 11) + timedelta(seconds=1))
    assert counts() == before
    assert cancel(clinic, visit, PATIENT, instant(24, 11)).status == "cancelled"
    assert rows("SELECT late FROM appointment")[0][0] in (0, False)


def test_a_visit_that_has_begun_cannot_be_changed_by_link(clinic: Clinic) -> None:
    """E56: begun or past: the patient is told to call."""
    visit = book_visit(clinic, start=at(25, 11))
    for late in (instant(25, 11), instant(29, 9)):
        with pytest.raises(TooLate):
            cancel(clinic, visit, PATIENT, late)


def test_e56_cancelling_twice_is_a_friendly_no_op(clinic: Clinic) -> None:
    """E56: the second time answers with the cancelled visit and changes nothing."""
    visit = book_visit(clinic, start=at(25, 11))
    cancel(clinic, visit, PATIENT, MORNING)
    before = counts()
    assert cancel(clinic, visit, PATIENT, MORNING).status == "cancelled"
    assert counts() == before


def test_cancelling_gives_up_the_claims_and_keeps_the_appointment(clinic: Clinic) -> None:
    """D3: no claim of the visit is left; its row, link and history are."""
    visit = book_visit(clinic, start=at(25, 11))
    cancel(clinic, visit, STAFF, MORNING)
    assert count("claim") == 0
    assert rows("SELECT status, cancelled_by FROM appointment") == [("cancelled", "staff")]
    assert rows("SELECT action, actor FROM audit ORDER BY id") == [
        ("book", "patient"),
        ("cancel", "staff:reception@synergy.example"),
    ]


def test_e59_the_clinic_cancels_without_a_fee(clinic: Clinic) -> None:
    """E59: a cancellation by staff inside the window is not a late one."""
    visit = book_visit(clinic, start=at(24, 11))
    cancel(clinic, visit, STAFF, MORNING)
    assert rows("SELECT late FROM appointment")[0][0] in (0, False)


def test_e63_a_freed_time_returns_online_after_the_undo_window(clinic: Clinic) -> None:
    """E63: three minutes for patients; reception may take it at once."""
    visit = book_visit(clinic, service="laser-45", safety="ok", start=at(25, 12))
    cancel(clinic, visit, PATIENT, MORNING)
    back = MORNING + timedelta(minutes=3)
    assert minute_of(at(25, 12)) not in offered(clinic, "laser-45", 25)
    assert minute_of(at(25, 12)) not in offered(clinic, "laser-45", 25, back - timedelta(seconds=1))
    assert minute_of(at(25, 12)) in offered(clinic, "laser-45", 25, back)
    taken = book(clinic, by=STAFF, service="laser-45", safety="ok", start=at(25, 12), name="By Phone")
    assert taken.start == at(25, 12)


def test_e63_moving_frees_the_old_time_after_the_undo_window(clinic: Clinic) -> None:
    """E63: a patient's move keeps the old time back for three minutes, staff's does not."""
    visit = book_visit(clinic, service="laser-45", safety="ok", start=at(25, 12))
    move(clinic, visit, at(25, 16), "lam", PATIENT, MORNING)
    assert minute_of(at(25, 12)) not in offered(clinic, "laser-45", 25)
    assert minute_of(at(25, 12)) in offered(clinic, "laser-45", 25, MORNING + timedelta(minutes=3))


def test_a_stale_version_is_refused(clinic: Clinic) -> None:
    """E28's rule: a change made on an older view is refused and changes nothing."""
    seen = book_visit(clinic, start=at(25, 11))
    move(clinic, seen, at(25, 12), "lam", STAFF, MORNING)
    before = counts()
    with pytest.raises(Stale):
        move(clinic, seen, at(25, 16), "lam", STAFF, MORNING)
    with pytest.raises(Stale):
        cancel(clinic, seen, STAFF, MORNING)
    assert counts() == before


def test_e47_a_move_cannot_put_a_person_in_two_places(clinic: Clinic) -> None:
    """E47: moving onto one's own other visit is refused."""
    book(clinic, service="rmt-60", start=at(25, 12, 45))
    visit = book_visit(clinic, start=at(26, 12))
    with pytest.raises(NotOffered) as refused:
        move(clinic, visit, at(25, 13), "lam", PATIENT, MORNING)
    assert refused.value.reason == "two_places"


def test_e14_e15_a_booked_visit_keeps_its_shape_and_price(clinic: Clinic) -> None:
    """E14, E15, D12: a new menu touches only later bookings; a move keeps what was sold."""
    token = book(clinic, start=at(25, 11)).token
    changed = (
        SAMPLE.read_text()
        .replace("minutes = 60\nsteps = [15, 30, 15]", "minutes = 75\nsteps = [15, 45, 15]")
        .replace("price_cents = 11000", "price_cents = 12000")
    )
    load_setup(changed, MORNING)
    from booking.actions.clinics import get_clinic

    later = get_clinic(None)
    visit = get_visit(later, token, MORNING)
    assert (visit.sold.shape.minutes, visit.sold.price_cents) == (60, 11000)
    moved = move(later, visit, at(26, 11), "lam", PATIENT, MORNING)
    assert (moved.ends - moved.starts, moved.sold.price_cents) == (timedelta(minutes=60), 11000)
    new = book_visit(later, start=at(30, 9), name="Next")
    assert (new.sold.shape.minutes, new.sold.price_cents) == (75, 12000)


def test_e15_a_new_tax_does_not_reach_back(clinic: Clinic) -> None:
    """E15, L50: the tax of the day it was booked stays on the visit."""
    token = book(clinic, service="rmt-60", start=at(25, 10)).token
    load_setup(SAMPLE.read_text().replace("gst_percent = 5", "gst_percent = 7"), MORNING)
    assert get_visit(clinic, token, MORNING).sold.tax_cents == 650


def test_moving_keeps_the_price_but_takes_the_new_licence(clinic: Clinic) -> None:
    """L30: who gives the visit is named with their own licence number."""
    visit = book_visit(clinic, service="rmt-60", start=at(25, 10), practitioner="kim")
    moved = move(clinic, visit, at(27, 14), "ahmadi", PATIENT, MORNING)
    assert moved.sold.licence_number == "SAMPLE-0005"
    assert replace(moved.sold, practitioner_name="", licence_number="", room_name="") == replace(
        visit.sold, practitioner_name="", licence_number="", room_name=""
    )


def test_a_booking_never_rests_on_a_plan_that_has_changed(clinic: Clinic) -> None:
    """A set-up loaded between reading and booking: nothing is booked by the old one."""
    load_setup(SAMPLE.read_text().replace("price_cents = 11000", "price_cents = 12000"), MORNING)
    with pytest.raises(Busy):
        book(clinic)
    assert set(counts().values()) == {0}
