"""One visit at the desk: its life, moves, cancellation; each with a version, words and a way back."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import text

from booking.records.database import reader
from tests.databases import MORNING, Clock
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import FIELD, TUESDAY, book, column, send
from tests.web.patients.lint import lint, parse

TEN = f"{TUESDAY}T10:00"


def stored(app: Flask, column: str, table: str = "appointment") -> list[object]:
    with app.app_context():
        return list(reader().execute(text(f"SELECT {column} FROM {table} ORDER BY id")).scalars())


def test_r3_arrived_in_room_done_and_back(any_app: Flask, staff_client: StaffClient) -> None:
    """R3, E73: one press each, out of order too; Undo sets back what was; the trail keeps all of it."""
    reference = book(any_app)
    client = staff_client("reception")
    for status in ("arrived", "in_room", "fulfilled", "arrived"):
        assert send(client, reference, "status", status=status).status_code == 303
    page = client.get(f"/desk/{TUESDAY}").text
    undo = f"/desk/visits/{reference}/status?to=fulfilled&amp;version=5"
    assert f'action="{undo}"' in page
    assert "Marked as here." in page
    token = csrf(client, f"/desk/visits/{reference}")
    answer = client.post(undo.replace("&amp;", "&"), data={"csrf_token": token})
    assert answer.status_code == 303
    assert stored(any_app, "status") == ["fulfilled"]
    assert stored(any_app, "action", "audit")[-5:] == [
        "arrived",
        "in_room",
        "fulfilled",
        "arrived",
        "fulfilled",
    ]


@pytest.mark.parametrize(("minutes", "status"), [(14, 409), (15, 303)])
def test_e58_no_show_after_its_minutes(
    app: Flask, staff_client: StaffClient, clock: Clock, minutes: int, status: int
) -> None:
    """E58: 15 minutes after the start, not before; and it can be set back."""
    reference = book(app)
    clock.at = MORNING + timedelta(days=1, hours=1, minutes=minutes)
    client = staff_client("reception")
    assert send(client, reference, "status", status="noshow").status_code == status
    assert stored(app, "status") == ["noshow" if status == 303 else "booked"]
    assert send(client, reference, "status", status="booked").status_code == 303


def test_e28_a_stale_form_is_refused_and_shows_what_is(app: Flask, staff_client: StaffClient) -> None:
    """E28, C9: who saw an older state changes nothing and is shown the newer one."""
    reference = book(app)
    first, second = staff_client("reception"), staff_client("admin")
    token = csrf(first, f"/desk/visits/{reference}")
    assert send(second, reference, "status", status="arrived").status_code == 303
    for what, more in (
        ("status", {"status": "fulfilled"}),
        ("move", {"on": TUESDAY, "at": "11:00"}),
        ("cancel", {}),
    ):
        data = {"csrf_token": token, "version": "1", **more}
        answer = first.post(f"/desk/visits/{reference}/{what}", data=data)
        assert (answer.status_code, "changed by somebody else" in answer.text) == (409, True)
        assert 'aria-pressed="true">Here' in answer.text
    assert stored(app, "version") == [2]


def test_r5_a_move_by_form_tells_the_patient_or_not(app: Flask, staff_client: StaffClient) -> None:
    """R5: moved to another time and person; told by mail only where the box is ticked."""
    reference = book(app)
    client = staff_client("reception")
    answer = send(client, reference, "move", on=TUESDAY, at="10:00", practitioner="lam", tell="1")
    assert answer.location == f"/desk/{TUESDAY}"
    assert "Moved to 10:00 a.m., Tuesday 24 November, with Grace Lam." in client.get(answer.location).text
    assert stored(app, "status") == ["booked"]
    assert "10:00" in str(stored(app, "starts")[0])


@pytest.mark.parametrize(
    ("at", "who", "status", "says"),
    [
        ("08:00", "lam", 409, "opening hours"),
        ("10:00", "kim", 409, "not licensed"),
        ("13:00", "nobody", 422, "no such practitioner"),
        ("25:00", "lam", 422, "such as 2026-11-24 and 14:30"),
        ("", "lam", 422, "such as 2026-11-24 and 14:30"),
    ],
)
def test_e17_what_cannot_be_moved_is_said_and_kept(
    app: Flask, staff_client: StaffClient, at: str, who: str, status: int, says: str
) -> None:
    """E17: outside hours, no licence, nobody, no time: words, the form as typed, nothing changed."""
    reference = book(app)
    client = staff_client("reception")
    answer = send(client, reference, "move", on=TUESDAY, at=at, practitioner=who)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert "09:00" in str(stored(app, "starts")[0])
    if at == "08:00":
        assert 'value="08:00"' in answer.text


def test_a_taken_time_is_said_with_free_ones(app: Flask, staff_client: StaffClient) -> None:
    """Two receptionists drop two visits on one time: the second is told, with times that are free."""
    first = book(app, f"{TUESDAY}T09:00", service="rmt-60", practitioner="kim")
    second = book(
        app,
        f"{TUESDAY}T10:30",
        service="rmt-60",
        practitioner="kim",
        patient={"name": "Other", "email": "other@example.com"},
    )
    client = staff_client("reception")
    assert send(client, first, "move", on=TUESDAY, at="13:00", practitioner="kim").status_code == 303
    answer = send(client, second, "move", on=TUESDAY, at="13:00", practitioner="kim")
    assert (answer.status_code, "Sarah Kim is with" in answer.text) == (409, True)
    assert "Free close to it" in answer.text
    assert "10:30" in str(stored(app, "starts")[1])
    near = re.findall(r'form="move-form" name="to" value="([^"]+)"', answer.text)
    assert len(near) == 3
    pressed = {**dict(FIELD.findall(answer.text)), "on": TUESDAY, "at": "13:00", "practitioner": "kim"}
    moved = client.post(f"/desk/visits/{second}/move", data={**pressed, "to": near[1]})
    assert moved.status_code == 303
    assert near[1] in str(stored(app, "starts")[1]).replace(" ", "T")


def test_d11_the_refusal_of_a_move_asks_for_the_reason(app: Flask, staff_client: StaffClient) -> None:
    """D11: it names the way out, the field stands right under it, and with a reason the visit moves."""
    reference = book(app)
    client = staff_client("reception")
    answer = send(client, reference, "move", on=TUESDAY, at="07:00", practitioner="lam")
    _, _, below = answer.text.partition("Give a reason below to move it all the same.</p>")
    assert "".join(below.split()).startswith('<divclass="field"><labelfor="reason">')
    assert 'name="reason" maxlength="200" autocomplete="off" value="" form="move-form"' in below
    lint(parse(answer.text), is_staff=True)
    again = {**dict(FIELD.findall(answer.text)), "on": TUESDAY, "at": "07:00", "practitioner": "lam"}
    done = client.post(f"/desk/visits/{reference}/move", data={**again, "reason": "Only free hour"})
    assert (done.status_code, "07:00" in str(stored(app, "starts")[0])) == (303, True)


def test_e58_from_when_a_no_show_can_be_noted_names_another_day(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E58: today only the time, on any other day its date too."""
    reference = book(app)
    client = staff_client("reception")
    said = "A no-show can be noted from 9:15 a.m."
    assert f"{said}, Tuesday 24 November." in client.get(f"/desk/visits/{reference}").text
    clock.at = MORNING + timedelta(days=1)
    assert f"{said} on." in staff_client("admin").get(f"/desk/visits/{reference}").text


