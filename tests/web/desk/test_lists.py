"""The desk's lists: calls, messages, visits to finish; the day on paper and as a table."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from booking.records.database import reader
from tests.databases import MORNING, Clock
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import TUESDAY, book, send
from tests.web.patients.lint import lint, parse

SAID = "550 no such user"
NO_MAIL = {"name": "Ana Phone", "phone": "604-555-0147"}
EVENING = MORNING + timedelta(days=1, hours=10, minutes=30)  # Tuesday 18:30
PAGES = ("/desk/calls", "/desk/messages", "/desk/open", "/desk/export", f"/desk/{TUESDAY}/sheet")


def test_r10_a_call_is_ticked_off_and_put_back(any_app: Flask, staff_client: StaffClient) -> None:
    """R10, E54: who has no e-mail stands on the list with the reason; ticked off, counted, put back."""
    book(any_app, patient=NO_MAIL)
    client = staff_client("reception")
    page = client.get("/desk/calls").text
    assert "Ana Phone" in page
    numbers = re.findall(r'action="/desk/calls/(\d+)/done"', page)
    assert numbers
    token = csrf(client, "/desk/calls")
    for number in numbers:
        answer = client.post(f"/desk/calls/{number}/done", data={"csrf_token": token})
        assert answer.location == "/desk/calls"
    page = client.get("/desk/calls").text
    assert "The call is ticked off." in page
    assert f'action="/desk/calls/{numbers[-1]}/reopen"' in page
    client.post(f"/desk/calls/{numbers[-1]}/reopen", data={"csrf_token": token})
    assert f'action="/desk/calls/{numbers[-1]}/done"' in client.get("/desk/calls").text
    assert client.post("/desk/calls/999999/done", data={"csrf_token": token}).status_code == 409


def test_r11_no_status_is_left_open(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """R11: at closing, what is over and still booked is listed; one press each, with a way back."""
    reference = book(app)
    client = staff_client("reception")
    assert reference not in client.get("/desk/open").text
    clock.at = EVENING
    client = staff_client("admin")
    page = client.get("/desk/open").text
    assert f"/desk/open/{reference}" in page
    token = csrf(client, "/desk/open")
    data = {"csrf_token": token, "status": "fulfilled", "version": "1"}
    assert client.post(f"/desk/open/{reference}", data=data).status_code == 303
    assert client.post(f"/desk/open/{reference}", data=data).status_code == 409  # seen before it changed
    with app.app_context():
        assert reader().execute(text("SELECT status FROM appointment")).scalar_one() == "fulfilled"
    client.post(f"/desk/open/{reference}/undo/2", data={"csrf_token": token})
    assert f"/desk/open/{reference}" in client.get("/desk/open").text


def test_r11_undo_gives_back_what_the_visit_stood_as(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """R11: somebody who was here is here again, not merely booked."""
    reference = book(any_app)
    clock.at = MORNING + timedelta(days=1, hours=1)
    assert send(staff_client("reception"), reference, "status", status="arrived").status_code == 303
    clock.at = EVENING
    client = staff_client("admin")
    token = csrf(client, "/desk/open")
    data = {"csrf_token": token, "status": "noshow", "version": "2"}
    assert client.post(f"/desk/open/{reference}", data=data).status_code == 303
    client.post(f"/desk/open/{reference}/undo/3", data={"csrf_token": token})
    with any_app.app_context():
        assert reader().execute(text("SELECT status FROM appointment")).scalar_one() == "arrived"


def test_the_messages_of_a_day(app: Flask, staff_client: StaffClient) -> None:
    """What failed stands first with the server's answer, is counted in the rail and can be sent again."""
    book(app, patient={"name": "Bo Mail", "email": "bo@example.com"})
    with app.app_context():
        from booking.records.transaction import light_transaction

        fail = text("UPDATE message SET state = 'failed', reason = :said WHERE kind = 'confirmation'")
        light_transaction(lambda conn: conn.execute(fail, {"said": SAID}))
    client = staff_client("reception")
    page = client.get("/desk/messages").text
    assert SAID in page
    assert "1 failed" in page
    number = re.search(r'action="/desk/messages/(\d+)/again"', page)
    assert number
    data = {"csrf_token": csrf(client, "/desk/messages"), "on": "2026-11-23"}
    answer = client.post(f"/desk/messages/{number[1]}/again", data=data)
    assert answer.location == "/desk/messages?on=2026-11-23"
    with app.app_context():
        states = reader().execute(text("SELECT state FROM message WHERE kind = 'confirmation' ORDER BY id"))
        assert list(states.scalars()) == ["skipped", "planned"]
    page = client.get("/desk/messages").text
    assert "It failed, and was sent again since." in page
    assert "1 failed" not in page
    client.post(f"/desk/messages/{number[1]}/again", data=data)  # pressed twice: nothing more
    with app.app_context():
        count = text("SELECT count(*) FROM message WHERE kind = 'confirmation'")
        assert reader().execute(count).scalar_one() == 2


