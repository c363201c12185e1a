"""Why a time is not offered: one sentence, and never another answer than the slots themselves give."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from booking.actions.block import BlockRequest
from booking.actions.block import block as block_time
from booking.actions.clinics import get_clinic
from booking.actions.offer import offer
from booking.actions.values import Question
from booking.actions.why import HELD, explain
from booking.scheduling.timeline import wall
from tests.actions.edits import edited, load
from tests.databases import MORNING
from tests.staff import BY, StaffClient, csrf
from tests.web.desk.visits import TUESDAY, book

SERVICE = "needle-followup"
NOON = datetime.fromisoformat(f"{TUESDAY}T12:00")


@pytest.mark.parametrize(
    ("at", "status"), [("9:00", 200), (" 09:00 ", 200), ("24:00", 422), ("9", 422), ("9:60", 422)]
)
def test_a_time_is_typed_as_people_write_it(staff_client: StaffClient, at: str, status: int) -> None:
    """The hour needs no leading zero; what is no time of a day is said."""
    query = {"service": SERVICE, "on": TUESDAY, "at": at}
    assert staff_client("reception").get("/desk/why", query_string=query).status_code == status


def answer(
    app: Flask, at: str, service: str = SERVICE, who: str | None = "lam"
) -> tuple[str | None, str | None]:
    """Return what is said of a start: to patients, to the desk."""
    start = datetime.fromisoformat(at)
    with app.app_context():
        question = Question(service, start.date(), start.date(), who)
        first = explain(get_clinic(None), question, start, MORNING)[0]
    return first.online, first.desk


@pytest.mark.parametrize(
    ("at", "online", "desk"),
    [
        (f"{TUESDAY}T12:00", None, None),
        (f"{TUESDAY}T11:35", "Patients are offered whole quarters only.", None),
        ("2026-11-22T12:00", "This time has passed.", "The practitioner does not work at this time."),
        ("2027-06-01T12:00", "Further ahead than patients can book online; by phone it can be.", None),
        (
            f"{TUESDAY}T13:00",
            "The practitioner has a break at this time.",
            "The practitioner has a break at this time.",
        ),
        (
            f"{TUESDAY}T17:30",
            "The practitioner does not work at this time.",
            "The practitioner does not work at this time.",
        ),
        (
            "2026-12-25T12:00",
            "The clinic is closed on this day.",
            "The clinic is closed on this day.",
        ),
        (
            f"{TUESDAY}T18:45",
            "The visit does not fit into the opening hours of this day.",
            "The visit does not fit into the opening hours of this day.",
        ),
    ],
)
def test_each_rule_says_itself(any_app: Flask, at: str, online: str | None, desk: str | None) -> None:
    """The rule that decided speaks; what only binds patients is told apart from what binds everybody."""
    assert answer(any_app, at) == (online, desk)


def test_what_is_taken_is_named(any_app: Flask) -> None:
    """Who has the practitioner's hands, and until when."""
    book(any_app, f"{TUESDAY}T12:00")
    taken = "Grace Lam is with Parvaneh Oyelaran until 12:15 p.m."
    assert answer(any_app, f"{TUESDAY}T12:00") == (taken, taken)


def test_e10_who_has_the_room_is_named(any_app: Flask) -> None:
    """E10: a second acupuncturist is in and free, the laser room is not. With the day off nobody is named."""
    book(any_app, f"{TUESDAY}T10:00", service="laser-45", companion=True, safety="ok")
    alone, _ = answer(any_app, f"{TUESDAY}T10:15", service="laser-45", who=None)
    assert alone == "Grace Lam is with Parvaneh Oyelaran until 10:50 a.m."
    with any_app.app_context():
        load(
            edited(('shifts = { fri = "09:00-17:00"', 'shifts = { tue = "09:00-17:00", fri = "09:00-17:00"'))
        )
    online, _ = answer(any_app, f"{TUESDAY}T10:15", service="laser-45", who=None)
    assert online == "Laser room is taken by Parvaneh Oyelaran until 10:50 a.m."


