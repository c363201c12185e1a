"""Faults at the desk: in its own frame with a way back, in its panel with Close, small before signing in."""

import pytest
from flask import Flask

from tests.staff import StaffClient, csrf
from tests.web.patients.lint import lint, parse

PANEL = {"X-Desk-Panel": "1"}
BACK = '<a class="button" href="/desk/2026-11-23">Back to today</a>'
NOWHERE = (
    "/desk/visits/NOPE",
    "/desk/patients/999999",
    "/desk/messages?on=2026-02-30",
    "/desk/2026-02-30/sheet",
    "/desk/no/such/page",
    "/admin/no/such/page",
    "/staff/no/such/page",
)


def broken() -> str:
    raise RuntimeError("broken for this test")


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_not_there_is_told_at_the_desk(app: Flask, staff_client: StaffClient, path: str) -> None:
    """A fault keeps the desk's frame and leads back to today; nothing of the patients' pages is in it."""
    answer = staff_client("admin").get(path)
    assert answer.status_code == 404
    assert (BACK in answer.text, 'class="rail"' in answer.text) == (True, True)
    assert "Prefer to talk" not in answer.text
    lint(parse(answer.text), is_staff=True)


def test_the_panel_gets_its_part_with_close(app: Flask, staff_client: StaffClient) -> None:
    """The script's panel is given a fragment that can be closed, and says who is signed in."""
    answer = staff_client("reception").get("/desk/visits/NOPE", headers=PANEL)
    assert answer.status_code == 404
    assert ("<html" in answer.text, "data-close" in answer.text) == (False, True)
    assert "X-Desk-Who" in answer.headers


def test_a_refusal_of_a_role_is_told_at_the_desk(app: Flask, staff_client: StaffClient) -> None:
    """A4: what is not for one's account says so in the desk's frame, form or page."""
    client = staff_client("practitioner")
    for answer in (client.get("/desk/calls"), client.post("/desk/blocks"), client.get("/admin/")):
        assert (answer.status_code, BACK in answer.text) == (403, True)
        assert "This is not for your account" in answer.text


def test_an_old_form_is_told_at_the_desk(app: Flask, staff_client: StaffClient) -> None:
    """A form without its token: 400 as before, in the desk's frame."""
    answer = staff_client("reception").post("/desk/blocks")
    assert (answer.status_code, BACK in answer.text) == (400, True)


def test_our_own_fault_is_told_at_the_desk_without_asking_the_database(
    app: Flask, staff_client: StaffClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What broke has a number, nobody is asked to call us, and the rail counts nothing."""
    client = staff_client("reception")
    monkeypatch.setitem(app.view_functions, "desk.keys", broken)
    monkeypatch.setattr("booking.web.desk.shell.count", broken)
    answer = client.get("/desk/keys")
    assert (answer.status_code, BACK in answer.text) == (500, True)
    assert "by the number <b>" in answer.text
    assert "call us" not in answer.text


@pytest.mark.parametrize("path", ["/desk/no/such/page", "/staff/no/such/page"])
def test_a_stranger_is_told_in_the_small_frame(app: Flask, path: str) -> None:
    """Nobody signed in: the sign-in page's frame, with the way to it."""
    answer = app.test_client().get(path)
    assert answer.status_code == 404
    assert ('href="/staff/sign-in"' in answer.text, "Prefer to talk" in answer.text) == (True, False)
    lint(parse(answer.text), is_staff=True)


def test_a_form_after_signing_out_is_told_in_the_small_frame(app: Flask, staff_client: StaffClient) -> None:
    """What cannot be kept says so where one can sign in, not among the patients' pages."""
    client = staff_client("reception")
    token = csrf(client, "/staff/account")
    client.post("/staff/sign-out", data={"csrf_token": token})
    answer = client.post("/staff/account", data={"csrf_token": token})
    assert answer.status_code == 401
    assert ("You were signed out" in answer.text, "Prefer to talk" in answer.text) == (True, False)
    assert 'href="/staff/sign-in" target="_blank"' in answer.text


def test_patients_pages_keep_their_own(app: Flask, staff_client: StaffClient) -> None:
    """Outside the staff's addresses the page is the patients', whoever looks."""
    answer = staff_client("reception").get("/deskless")
    assert (answer.status_code, "Back to the start" in answer.text) == (404, True)


@pytest.mark.parametrize("on", ["2026-02-30", "tomorrow", "1"])
def test_a_date_that_there_is_not_is_said(app: Flask, staff_client: StaffClient, on: str) -> None:
    """E35: another day that is none is not silently today."""
    answer = staff_client("reception").get(f"/desk/?on={on}")
    assert (answer.status_code, f"There is no date “{on}”" in answer.text) == (404, True)
    assert staff_client("admin").get("/desk/?on=").location == "/desk/2026-11-23"
