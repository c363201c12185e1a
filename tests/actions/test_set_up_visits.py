"""A new set-up never takes away what a booked visit needs, and never changes what it was sold as."""

from datetime import date, timedelta

import pytest
from flask import Flask

from booking.actions import book as booking
from booking.actions.call_list import list_calls
from booking.actions.cancel import cancel
from booking.actions.closed_over import count_closed_over
from booking.actions.hold import hold
from booking.actions.look_up import get_visit
from booking.actions.move import move, rearrange
from booking.actions.offer import offer
from booking.actions.open_visits import finish, open_again
from booking.actions.restore import restore
from booking.actions.status import change_status
from booking.actions.values import Question, Wanted
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import NotOffered
from booking.scheduling.timeline import minute_of
from booking.scheduling.visit import Step
from tests.actions.asks import STAFF, VAULT, ask, at, book, book_visit, hold_request, instant, rows
from tests.actions.edits import edited, faults_of, load, without
from tests.actions.faulty_set_ups import SAMPLE
from tests.databases import MORNING

ON_TUESDAY = "1 visit needs it, the first on 2026-11-24: move or cancel them first"
NO_MASSAGE = ('"SAMPLE-0003"\nkinds = ["massage"]', '"SAMPLE-0003"\nkinds = ["needle"]')


def test_e16_a_practitioner_with_visits_cannot_go(clinic: Clinic, any_app: Flask) -> None:
    """Who has visits cannot leave the file; the refusal says how many and from when."""
    first = book_visit(clinic, service="rmt-60", start=at(23, 13), practitioner="kim")
    book_visit(clinic, service="rmt-60", start=at(24, 10), practitioner="kim", name="Bo Example")
    two = "cannot be removed: 2 visits need it, the first on 2026-11-23: move or cancel them first"
    assert faults_of(without("practitioners", "kim")) == ((0, "practitioners.kim", two),)
    cancel(clinic, first, STAFF, MORNING)
    one = f"cannot be removed: {ON_TUESDAY}"
    assert faults_of(without("practitioners", "kim")) == ((0, "practitioners.kim", one),)
    assert "kim" not in load(without("practitioners", "kim"), instant(24, 11, 15)).practitioner


def test_e16_a_kind_with_visits_cannot_be_lost(clinic: Clinic) -> None:
    """A therapist with massages booked stays licensed for massage until they are over."""
    book_visit(clinic, service="rmt-60", start=at(24, 10), practitioner="kim")
    assert faults_of(edited(NO_MASSAGE)) == (
        (140, "practitioners.kim.kinds", f"cannot lose massage: {ON_TUESDAY}"),
    )
    assert load(edited(NO_MASSAGE), instant(24, 11, 15)).practitioner["kim"].kinds == {"needle"}


def test_e16_a_kind_without_visits_may_go(clinic: Clinic) -> None:
    """An acupuncturist with needle visits only may stop doing laser."""
    book_visit(clinic, service="needle-followup", start=at(24, 10), practitioner="lam")
    found = load(edited(('kinds = ["needle", "laser"]', 'kinds = ["needle"]')))
    assert found.practitioner["lam"].kinds == {"needle"}


def test_e13_a_room_with_visits_cannot_go(clinic: Clinic, any_app: Flask) -> None:
    """The laser room cannot leave the file, nor lose its kind, while a laser visit is booked."""
    book_visit(clinic, service="laser-45", start=at(24, 10), practitioner="lam", safety="ok")
    gone = without("rooms", "l1", edited(('tied_to_room = "l1"\n', "")))
    assert faults_of(gone) == ((0, "rooms.l1", f"cannot be removed: {ON_TUESDAY}"),)
    assert faults_of(edited(('kinds = ["laser", "needle"]', 'kinds = ["needle"]'))) == (
        (84, "rooms.l1.kinds", f"cannot lose laser: {ON_TUESDAY}"),
    )


def test_a_device_with_visits_cannot_go(clinic: Clinic, any_app: Flask) -> None:
    """The laser and the companion's eyewear stay while a visit needs them, in their room."""
    book_visit(clinic, service="laser-45", start=at(24, 10), practitioner="lam", safety="ok", companion=True)
    needless = edited().replace("needs_devices = { laser = 1, eyewear = 2 }\n", "")
    assert faults_of(without("devices", "laser-1", needless)) == (
        (0, "devices.laser-1", f"cannot be removed: {ON_TUESDAY}"),
    )
    assert faults_of(edited(("count = 3 ", "count = 2 "))) == (
        (109, "devices.eyewear.count", f"cannot be reduced to 2: {ON_TUESDAY}"),
    )
    assert faults_of(edited(('tied_to_room = "l1"', 'tied_to_room = "n1"'))) == (
        (104, "devices.laser-1.tied_to_room", f"cannot change: {ON_TUESDAY}"),
    )
    assert faults_of(needless.replace('kind = "eyewear"', 'kind = "goggles"')) == (
        (108, "devices.eyewear.kind", f"cannot change: {ON_TUESDAY}"),
    )


