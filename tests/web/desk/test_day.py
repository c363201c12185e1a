"""The day page: everything of a day in one request, and looked at again without harm."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from booking.records.database import reader
from tests.databases import Clock
from tests.records.work import statements
from tests.staff import StaffClient, csrf
from tests.web.desk.test_book import NEW
from tests.web.desk.visits import TUESDAY, book, column, send
from tests.web.patients.lint import lint, parse

DAY = f"/desk/{TUESDAY}"


def columns(page: str) -> dict[str, int]:
    """Return the lanes of each column head."""
    return {
        name: int(lanes)
        for lanes, name in re.findall(r'<th scope="col" colspan="(\d)"[^>]*><bdi>([^<]+)</bdi>', page)
    }


def test_e01_visits_in_staggered_rooms_lie_side_by_side(app: Flask, staff_client: StaffClient) -> None:
    """E01: two overlapping visits of one acupuncturist are two lanes, each with its rooms and parts."""
    for start, name in (("09:00", "Ana Lanes"), ("09:15", "Bo Lanes"), ("11:00", "Cy Lanes")):
        person = {"name": name, "email": f"{name[:2].lower()}@example.com"}
        book(app, f"{TUESDAY}T{start}", patient=person)
    page = staff_client("reception").get(DAY).text
    assert columns(page)["Grace Lam"] == 2
    assert [page.count(room) for room in ("60,</span> Needle room 1", "60,</span> Needle room 2")] == [2, 1]
    assert page.count('class="rest"') == 3


def test_what_stands_in_a_day_is_shown(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """Opening hours, who is not in, status by word, flags as letters, holds as being booked online (E24)."""
    reference = book(app, f"{TUESDAY}T09:00", patient={"name": "Dee", "phone": "604-555-0147"})
    client = staff_client("reception")
    send(client, reference, "status", status="arrived")
    patient = app.test_client()
    patient.get("/book/rmt-60")
    token = re.search(r'name="csrf_token" value="([^"]+)"', patient.get("/book/rmt-60").text)
    assert token
    patient.post("/book/rmt-60/hold", data={"csrf_token": token[1], "start": f"{TUESDAY}T13:00"})
    page = client.get(DAY).text
    assert 'class="visit arrived"' in page
    assert '<span class="state">here</span>' in page
    assert '<abbr class="flag" title="no e-mail: phone only">P</abbr>' in page
    assert "being booked online" in page
    assert "9:00</time>" in page
    clock.at += timedelta(minutes=10)
    assert "being booked online" not in client.get(DAY).text


@pytest.mark.parametrize(
    ("instant", "today"),
    [
        (datetime(2026, 11, 25, 6, 30, tzinfo=UTC), "2026-11-24"),
        (datetime(2026, 11, 25, 7, 10, tzinfo=UTC), "2026-11-25"),
    ],
)
def test_e35_today_is_the_clinics_date(
    staff_client: StaffClient, clock: Clock, instant: datetime, today: str
) -> None:
    """E35: at 23:30 Vancouver's day is not over, at 0:10 it is the next one, whatever UTC says."""
    clock.at = instant
    assert staff_client("reception").get("/desk/").location == f"/desk/{today}"


@pytest.mark.parametrize("asked", ["2026-02-30", "2026-13-01", "tomorrow", "0001-01-01", "9999-12-31", "%27"])
def test_a_date_that_does_not_exist_is_said_plainly(staff_client: StaffClient, asked: str) -> None:
    """2026-02-30 in the address: a sentence, and the way to today."""
    answer = staff_client("reception").get(f"/desk/{asked}")
    assert (answer.status_code, "No such day" in answer.text) == (404, True)
    assert 'href="/desk/2026-11-23"' in answer.text


def test_the_day_costs_few_statements_whatever_it_holds(app: Flask, staff_client: StaffClient) -> None:
    """Query budget: at most 8, with no visit and with many; looking is noted in one row (P6)."""
    client = staff_client("reception")
    counts = []
    for hour in (9, 10, 11, 14):
        with app.app_context(), statements() as sent:
            assert client.get(DAY).status_code == 200
        counts.append(len([s for s in sent if not s.startswith(("PRAGMA", "BEGIN"))]))
        book(app, f"{TUESDAY}T{hour:02}:00", patient={"name": f"P{hour}", "email": f"p{hour}@example.com"})
    assert max(counts) <= 8
    assert len(set(counts)) == 1
    with app.app_context():
        seen = reader().execute(text("SELECT actor, what FROM look")).all()
    assert seen == [("staff:reception", "day")] * 4