def test_a_blocked_room_is_named_with_its_reason(any_app: Flask) -> None:
    """E43: every room for massage is blocked: which, until when, and why."""
    for room, reason in (("m1", "Leak"), ("m2", "")):
        block(any_app, room, reason)
    _, desk = answer(any_app, f"{TUESDAY}T13:00", service="rmt-60", who="kim")
    assert (
        desk == "Massage room 1 is blocked until 4:00 p.m.: Leak; Massage room 2 is blocked until 4:00 p.m."
    )


def block(app: Flask, room: str, reason: str) -> None:
    """Block a room on Tuesday until four."""
    begins = datetime.fromisoformat(f"{TUESDAY}T12:00")
    with app.app_context():
        request = BlockRequest("room_out", room, begins, begins + timedelta(hours=4), reason)
        block_time(get_clinic(None), request, BY, MORNING)


def test_e24_a_hold_is_told_to_the_desk_as_no_obstacle(any_app: Flask) -> None:
    """E24: patients are not offered what somebody holds; reception may book through it."""
    client = any_app.test_client()
    path = f"/book/{SERVICE}/hold"
    page = client.get(f"/book/{SERVICE}?from={TUESDAY}")
    assert page.status_code == 200
    sent = {"csrf_token": csrf(client, f"/book/{SERVICE}?from={TUESDAY}"), "start": f"{TUESDAY}T12:00"}
    assert client.post(path, data={**sent, "practitioner": "lam"}).status_code == 303
    assert answer(any_app, f"{TUESDAY}T12:00") == (HELD, None)


@pytest.mark.parametrize("service", [SERVICE, "laser-45", "rmt-60"])
def test_it_never_contradicts_what_is_offered(any_app: Flask, service: str) -> None:
    """Over a whole day: silence about a time exactly where it is offered, for each practitioner too."""
    for hour in (9, 11, 15):
        book(any_app, f"{TUESDAY}T{hour:02}:00")
    with any_app.app_context():
        clinic = get_clinic(None)
        question = Question(service, NOON.date(), NOON.date())
        offered = {wall(minute): set(codes) for minute, codes in offer(clinic, question, MORNING).slots()}
        for quarter in range(4 * 8, 4 * 20):
            start = NOON.replace(hour=0) + timedelta(minutes=15 * quarter)
            whole, *each = explain(clinic, question, start, MORNING)
            free = {clinic.practitioner[code].name for code in offered.get(start, ())}
            assert {line.person for line in each if line.online is None} == free, start
            assert (whole.online is None) is bool(free), start


def test_the_page_asks_and_answers(app: Flask, staff_client: StaffClient) -> None:
    """By a form that changes nothing: one sentence, and one for each practitioner."""
    client = staff_client("reception")
    assert client.get("/desk/why").status_code == 200
    page = client.get(f"/desk/why?service={SERVICE}&practitioner=&on={TUESDAY}&at=11:35").text
    assert "Patients are offered whole quarters only. You can book it all the same." in " ".join(page.split())
    assert "Grace Lam" in page
    assert page.count("You can book it all the same.") >= 2


@pytest.mark.parametrize(
    "typed",
    [
        "on=2026-02-30&at=14:30",
        f"on={TUESDAY}&at=25:00",
        f"on={TUESDAY}&at=14:30&service=none",
        "on=&at=14:30",
    ],
)
def test_bad_input_is_said_and_kept(app: Flask, staff_client: StaffClient, typed: str) -> None:
    """Each gets a sentence, 422, and what was typed."""
    page = staff_client("reception").get(
        f"/desk/why?{typed if 'service' in typed else 'service=rmt-60&' + typed}"
    )
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert 'value="14:30"' in page.text or 'value="25:00"' in page.text
