"""The calendar's views: three days, a week, rooms and devices; few statements, little weight."""

import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from booking.actions.clinics import get_clinic
from booking.actions.demo import fill as fill_demo
from booking.house import house
from tests.databases import MORNING, Clock
from tests.records.work import statements
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import TUESDAY, book
from tests.web.patients.lint import lint, parse

DAY = f"/desk/{TUESDAY}"
HEAD = re.compile(r'<th scope="col" colspan="\d+"[^>]*><bdi>([^<]+)</bdi>')


def fill(app: Flask) -> list[str]:
    """Book a few visits on Tuesday and Wednesday."""
    return [
        book(app),
        book(app, f"{TUESDAY}T11:00", service="laser-45", companion=True, safety="ok"),
        book(app, f"{TUESDAY}T10:00", service="rmt-60", practitioner="kim"),
        book(app, "2026-11-25T11:15"),
    ]


@pytest.mark.parametrize(
    ("query", "heads", "shown"),
    [
        ("", ["Grace Lam", "Arjun Sandhu", "Sarah Kim", "Daniel Tremblay", "Niloufar Ahmadi"], 3),
        ("?practitioner=kim", ["Sarah Kim"], 1),
        ("?days=7&practitioner=lam", [], 3),
        ("?days=3", [], 4),
        (
            "?by=rooms",
            ["Needle room 1", "Needle room 2", "Laser room", "Massage room 1", "Massage room 2"],
            3,
        ),
        ("?by=devices", [], 2),
        ("?days=9&by=things&practitioner=nobody", ["Grace Lam"], 3),
    ],
)
def test_each_view_shows_its_columns_and_visits(
    any_app: Flask, staff_client: StaffClient, query: str, heads: list[str], shown: int
) -> None:
    """Every visit stands under what it needs; what there is not is the usual view."""
    fill(any_app)
    page = staff_client("reception").get(f"{DAY}{query}").text
    assert HEAD.findall(page)[: len(heads)] == heads
    assert page.count("data-ref=") == shown
    lint(parse(page), is_staff=True)


def test_a_week_of_one_person_has_a_column_for_each_day(app: Flask, staff_client: StaffClient) -> None:
    """Seven heads, the day's name in each; going on goes on by a week in the same view."""
    fill(app)
    page = staff_client("reception").get(f"{DAY}?days=7&practitioner=lam").text
    assert len(HEAD.findall(page)) == 7
    assert HEAD.findall(page)[0] == "Tuesday 24 November"
    assert 'href="/desk/2026-12-01?days=7&amp;practitioner=lam"' in page
    assert 'aria-current="page">Week' in page


def filled(page: str) -> list[int]:
    """Return how many cells fill each row of the calendar, rowspans from above counted."""
    rows = re.findall(r"<tr data-minute.*?</tr>", page, re.DOTALL)
    found = [0] * len(rows)
    for n, row in enumerate(rows):
        for span in re.findall(r'<t[dh][^>]* rowspan="(\d+)"', row):
            for below in range(n, n + int(span)):
                found[below] += 1
    return found


@pytest.mark.parametrize("minute", [0, 5, 20, 55])
def test_the_line_of_now_leaves_every_cell_in_its_column(
    app: Flask, staff_client: StaffClient, clock: Clock, minute: int
) -> None:
    """At any five minutes of an hour each row has its time and its five columns, two of one person."""
    book(app)
    book(app, f"{TUESDAY}T09:15", patient={"name": "Bo Two", "email": "bo@example.com"})
    clock.at = datetime(2026, 11, 24, 17, minute, 59, tzinfo=UTC)
    page = staff_client("reception").get(DAY).text
    assert set(filled(page)) == {1 + 6}
    assert re.findall(r'<th class="now"[^>]*>.*?<time>([^<]+)', page) == [f"10:{minute:02}"]
    assert 'class="now"' not in staff_client("admin").get("/desk/2026-11-25").text


