"""``/admin/`` and lost passwords: invitations arrive, roles count at once, somebody stays an admin."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.house import house
from booking.mail.deliver import deliver
from booking.records.database import reader
from tests.databases import MORNING, Clock
from tests.staff import StaffClient, csrf, sign_in_by

DESK = "/desk/2026-11-23"
LINK = re.compile(r"/staff/link/([A-Za-z0-9_-]{43})")


def column(app: Flask, wanted: str) -> list[object]:
    with app.app_context():
        return list(reader().execute(text(wanted)).scalars())


def number_of(app: Flask, email: str) -> int:
    found = column(app, f"SELECT id FROM staff WHERE email = '{email}'")
    return int(str(found[0]))


def links_in_mail(app: Flask, address: str) -> list[str]:
    """Send what is due and return the sign-in links of the messages to an address."""
    with app.app_context():
        deliver()
        folder = house().instance / "mail"
        mails = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.eml"))]
    return [LINK.search(mail.replace("=\n", ""))[1] for mail in mails if f"To: {address}" in mail]  # type: ignore[index]


def send(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client, "/admin/"), **fields})


def test_a13_an_invitation_arrives_and_signs_in_once(any_app: Flask, staff_client: StaffClient) -> None:
    """A13: an admin invites, a message leaves through the outbox, its link lets in once."""
    admin = staff_client("admin")
    answer = send(admin, "/admin/invite", email="new@example.com", name="New", role="reception")
    assert (answer.status_code, answer.location) == (303, "/admin/?done=invited")
    assert "leaves within a minute" in admin.get(answer.location).text
    (token,) = links_in_mail(any_app, "new@example.com")
    assert links_in_mail(any_app, "new@example.com") == [token]  # nothing is sent twice
    client = sign_in_by(any_app.test_client(), token)
    assert client.get(DESK).status_code == 200
    assert client.get("/admin/").status_code == 403
    assert any_app.test_client().get(f"/staff/link/{token}").status_code == 404
    assert token not in str(column(any_app, "SELECT snapshot FROM message"))  # A2: sealed
    assert "staff:reception" in column(any_app, "SELECT action FROM audit")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"email": "admin@example.com", "role": "reception"}, "an account with this address already"),
        ({"email": "no address", "role": "reception"}, "should look like"),
        ({"email": "", "role": "reception"}, "Please give an e-mail address"),
        ({"email": "x@example.com", "role": "owner"}, "Choose one of"),
        ({"email": "x@example.com", "role": "practitioner"}, "which practitioner"),
        (
            {"email": "x@example.com", "role": "practitioner", "practitioner": "nobody"},
            "no such practitioner",
        ),
    ],
)
def test_a_faulty_invitation_says_what_to_do_and_changes_nothing(
    app: Flask, staff_client: StaffClient, typed: dict[str, str], told: str
) -> None:
    """Each fault in words, what was typed is kept, no account and no message."""
    admin = staff_client("admin")
    answer = send(admin, "/admin/invite", name="Typed before", **typed)
    assert (answer.status_code, told in answer.text, "Typed before" in answer.text) == (422, True, True)
    assert column(app, "SELECT count(*) FROM staff") == [1]
    assert column(app, "SELECT count(*) FROM message") == [0]


def test_a11_a_role_and_a_switch_count_at_the_next_request(any_app: Flask, staff_client: StaffClient) -> None:
    """A11: whoever is signed in loses at once what was taken, and gets back what was given."""
    admin, client = staff_client("admin"), staff_client("reception")
    path = f"/admin/staff/{number_of(any_app, 'reception@example.com')}"
    assert send(admin, f"{path}/role", role="practitioner", practitioner="lam").status_code == 303
    assert client.get("/desk/calls").status_code == 403
    assert send(admin, f"{path}/role", role="reception").status_code == 303
    assert client.get("/desk/calls").status_code == 200
    assert send(admin, f"{path}/switch", to="off").status_code == 303
    assert client.get(DESK).status_code == 303
    assert "switched off" in admin.get("/admin/").text
    assert send(admin, f"{path}/switch", to="on").status_code == 303
    assert client.get(DESK).status_code == 303  # its session stays ended


def test_signing_a_colleague_out_ends_every_browser(app: Flask, staff_client: StaffClient) -> None:
    """A11: a lost phone's session is over, the account goes on."""
    admin, client = staff_client("admin"), staff_client("reception")
    path = f"/admin/staff/{number_of(app, 'reception@example.com')}"
    assert send(admin, f"{path}/sign-out").status_code == 303
    assert client.get(DESK).status_code == 303
    assert send(admin, f"{path}/link").status_code == 303
    (token,) = links_in_mail(app, "reception@example.com")
    assert sign_in_by(app.test_client(), token).get(DESK).status_code == 200


