"""Another room, another length, at the desk: by the move's own form, with its Undo (R5, E14)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from booking.actions import outbox
from booking.actions.outbox import Outgoing
from booking.actions.set_up import load_setup
from booking.records.database import reader
from tests.actions.edits import without
from tests.databases import MORNING, SAMPLE, Clock
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import TUESDAY, book, send

OLD_60 = 'reset = { minutes = 15, holds = ["room", "practitioner"] }\nprice_cents = 13000'
NEW_MENU = (OLD_60, 'reset = { minutes = 10, holds = ["room"] }\nprice_cents = 99900')
HERE = {"on": TUESDAY, "at": "09:00", "tell": "1"}


def stored(app: Flask) -> tuple[str, str, str, str]:
    """Return room, service, end, and what the visit was sold as."""
    query = (
        "SELECT r.code, s.code, a.ends, a.sold_as FROM appointment a"
        " JOIN room r ON r.id = a.room_id JOIN service s ON s.id = a.service_id"
    )
    with app.app_context():
        room, service, ends, sold = reader().execute(text(query)).one()
    return room, service, str(ends)[11:16], str(sold)


def messages(app: Flask) -> list[str]:
    with app.app_context():
        query = "SELECT kind FROM message WHERE state = 'planned' AND kind NOT LIKE 'reminder%'"
        return list(reader().execute(text(query)).scalars())


def undo_of(client: FlaskClient, path: str) -> str:
    """Return where the Undo of a page leads."""
    found = re.findall(r'action="(/desk/visits/[^"]+/move[^"]+)"', client.get(path).text)
    return str(found[0]).replace("&amp;", "&")


def test_another_room_is_no_news_to_the_patient(any_app: Flask, staff_client: StaffClient) -> None:
    """R5: the room changes, time and person stay; the confirmation that waits is the only message."""
    reference = book(any_app)
    before = stored(any_app)[0]
    other = "n2" if before == "n1" else "n1"
    client = staff_client("reception")
    answer = send(client, reference, "move", **HERE, practitioner="lam", room=other)
    assert answer.status_code == 303
    assert stored(any_app)[0] == other
    assert messages(any_app) == ["confirmation"]
    undo, token = undo_of(client, answer.location), csrf(client, f"/desk/visits/{reference}")
    assert client.post(undo, data={"csrf_token": token}).status_code == 303
    assert stored(any_app)[0] == before


def test_undo_in_time_says_that_nothing_is_sent(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """R5, E66: confirmed, moved and put back within the three minutes: no message, and the line says so."""
    reference = book(any_app)
    clock.at = MORNING + timedelta(minutes=3)
    with any_app.app_context():
        taken = outbox.take(clock.at)
        assert isinstance(taken, Outgoing)
        outbox.mark_sent(taken, clock.at)
    client = staff_client("reception")
    answer = send(client, reference, "move", on=TUESDAY, at="11:00", practitioner="lam", tell="1")
    undo, token = undo_of(client, answer.location), csrf(client, f"/desk/visits/{reference}")
    assert messages(any_app) == ["moved"]
    answer = client.post(undo, data={"csrf_token": token})
    assert messages(any_app) == []
    said = client.get(answer.location).text
    assert "with Grace Lam. The patient knows it so: nothing is sent." in said


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"room": "m2"}, "Now in Massage room 2. The patient is not told of it."),
        ({"service": "rmt-90"}, "Now 90 minutes. The patient is told by e-mail."),
        ({"service": "rmt-90", "tell": ""}, "Now 90 minutes. The patient is not told of it."),
        (
            {"at": "10:00", "room": "m2"},
            "Moved to 10:00 a.m., Tuesday 24 November, with Sarah Kim. Now in Massage room 2."
            " The patient is told by e-mail.",
        ),
        ({}, "Nothing has changed."),
    ],
)
def test_r5_the_answer_says_what_is_new_and_who_hears_of_it(
    app: Flask, staff_client: StaffClient, wanted: dict[str, str], said: str
) -> None:
    """R5: another room, another length or another time, each by its name; whether the patient is told."""
    reference = book(app, service="rmt-60", practitioner="kim")
    client = staff_client("reception")
    answer = send(client, reference, "move", **(HERE | {"practitioner": "kim", "room": "m1"} | wanted))
    assert f"{said}<" in client.get(answer.location).text.replace(" <", "<")


def test_r5_who_has_no_e_mail_is_to_be_called(app: Flask, staff_client: StaffClient) -> None:
    """R5: without an address the answer says that a call is to be made."""
    reference = book(app, patient={"name": "Ana", "phone": "604-555-0147"})
    client = staff_client("reception")
    answer = send(client, reference, "move", **(HERE | {"at": "10:00", "practitioner": "lam"}))
    assert "with Grace Lam. The patient is to be called." in client.get(answer.location).text


def test_e14_another_length_is_sold_anew(any_app: Flask, staff_client: StaffClient) -> None:
    """E14: the visit becomes 90 minutes at today's price, and its claims grow with it."""
    reference = book(any_app, service="rmt-60", practitioner="kim")
    client = staff_client("reception")
    answer = send(client, reference, "move", **HERE, practitioner="kim", service="rmt-90")
    assert answer.status_code == 303
    _, service, ends, sold = stored(any_app)
    assert (service, ends) == ("rmt-90", "10:30")
    assert "90 min" in sold
    refused = any_app.test_client().get(
        f"/api/v1/slots?service=rmt-30&from={TUESDAY}&to={TUESDAY}&practitioner=kim"
    )
    starts = [slot["start"][11:16] for slot in refused.json["slots"]]  # type: ignore[index]
    assert min(starts) >= "10:30"