def test_a_seat_with_a_visit_cannot_go(clinic: Clinic) -> None:
    """Two patients at once need two seats: max_concurrent cannot fall to one before that day is over."""
    book_visit(clinic, service="needle-followup", start=at(24, 10), practitioner="lam")
    alone = edited(("max_concurrent = 2", "max_concurrent = 1"))
    assert len(load(alone).practitioner["lam"].seats) == 1
    two = load(edited())
    book_visit(two, service="needle-followup", start=at(24, 10, 15), practitioner="lam", name="Bo Example")
    assert faults_of(alone) == (
        (120, "practitioners.lam.max_concurrent", f"cannot be reduced to 1: {ON_TUESDAY}"),
    )


def test_a_kept_time_counts_until_it_runs_out(clinic: Clinic) -> None:
    """A hold protects its practitioner for its ten minutes, not longer."""
    hold(clinic, hold_request(service="rmt-60", start=at(24, 10), practitioner="kim"), MORNING)
    gone = without("practitioners", "kim")
    assert [field for _, field, _ in faults_of(gone)] == ["practitioners.kim"]
    assert "kim" not in load(gone, MORNING + timedelta(minutes=11)).practitioner


def test_e14_longer_steps_hold_from_the_next_booking(clinic: Clinic, any_app: Flask) -> None:
    """A visit keeps the steps it was booked with; the next one has the new ones."""
    token = book(clinic, service="needle-followup", start=at(24, 10), practitioner="lam").token
    after = load(edited(("minutes = 60\nsteps = [15, 30, 15]", "minutes = 75\nsteps = [30, 30, 15]")))
    again = book_visit(after, service="needle-followup", start=at(25, 11), practitioner="lam", name="Bo")
    before = get_visit(after, token, MORNING)
    assert (before.starts, before.ends) == (at(24, 10), at(24, 11))
    assert before.sold.shape.steps == (Step(15, True), Step(30, False), Step(15, True))
    assert (again.starts, again.ends) == (at(25, 11), at(25, 12, 15))
    assert again.sold.shape.steps == (Step(30, True), Step(30, False), Step(15, True))


def test_e15_a_new_price_holds_from_the_next_booking(clinic: Clinic, any_app: Flask) -> None:
    """A booked patient pays what was quoted, with the tax of that day; the next pays the new price."""
    token = book(clinic, service="rmt-60", start=at(24, 10), practitioner="kim").token
    after = load(
        edited(("price_cents = 13000", "price_cents = 14000"), ("gst_percent = 5", "gst_percent = 10"))
    )
    again = book_visit(after, service="rmt-60", start=at(25, 10), practitioner="kim", name="Bo Example")
    assert get_visit(after, token, MORNING).sold.total_cents == 13650
    assert again.sold.total_cents == 15400


def test_a_service_may_leave_the_menu(clinic: Clinic) -> None:
    """A retired service takes no visit with it (D12, D13)."""
    token = book(clinic, service="rmt-90", start=at(24, 10), practitioner="kim").token
    after = load(without("services", "rmt-90"))
    visit = get_visit(after, token, MORNING)
    assert "rmt-90" not in after.service
    assert (visit.status, visit.sold.service_name) == ("booked", "Registered massage therapy, 90 min")


VISITS = "SELECT id, status, starts, version FROM appointment ORDER BY id"
CLOSURE = "extra_closures = ["
HALF_DAY = (CLOSURE, f'{CLOSURE}\n  {{ date = "2026-11-24", hours = ["09:00-12:00"], reason = "Half day" }},')
HOLIDAY = (CLOSURE, f'{CLOSURE}\n  {{ date = "2026-11-24", hours = [], reason = "Closed" }},')


@pytest.mark.parametrize(
    ("edit", "affected"), [(HALF_DAY, ["P-late"]), (HOLIDAY, ["P-early", "P-late"])], ids=["half", "whole"]
)
def test_t11_a_closure_over_booked_visits_cancels_none(
    clinic: Clinic, any_app: Flask, edit: tuple[str, str], affected: list[str]
) -> None:
    """T11: nobody new is offered that time; who is booked in it stands, and reception has them to call.

    Opened again, there is nobody to call. What staff had put outside the hours on purpose is left alone.
    """
    tuesday = date(2026, 11, 24)
    for hour, name in ((10, "P-early"), (13, "P-late")):
        book_visit(clinic, service="rmt-60", start=at(24, hour), practitioner="kim", name=name)
    on_purpose = ask(service="rmt-60", start=at(24, 7), practitioner="kim", name="P-on-purpose", door="desk")
    booking.book(clinic, on_purpose, STAFF, MORNING, VAULT, "Flies out at nine")
    before = rows(VISITS)
    after = load(edited(edit))
    assert rows(VISITS) == before
    assert to_call(after) == affected
    free = offer(after, Question("rmt-60", tuesday, tuesday, "kim", companion=False), MORNING).slots()
    noon = minute_of(at(24, 12))
    assert [minute for minute, _ in free if minute >= noon or edit is HOLIDAY] == []
    load(edited(edit, ("gst_percent = 5", "gst_percent = 6")))
    assert to_call(after) == affected
    assert to_call(load(SAMPLE)) == []