def test_a_role_that_was_chosen_stays_chosen(app: Flask, staff_client: StaffClient) -> None:
    """Refused for want of the practitioner, the role need not be chosen again; nothing is changed."""
    staff_client("reception")
    number = number_of(app, "reception@example.com")
    answer = send(staff_client("admin"), f"/admin/staff/{number}/role", role="practitioner")
    assert answer.status_code == 422
    _, _, mine = answer.text.partition(f'<select id="role-{number}"')
    assert '<option value="practitioner" selected>' in mine.partition("</select>")[0]


def test_somebody_always_stays_an_admin(any_app: Flask, staff_client: StaffClient) -> None:
    """The last admin who can sign in is neither switched off nor given another role."""
    first = staff_client("admin")
    path = f"/admin/staff/{number_of(any_app, 'admin@example.com')}"
    for what, fields in (("switch", {"to": "off"}), ("role", {"role": "reception"})):
        answer = send(first, f"{path}/{what}", **fields)
        assert (answer.status_code, "Somebody must stay an admin" in answer.text) == (422, True)
    second = staff_client("admin", email="second@example.com")
    assert send(second, f"{path}/switch", to="off").status_code == 303
    assert first.get("/admin/").status_code == 303
    last = f"/admin/staff/{number_of(any_app, 'second@example.com')}"
    assert send(second, f"{last}/role", role="reception").status_code == 422


def test_who_does_not_exist_is_not_found(app: Flask, staff_client: StaffClient) -> None:
    """A form for an account that is not there changes nothing."""
    admin = staff_client("admin")
    for what in ("role", "switch", "sign-out", "link"):
        fields = {"role": "reception"} if what == "role" else {}
        assert send(admin, f"/admin/staff/999/{what}", **fields).status_code == 404


def ask(app: Flask, email: str) -> TestResponse:
    client = app.test_client()
    token = csrf(client, "/staff/lost-password")
    return client.post("/staff/lost-password", data={"csrf_token": token, "email": email})


def test_a17_a_lost_password_answers_alike(any_app: Flask, staff_client: StaffClient) -> None:
    """A17: known, unknown and switched-off addresses get the same answer; only the first gets mail."""
    admin = staff_client("admin")
    staff_client("reception")
    staff_client("reception", email="off@example.com")
    send(admin, f"/admin/staff/{number_of(any_app, 'off@example.com')}/switch", to="off")
    answers = [ask(any_app, f"{who}@example.com") for who in ("reception", "nobody", "off")]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, "/staff/lost-password?sent=1")
    }
    assert column(any_app, "SELECT count(*) FROM message") == [3]
    assert links_in_mail(any_app, "nobody@example.com") == links_in_mail(any_app, "off@example.com") == []
    (token,) = links_in_mail(any_app, "reception@example.com")
    assert sign_in_by(any_app.test_client(), token).get(DESK).status_code == 200
    gone = column(any_app, "SELECT recipient FROM message WHERE state = 'skipped'")
    assert gone == ["", ""]  # of somebody who does not work here


def test_a18_three_an_hour_are_sent(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """A18: the same answer, no fourth message; an hour later again."""
    staff_client("reception")
    for _ in range(5):
        assert ask(app, "reception@example.com").status_code == 303
    assert len(links_in_mail(app, "reception@example.com")) == 3
    clock.at = MORNING + timedelta(hours=1, minutes=1)
    ask(app, "reception@example.com")
    assert len(links_in_mail(app, "reception@example.com")) == 4


def test_what_is_no_address_is_said(app: Flask) -> None:
    """The field's fault stands beside it, with what was typed."""
    for typed in ("", "somebody", "a@example.com\nBcc: b@example.com"):
        answer = ask(app, typed)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_a_link_of_the_mail_runs_out(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """48 hours after it was asked for, whenever it left."""
    staff_client("reception")
    ask(app, "reception@example.com")
    (token,) = links_in_mail(app, "reception@example.com")
    clock.at = MORNING + timedelta(hours=48)
    assert app.test_client().get(f"/staff/link/{token}").status_code == 404