def menu_changes(app: Flask, clock: Clock, old: str, new: str) -> None:
    menu = SAMPLE.read_text()
    assert old in menu
    with app.app_context():
        load_setup(menu.replace(old, new), clock.at)


def test_e14_e15_undo_gives_back_what_was_sold(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E14, E15, D12: a new price and reset in between; Undo brings all back as sold."""
    reference = book(any_app, service="rmt-60", practitioner="kim")
    before = stored(any_app)
    client = staff_client("reception")
    answer = send(client, reference, "move", **HERE, practitioner="kim", service="rmt-90")
    longer, undo = stored(any_app), undo_of(client, answer.location)
    menu_changes(any_app, clock, *NEW_MENU)
    answer = client.post(undo, data={"csrf_token": csrf(client, f"/desk/visits/{reference}")})
    assert answer.status_code == 303
    assert stored(any_app) == before
    undo = undo_of(client, answer.location)  # an Undo can be undone as well
    assert client.post(undo, data={"csrf_token": csrf(client, "/staff/account")}).status_code == 303
    assert stored(any_app) == longer
    answer = send(client, reference, "move", **HERE, practitioner="kim", service="rmt-60")
    assert "99900" in stored(any_app)[3]


def test_d12_undo_gives_back_a_length_that_left_the_menu(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """D12, E14: the menu has the old length no more; the visit had it, and has it again."""
    reference = book(any_app, service="rmt-60", practitioner="kim")
    before = stored(any_app)
    client = staff_client("reception")
    answer = send(client, reference, "move", **HERE, practitioner="kim", service="rmt-90")
    undo, token = undo_of(client, answer.location), csrf(client, f"/desk/visits/{reference}")
    with any_app.app_context():
        load_setup(without("services", "rmt-60"), clock.at)
    assert client.post(undo, data={"csrf_token": token}).status_code == 303
    assert stored(any_app) == before
    made_up = undo.replace("version=2", "version=3").replace("rmt-60", "rmt-30")
    refused = client.post(made_up, data={"csrf_token": token})
    assert (refused.status_code, "cannot be given back" in refused.text) == (422, True)


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({"room": "m9"}, 422, "no such room"),
        ({"service": "rmt-60"}, 422, "another length of the same treatment"),
        ({"service": "nothing"}, 422, "another length of the same treatment"),
        ({"room": "m1"}, 409, ""),
    ],
)
def test_what_cannot_be_is_said(
    app: Flask, staff_client: StaffClient, wrong: dict[str, str], status: int, told: str
) -> None:
    """A room that there is not or that is for something else, another treatment: in words, nothing moved."""
    reference = book(app)
    before = stored(app)
    client = staff_client("reception")
    answer = send(client, reference, "move", **HERE, practitioner="lam", **wrong)
    assert (answer.status_code, told in answer.text) == (status, True)
    assert stored(app) == before