def test_one_message_stands_for_every_failure_like_it(app: Flask, staff_client: StaffClient) -> None:
    """Two of a kind have failed: sent again from both lines, one leaves, and neither is a failure."""
    reference = book(app, patient={"name": "Bo Mail", "email": "bo@example.com"})
    client = staff_client("reception")
    for at in ("11:00", "13:30"):
        send(client, reference, "move", on=TUESDAY, at=at, practitioner="lam", tell="1")
        with app.app_context():
            from booking.records.transaction import light_transaction

            fail = text("UPDATE message SET state = 'failed' WHERE kind IN ('confirmation', 'moved')")
            light_transaction(lambda conn, fail=fail: conn.execute(fail))
    page = client.get("/desk/messages").text
    again = re.findall(r'action="(/desk/messages/\d+/again)"', page)
    for path in again:
        client.post(path, data={"csrf_token": csrf(client, "/desk/messages"), "on": "2026-11-23"})
    with app.app_context():
        states = reader().execute(text("SELECT state FROM message WHERE kind = 'moved'")).scalars().all()
    assert "failed" not in states
    assert states.count("planned") == 1


def test_r8_the_day_on_paper(app: Flask, staff_client: StaffClient) -> None:
    """R8: names, rooms and last four digits of every visit, by person and room; no script but the cover's."""
    for start, who in (("09:00", "Ana One"), ("09:15", "Bo Two")):
        book(app, f"{TUESDAY}T{start}", patient={"name": who, "phone": f"604-555-01{start[3:5]}"})
    page = staff_client("reception").get(f"/desk/{TUESDAY}/sheet").text
    assert page.count("Ana One") >= 2
    assert page.count("Bo Two") >= 2
    assert "0115" in page
    assert "555-0115" not in page
    assert re.findall(r"<script[^>]*/(\w+)\.\w*\.?js", page) == ["lock"]
    own = staff_client("practitioner", practitioner="kim").get(f"/desk/{TUESDAY}/sheet").text
    assert "Ana One" not in own


def test_b6_an_export_holds_no_formula(app: Flask, staff_client: StaffClient) -> None:
    """B6: a name that a spreadsheet would run is text in the table; the rest reads back as it was."""
    names = ("=SUM(A1:A9)", "+1", "-2", "@cmd", 'Quote " and, comma')
    for number, name in enumerate(names):
        start = f"2026-11-{24 + number}T13:00"
        book(
            app, start, service="rmt-30", practitioner=None, patient={"name": name, "email": "x@example.com"}
        )
    answer = staff_client("reception").get("/desk/export.csv?from=2026-11-24&to=2026-11-30")
    assert answer.content_type.startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 1 + len(names)
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]
    assert any('Quote " and, comma' in cell for row in rows for cell in row)


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("?from=2026-02-30&to=2026-03-01", 422), ("?from=2026-12-01&to=2026-11-01", 422)],
)
def test_a_range_that_cannot_be_is_asked_for_again(
    staff_client: StaffClient, query: str, status: int
) -> None:
    """No date, a date that does not exist, an end before the start: the form again, with words."""
    assert staff_client("reception").get(f"/desk/export.csv{query}").status_code == status


def test_these_pages_are_sound(app: Flask, staff_client: StaffClient) -> None:
    """They parse, have one h1, labels for all fields, and hostile names are text."""
    book(app, patient={"name": "<script>alert(1)</script>", "phone": "604-555-0147"})
    client = staff_client("reception")
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200, path
        if not path.endswith("/sheet"):  # paper has its own title
            lint(parse(answer.text), is_staff=True)
        assert "<script>alert" not in answer.text
    assert client.get("/desk/2026-02-30/sheet").status_code == 404