def test_e59_a_late_cancellation_names_its_fee_and_leads_to_it(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E59: the answer says how much is due and shows the form, with the clinic's reasons to waive it."""
    reference = book(app)
    clock.at = MORNING + timedelta(days=1)
    client = staff_client("reception")
    answer = send(client, reference, "cancel", whose="patient")
    assert answer.location == f"/desk/visits/{reference}"
    page = client.get(answer.location).text
    assert "A late cancellation fee of $55.00 is due: record or waive it with the visit." in page
    assert '<button name="waive" value="1">Waive the fee</button>' in page
    assert '<datalist id="fee-reasons"><option value="illness"></option>' in page
    lint(parse(page), is_staff=True)


def test_e58_a_no_show_names_its_fee(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """E58: marked as a no-show, the fee to decide on is named and shown, in the panel too."""
    reference = book(app)
    clock.at = MORNING + timedelta(days=1, hours=2)
    client = staff_client("reception")
    client.environ_base["HTTP_X_DESK_PANEL"] = "1"
    answer = send(client, reference, "status", status="noshow")
    assert answer.headers["X-Desk-Next"] == f"/desk/visits/{reference}"
    assert "A no-show fee of $110.00 is due" in unquote(answer.headers["X-Desk-Said"])


def test_e59_the_clinic_cancels_without_a_fee(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """E59: an hour before the visit, cancelled by staff: never late, no fee, the time is free again."""
    reference = book(app)
    clock.at = MORNING + timedelta(days=1)
    client = staff_client("reception")
    assert send(client, reference, "cancel", tell="1").status_code == 303
    assert (stored(app, "status"), stored(app, "late")) == (["cancelled"], [0])
    page = client.get(f"/desk/visits/{reference}").text
    assert "cancelled, by staff" in page
    assert "Move the visit" not in page


def test_a_panel_answers_in_headers(app: Flask, staff_client: StaffClient) -> None:
    """The page's script gets 204 with what happened and how to undo it, and fragments instead of pages."""
    reference = book(app)
    client = staff_client("reception")
    panel = {"X-Desk-Panel": "1"}
    page = client.get(f"/desk/visits/{reference}", headers=panel).text
    assert "<html" not in page
    token = csrf(client, f"/desk/visits/{reference}")
    data = {"csrf_token": token, "version": "1", "status": "arrived"}
    answer = client.post(f"/desk/visits/{reference}/status", data=data, headers=panel)
    assert (answer.status_code, answer.headers["X-Desk-Said"]) == (204, "Marked%20as%20here.")
    assert answer.headers["X-Desk-Undo"] == f"/desk/visits/{reference}/status?to=booked&version=2"


def test_p6_opening_a_visit_is_noted_with_its_patient(app: Flask, staff_client: StaffClient) -> None:
    """P6: each look at a visit is one row that names who, when and whose."""
    reference = book(app)
    staff_client("reception").get(f"/desk/visits/{reference}")
    assert stored(app, "what", "look") == ["visit"]
    assert stored(app, "patient_id", "look") == stored(app, "patient_id")


def test_a5_a_reference_that_does_not_exist(staff_client: StaffClient) -> None:
    """A5: 404, the same for all of them."""
    client = staff_client("reception")
    answers = [client.get(f"/desk/visits/{one}") for one in ("AAAAA-AAAAA", "1", "%00"[:2], "x" * 200)]
    assert {answer.status_code for answer in answers} <= {404, 400}


UNDO = re.compile(r'action="(/desk/visits/[^"]+/restore[^"]+)"')


def test_a_cancellation_is_taken_back_before_anybody_hears(any_app: Flask, staff_client: StaffClient) -> None:
    """Undo: the visit stands again with its claims, and the message that had not left is never sent."""
    reference = book(any_app)
    client = staff_client("reception")
    claims = stored(any_app, "resource_id", "claim")
    answer = send(client, reference, "cancel", tell="1")
    assert stored(any_app, "id", "claim") == []
    undo = UNDO.findall(client.get(answer.location).text)[0].replace("&amp;", "&")
    data = {"csrf_token": csrf(client, f"/desk/visits/{reference}")}
    assert client.post(undo, data=data).status_code == 303
    assert stored(any_app, "status") == ["booked"]
    assert sorted(map(str, stored(any_app, "resource_id", "claim"))) == sorted(map(str, claims))
    with any_app.app_context():
        waiting = reader().execute(
            text("SELECT kind FROM message WHERE state = 'planned' AND kind NOT LIKE 'rem%'")
        )
        assert list(waiting.scalars()) == ["confirmation"]
    trail = stored(any_app, "action", "audit")
    assert client.post(undo, data=data).status_code == 303  # E25: a second press finds it done
    assert stored(any_app, "action", "audit") == trail


def test_e25_a_move_pressed_twice_moves_once(app: Flask, staff_client: StaffClient) -> None:
    """E25: the same form again, and a move to where the visit is: nothing is changed, nobody is told."""
    reference = book(app)
    client = staff_client("reception")
    page = client.get(f"/desk/visits/{reference}").text
    form = {"csrf_token": csrf(client, f"/desk/visits/{reference}"), "version": "1", "tell": "1"}
    form |= {"on": TUESDAY, "at": "11:00", "practitioner": "lam"}
    assert 'name="version" value="1"' in page
    path = f"/desk/visits/{reference}/move"
    assert client.post(path, data=form).status_code == 303
    after = stored(app, "version"), stored(app, "action", "audit")
    assert client.post(path, data=form).status_code == 303
    assert (stored(app, "version"), stored(app, "action", "audit")) == after


def test_a_time_that_is_taken_meanwhile_stays_taken(app: Flask, staff_client: StaffClient) -> None:
    """Who was quicker keeps the time; the visit stays cancelled, and the nearest times are named."""
    reference = book(app)
    client = staff_client("reception")
    answer = send(client, reference, "cancel")
    book(app, patient={"name": "Quicker", "email": "quicker@example.com"})
    undo = UNDO.findall(client.get(answer.location).text)[0].replace("&amp;", "&")
    refused = client.post(undo, data={"csrf_token": csrf(client, f"/desk/visits/{reference}")})
    assert (refused.status_code, "Free close to it" in refused.text) == (409, True)
    assert stored(app, "status") == ["cancelled", "booked"]


def test_undo_puts_back_the_confirmation_that_never_left(app: Flask, staff_client: StaffClient) -> None:
    """Cancelled before the confirmation left, and taken back: the patient hears that it is booked."""
    reference = book(app)
    client = staff_client("reception")
    answer = send(client, reference, "cancel")
    undo = UNDO.findall(client.get(answer.location).text)[0].replace("&amp;", "&")
    client.post(undo, data={"csrf_token": csrf(client, f"/desk/visits/{reference}")})
    with app.app_context():
        query = "SELECT kind FROM message WHERE state = 'planned' AND kind NOT LIKE 'reminder%'"
        assert list(reader().execute(text(query)).scalars()) == ["confirmation"]


@pytest.mark.parametrize(("whose", "late"), [("patient", True), ("clinic", False)])
def test_e57_e59_whose_wish_it_was_decides_about_the_fee(
    any_app: Flask, staff_client: StaffClient, clock: Clock, whose: str, late: bool
) -> None:
    """E57, E59: asked for by phone two hours before it is late; by the clinic it never is."""
    reference = book(any_app)
    clock.at = MORNING + timedelta(hours=23)
    client = staff_client("reception")
    send(client, reference, "cancel", whose=whose)
    assert [bool(one) for one in stored(any_app, "late")] == [late]
    assert stored(any_app, "cancelled_by") == ["patient" if late else "staff"]
    assert ("Late cancellation fee" in client.get(f"/desk/visits/{reference}").text) is late


@pytest.mark.parametrize("choice", ["cancelled", "clinic_change"])
def test_e63_a_visit_that_stands_again_needs_no_call_that_it_does_not(
    app: Flask, staff_client: StaffClient, choice: str
) -> None:
    """E63, E54: the call about the cancellation is void once the cancellation is taken back."""
    reference = book(app, patient={"name": "Old Tom", "phone": "604-555-0199"})
    client = staff_client("reception")
    if choice == "cancelled":
        send(client, reference, "cancel", tell="1")
    else:
        form = {"csrf_token": csrf(client, "/desk/blocks"), "of": "person:lam", "kind": "sick"}
        day = {"from_on": TUESDAY, "from_at": "9:00", "to_on": TUESDAY, "to_at": "12:00"}
        chosen = {f"choice-{reference}": "call", f"version-{reference}": "1"}
        assert client.post("/desk/blocks", data={**form, **day, **chosen}).status_code == 303
        assert client.post("/desk/blocks/1/remove", data=form).status_code == 303
    assert choice in open_calls(app)
    form = {"csrf_token": csrf(client, "/desk/blocks"), "tell": "1"}
    assert client.post(f"/desk/visits/{reference}/restore?version=2", data=form).status_code == 303
    assert open_calls(app) == {"confirmation", "reminder"}


def open_calls(app: Flask) -> set[object]:
    return set(column(app, "SELECT kind FROM call_task WHERE done_at IS NULL"))


@pytest.mark.parametrize(("what", "fields"), [("status", {"status": "arrived"}), ("cancel", {"tell": "1"})])
def test_e56_a_second_press_finds_it_done(
    app: Flask, staff_client: StaffClient, what: str, fields: dict[str, str]
) -> None:
    """E25, E56: the same form twice is one change, not somebody else's."""
    reference = book(app)
    client = staff_client("reception")
    form = {"csrf_token": csrf(client, f"/desk/visits/{reference}"), "version": "1", **fields}
    assert [client.post(f"/desk/visits/{reference}/{what}", data=form).status_code for _ in "ab"] == [
        303,
        303,
    ]
    assert column(app, "SELECT version FROM appointment") == [2]


def test_e73_staff_are_not_told_to_call_us(app: Flask, staff_client: StaffClient) -> None:
    """E73: who moves a visit that has begun is told how, in words for the desk."""
    reference = book(app)
    client = staff_client("reception")
    send(client, reference, "status", status="arrived")
    answer = send(client, reference, "move", on=TUESDAY, at="10:00", practitioner="lam")
    assert (answer.status_code, "Set it back to booked first." in answer.text) == (403, True)