def test_e28_the_page_sees_others_changes_by_its_tag(app: Flask, staff_client: StaffClient) -> None:
    """Unchanged is 304; what somebody else books, marks or cancels is a new grid; no look is noted."""
    client, other = staff_client("reception"), staff_client("admin")
    tag = client.get(f"{DAY}/grid").headers["ETag"]
    assert client.get(f"{DAY}/grid", headers={"If-None-Match": tag}).status_code == 304
    tags = [tag]
    reference = book(app)
    for change in (None, ("move", {"on": TUESDAY, "at": "10:00"}), ("cancel", {"tell": "1"})):
        if change:
            assert send(other, reference, change[0], **change[1]).status_code == 303
        answer = client.get(f"{DAY}/grid", headers={"If-None-Match": tags[-1]})
        assert answer.status_code == 200
        tags.append(answer.headers["ETag"])
    assert len(set(tags)) == 4
    with app.app_context():
        assert reader().execute(text("SELECT count(*) FROM look WHERE what = 'day'")).scalar_one() == 0


def test_a_practitioner_sees_their_own_day_and_changes_nothing(app: Flask, staff_client: StaffClient) -> None:
    """A4, A6: Kim sees Kim's column; Lam's visit is none, and to change any is not for this role."""
    reference = book(app)
    client = staff_client("practitioner", practitioner="kim")
    page = client.get(DAY).text
    assert list(columns(page)) == ["Sarah Kim"]
    assert reference not in page
    assert client.get(f"/desk/visits/{reference}").status_code == 404
    assert client.post(f"/desk/visits/{reference}/status").status_code == 403


DENIED = {
    "visits/{}/move": "move",
    "visits/{}/status": "status",
    "visits/{}/cancel": "cancel",
    "book": "book",
    "blocks": "block_time",
}


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("visits/{}/move", {"on": TUESDAY, "at": "10:30", "practitioner": "lam"}),
        ("visits/{}/status", {"status": "arrived"}),
        ("visits/{}/cancel", {"tell": "1"}),
        ("book", {**NEW, "service": "needle-followup", "practitioner": "lam", "start": f"{TUESDAY}T10:30"}),
        ("blocks", {"of": "person:lam", "kind": "meeting", "from_on": TUESDAY, "to_on": TUESDAY}),
    ],
    ids=["move", "status", "cancel", "book", "block"],
)
def test_a6_a_practitioner_does_nothing_in_anothers_name(
    app: Flask, staff_client: StaffClient, what: str, fields: dict[str, str]
) -> None:
    """A6: the form that reception may send, sent by Kim with Lam's name in it: 403, one row in the trail."""
    path = f"/desk/{what}".format(book(app))
    sound = {**fields, "version": "1", "key": "k" * 24, "from_at": "13:00", "to_at": "17:00"}
    before = trail(app)
    for role, status in (("practitioner", 403), ("reception", 303)):
        client = staff_client(role, practitioner="kim" if role == "practitioner" else None)
        given = {**sound, "csrf_token": csrf(client, "/staff/account")}
        assert client.post(path, data=given).status_code == status
        assert (trail(app) == [*before, "denied"]) == (status == 403)
    denied = column(app, "SELECT actor || ' ' || after FROM audit WHERE action = 'denied'")
    assert denied == [f'staff:practitioner {{"asked": "desk.{DENIED[what]}"}}']


def trail(app: Flask) -> list[object]:
    """Return what the trail says was done to visits and blocked time."""
    return column(app, "SELECT action FROM audit WHERE action NOT LIKE '%staff%' ORDER BY id")


def test_pages_are_sound(app: Flask, staff_client: StaffClient) -> None:
    """Every page of the desk parses, has one h1 and no double id; hostile names are text (E48, B3)."""
    reference = book(app, patient={"name": "<script>alert('Null')</script>", "email": "n@example.com"})
    client = staff_client("reception")
    paths = [DAY, f"/desk/visits/{reference}", "/desk/keys", "/desk/2026-02-30", "/staff/account"]
    for path in paths:
        html = client.get(path).text
        lint(parse(html), is_staff=True)
        assert "<script>alert" not in html