def test_rooms_and_devices_say_who_treats(app: Flask, staff_client: StaffClient) -> None:
    """Under a room stands the practitioner, under a device the practitioner and the room."""
    book(app, service="laser-45", safety="ok")
    client = staff_client("reception")
    who = re.compile(r'<span class="what">(.*?)</span></span></a>', re.DOTALL)
    shown = {by: who.findall(client.get(f"{DAY}?by={by}").text)[0] for by in ("people", "rooms", "devices")}
    assert {by: re.sub(r"<[^>]+>|(?<=\n) +|\n", "", text) for by, text in shown.items()} == {
        "people": "Laser 45, Laser room",
        "rooms": "Laser 45, Grace Lam",
        "devices": "Laser 45, Grace Lam, Laser room",
    }


def test_no_view_costs_more_statements_than_the_day(app: Flask, staff_client: StaffClient) -> None:
    """Query budget: at most 8 for any view; a look at what is kept costs less."""
    fill(app)
    client = staff_client("reception")
    counts = []
    for query in ("", "?days=3", "?days=7", "?by=rooms", "?by=devices", "?by=devices"):
        with app.app_context(), statements() as sent:
            assert client.get(f"{DAY}{query}").status_code == 200
        counts.append(len([one for one in sent if not one.startswith(("PRAGMA", "BEGIN"))]))
    assert max(counts) <= 8
    assert counts[-1] < counts[-2]


def test_a_practitioner_sees_their_own_in_every_view(app: Flask, staff_client: StaffClient) -> None:
    """A4, A6: a colleague's week, rooms, what was kept for others: nobody else's visits are shown."""
    fill(app)
    desk, kim = staff_client("reception"), staff_client("practitioner", practitioner="kim")
    others = ("?practitioner=lam", "?days=7&practitioner=lam", "?days=3", "?by=rooms", "?by=devices")
    for query in ("", *others):
        desk.get(f"{DAY}{query}")
        page = kim.get(f"{DAY}{query}").text
        assert page.count("data-ref=") == (1 if query != "?by=devices" else 0)
        assert "Massage 60," in page or query == "?by=devices"


def test_e24_a_kept_calendar_ends_with_the_hold_in_it(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E24: what is being booked online is shown while it is, and not a moment longer."""
    visitor = app.test_client()
    page = f"/book/needle-followup?from={TUESDAY}"
    held = {"csrf_token": csrf(visitor, page), "start": f"{TUESDAY}T12:00", "practitioner": "lam"}
    assert visitor.post("/book/needle-followup/hold", data=held).status_code == 303
    client = staff_client("reception")
    assert "being booked online" in client.get(DAY).text
    clock.at = MORNING + timedelta(minutes=4, seconds=59)
    assert "being booked online" in client.get(DAY).text
    clock.at = MORNING + timedelta(minutes=10)
    assert "being booked online" not in client.get(DAY).text


def test_e78_a_full_week_is_light(app: Flask, staff_client: StaffClient) -> None:
    """E78: a lived-in week of the whole clinic in one page weighs less than 60 KB on the wire."""
    with app.app_context():
        fill_demo(get_clinic(None), seed=3, days=12, now=MORNING, vault=house().vault)
    page = staff_client("reception").get(f"{DAY}?days=7")
    assert page.data.count(b"data-ref=") >= 80
    assert len(gzip.compress(page.data, 6)) < 60 * 1024


def test_several_days_are_titled_with_the_first_and_the_last(app: Flask, staff_client: StaffClient) -> None:
    """A week and three days say from when to when; a day is a day."""
    client = staff_client("reception")
    for query, title in (
        ("", "Tuesday 24 November"),
        ("?days=7", "24 to 30 November"),
        ("?days=3&by=rooms", "24 to 26 November"),
    ):
        page = client.get(f"{DAY}{query}").text
        assert re.findall(r"<h1[^>]*>([^<]+)</h1>", page) == [title]
        assert f"<title>{title} " in page
    late = client.get("/desk/2026-11-29?days=7").text
    assert ">29 November to 5 December</h1>" in late


def test_the_sheet_says_times_as_the_house_does(app: Flask, staff_client: StaffClient) -> None:
    """Hands-on minutes of the afternoon are 1:30 on paper too, never 13:30."""
    book(app, f"{TUESDAY}T13:30")
    page = staff_client("reception").get(f"{DAY}/sheet").text
    assert re.findall(r"<td><b>([^<]+)</b>", page)[0] == "1:30–1:45"
    assert "13:" not in page