def test_t11_a_practitioner_on_leave(clinic: Clinic, any_app: Flask) -> None:
    """T11, E44: a day off entered over a visit; once it is moved, the call is settled by itself."""
    visit = book_visit(clinic, service="rmt-60", start=at(24, 10), practitioner="kim", name="P-kim")
    after = load(
        edited(
            (
                'name = "Sarah Kim"',
                'name = "Sarah Kim"\nshift_exceptions = [{ date = "2026-11-24", hours = [] }]',
            )
        )
    )
    assert to_call(after) == ["P-kim"]
    move(after, visit, at(25, 10), "kim", STAFF, MORNING)
    assert to_call(after) == []


def test_t11_the_call_follows_the_visit(clinic: Clinic, any_app: Flask) -> None:
    """T11: cancelled or moved, nobody is to be called; taken back into closed time, they are again.

    Another room leaves the call as it is; a time that staff choose for a reason is theirs to know.
    """
    visit = book_visit(clinic, service="rmt-60", start=at(24, 10), practitioner="kim", name="P-kim")
    after = load(edited(HOLIDAY))
    gone = cancel(after, visit, STAFF, MORNING)
    assert to_call(after) == []
    visit = restore(after, gone, STAFF, MORNING)
    assert to_call(after) == ["P-kim"]
    there = move(after, visit, at(25, 10), "kim", STAFF, MORNING)
    assert to_call(after) == []
    back = Wanted(at(24, 10), "kim", visit.room, visit.service, is_undo=True)
    visit = rearrange(after, there, back, STAFF, MORNING, override="Undo")
    assert to_call(after) == ["P-kim"]
    other = next(room for room in ("m1", "m2") if room != visit.room)
    visit = rearrange(after, visit, Wanted(at(24, 10), "kim", other), STAFF, MORNING, override="Leak")
    assert to_call(after) == ["P-kim"]
    move(after, visit, at(24, 11), "kim", STAFF, MORNING, override="Comes in all the same")
    assert to_call(after) == []


def test_t11_who_has_come_is_not_called(clinic: Clinic, any_app: Flask) -> None:
    """T11: who is here, or was, need not be called: not in list nor count; Undo brings the call back."""
    visit = book_visit(clinic, service="rmt-60", start=at(24, 10), practitioner="kim", name="P-kim")
    after = load(edited(HOLIDAY))
    here = change_status(after, visit, "arrived", STAFF, instant(24, 10, 20))
    assert (to_call(after), count_closed_over(after)) == ([], 0)
    visit = change_status(after, here, "booked", STAFF, instant(24, 10, 20))
    assert (to_call(after), count_closed_over(after)) == (["P-kim"], 1)
    over = instant(24, 11, 15)
    finish(after, visit.reference, visit.version, "noshow", STAFF, over)
    assert (to_call(after), count_closed_over(after)) == ([], 0)
    open_again(after, visit.reference, visit.version + 1, STAFF, over)
    assert (to_call(after), count_closed_over(after)) == (["P-kim"], 1)


def test_t11_taken_back_into_time_that_was_closed_meanwhile(clinic: Clinic, any_app: Flask) -> None:
    """T11: the closure came while the visit was cancelled; with it, the call comes."""
    visit = book_visit(clinic, service="rmt-60", start=at(24, 10), practitioner="kim", name="P-kim")
    gone = cancel(clinic, visit, STAFF, MORNING)
    after = load(edited(HOLIDAY))
    assert to_call(after) == []
    restore(after, gone, STAFF, MORNING)
    assert to_call(after) == ["P-kim"]


def to_call(clinic: Clinic) -> list[str]:
    """Return who is to be called because the clinic is closed at their time now."""
    found = list_calls(clinic, MORNING).now
    return [one.task.name for one in found if "Closed at that time" in one.why]


@pytest.mark.parametrize(("days", "who"), [(10, {"kim"}), (30, {"tremblay", "ahmadi"})])
def test_e45_somebody_else_soon_goes_before_the_same_person_weeks_away(
    clinic: Clinic, any_app: Flask, days: int, who: set[str]
) -> None:
    """E45: within two weeks the nearest times are of the person who was asked for, else of anybody."""
    off = ", ".join(
        f'{{ date = "{date(2026, 11, 23) + timedelta(days=n)}", hours = [] }}' for n in range(days)
    )
    named = 'name = "Sarah Kim"'
    after = load(edited((named, f"{named}\nshift_exceptions = [{off}]")))
    with pytest.raises(NotOffered) as refused:
        book_visit(after, service="rmt-60", start=at(24, 10), practitioner="kim")
    found = refused.value.nearest
    assert len(found) == 3
    assert all(who & set(near.practitioners) for near in found)
    assert all(abs(near.start - at(24, 10)) <= timedelta(days=14) for near in found)
