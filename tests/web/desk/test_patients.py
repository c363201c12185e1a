"""A patient's record at the desk: contact, notes, fees, and two records of one person (E52, E58, E59)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from booking.records.transaction import light_transaction
from tests.databases import MORNING, Clock
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import TUESDAY, book, rows, send
from tests.web.patients.lint import lint, parse

SEEN = re.compile(r'name="(csrf_token|seen_\w+)" value="([^"]*)"')
CALLS = "SELECT kind, patient_id FROM call_task ORDER BY id"
ZOE = {"name": "Zoë Ångström", "email": "zoe@example.com"}


def number_of(app: Flask, reference: str) -> int:
    found = rows(app, f"SELECT patient_id FROM appointment WHERE reference = '{reference}'")
    return int(str(found[0][0]))


def owners(app: Flask) -> list[tuple[object, ...]]:
    """Return of each visit, in order of time, whose it is and whose time it claims."""
    return rows(
        app,
        "SELECT a.patient_id, r.patient_id FROM appointment a JOIN claim c ON c.appointment_id = a.id"
        " JOIN resource r ON r.id = c.resource_id WHERE r.patient_id IS NOT NULL ORDER BY a.starts",
    )


def change(app: Flask, statement: str) -> None:
    with app.app_context():
        light_transaction(lambda conn: conn.execute(text(statement)))


def post(client: FlaskClient, number: int, what: str, **fields: str) -> TestResponse:
    page = client.get(f"/desk/patients/{number}").text
    return client.post(f"/desk/patients/{number}/{what}", data={**dict(SEEN.findall(page)), **fields})


def test_who_is_found_is_opened_and_the_look_is_noted(any_app: Flask, staff_client: StaffClient) -> None:
    """P6: by part of a name without accents; the page shows the visits; each look is a row."""
    number = number_of(any_app, book(any_app, patient=ZOE))
    client = staff_client("reception")
    answer = client.post("/desk/patients", data={"csrf_token": csrf(client, "/desk/patients"), "q": "angst"})
    assert f'href="/desk/patients/{number}"' in answer.text
    assert "zoe@example.com, next visit Tuesday 24 November 2026<" in answer.text
    page = client.get(f"/desk/patients/{number}")
    assert "Zoë Ångström" in page.text
    assert "9:00 a.m., Tuesday 24 November" in page.text
    lint(parse(page.text), is_staff=True)
    looks = rows(any_app, f"SELECT what FROM look WHERE patient_id = {number}")
    assert looks == [("patient",)]
    assert client.get("/desk/patients/999").status_code == 404


def test_e52_each_record_to_join_says_when_its_visits_are(any_app: Flask, staff_client: StaffClient) -> None:
    """E52: three records of one name and contact are told apart by their visits, the newest first."""
    number = number_of(any_app, book(any_app, patient=ZOE))
    book(any_app, f"{TUESDAY}T11:00", patient=ZOE)
    client = staff_client("reception")
    send(client, book(any_app, f"{TUESDAY}T14:00", patient=ZOE), "cancel")
    page = " ".join(client.get(f"/desk/patients/{number}").text.split())
    assert "zoe@example.com. Visit 11:00 a.m., Tuesday 24 November 2026 (booked)" in page
    assert "zoe@example.com. Visit 2:00 p.m., Tuesday 24 November 2026 (cancelled)" in page


def test_e71_a_corrected_address_gets_links_and_confirmations(
    any_app: Flask, staff_client: StaffClient
) -> None:
    """E71: the old link closes, a confirmation goes to the new address, the trail names the fields."""
    reference = book(any_app, patient=ZOE)
    number = number_of(any_app, reference)
    client = staff_client("reception")
    new = {"name": "Zoë Ångström", "email": "zoe@example.org", "phone": "604-555-0199", "language": "fr-CA"}
    assert post(client, number, "contact", **new).status_code == 303
    stored = rows(any_app, "SELECT email, phone, language FROM patient")
    assert stored == [("zoe@example.org", "+16045550199", "fr-CA")]
    assert rows(any_app, "SELECT count(*) FROM link WHERE revoked_at IS NOT NULL") == [(1,)]
    waiting = rows(any_app, "SELECT DISTINCT recipient FROM message WHERE state = 'planned'")
    assert waiting == [("zoe@example.org",)]
    page = client.get(f"/desk/patients/{number}").text
    assert "reception: e-mail, language and phone corrected<" in " ".join(page.split())


def test_e68_a_corrected_name_writes_to_no_address_that_failed(
    any_app: Flask, staff_client: StaffClient
) -> None:
    """E68, E71: only another address is written to again; the one that does not work stays marked."""
    number = number_of(any_app, book(any_app, patient=ZOE))
    change(any_app, "UPDATE patient SET email_failed_at = '2026-11-23 15:00:00'")
    before = rows(any_app, "SELECT id, state FROM message ORDER BY id")
    client = staff_client("reception")
    given = {"name": "Zoë Angstrom", "email": "zoe@example.com", "phone": "", "language": "en-CA"}
    assert post(client, number, "contact", **given).status_code == 303
    assert rows(any_app, "SELECT id, state FROM message ORDER BY id") == before
    assert "does not work" in client.get(f"/desk/patients/{number}").text


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"email": "no address", "phone": ""}, {"email": "", "phone": ""}, {"language": "xx"}],
)
def test_a_faulty_correction_says_what_to_do(
    app: Flask, staff_client: StaffClient, wrong: dict[str, str]
) -> None:
    """Each fault in words, what was typed is kept, nothing is stored."""
    number = number_of(app, book(app, patient=ZOE))
    client = staff_client("reception")
    typed = {"name": "Typed Name", "email": "zoe@example.com", "phone": "", "language": "en-CA"} | wrong
    answer = post(client, number, "contact", **typed)
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert rows(app, "SELECT name FROM patient") == [("Zoë Ångström",)]


def test_e28_a_record_corrected_meanwhile_is_shown(app: Flask, staff_client: StaffClient) -> None:
    """E28: the second of two who correct one record is told, and overwrites nothing."""
    number = number_of(app, book(app, patient=ZOE))
    first, second = staff_client("reception"), staff_client("admin")
    old = dict(SEEN.findall(second.get(f"/desk/patients/{number}").text))
    given = {"email": "zoe@example.com", "phone": "", "language": "en-CA"}
    assert post(first, number, "contact", name="Zoe A", **given).status_code == 303
    answer = second.post(f"/desk/patients/{number}/contact", data={**old, "name": "Zoe B", **given})
    assert (answer.status_code, "Here it is as it stands now" in answer.text) == (409, True)
    assert rows(app, "SELECT name FROM patient") == [("Zoe A",)]


def test_e28_what_was_left_alone_is_not_written_over(app: Flask, staff_client: StaffClient) -> None:
    """E28: the form that is shown again holds what was typed, and the colleague's phone."""
    number = number_of(app, book(app, patient=ZOE))
    first, second = staff_client("reception"), staff_client("admin")
    old = dict(SEEN.findall(second.get(f"/desk/patients/{number}").text))
    given = {"name": old["seen_name"], "email": old["seen_email"], "phone": "", "language": "en-CA"}
    assert (
        post(first, number, "contact", **{**given, "phone": "604-555-0199"}, under_19="1").status_code == 303
    )
    answer = second.post(f"/desk/patients/{number}/contact", data={**old, **given, "name": "Zoe B"})
    fields = {one.get("id"): one for one in parse(answer.text).findall(".//input")}
    assert [fields[one].get("value") for one in ("name", "phone")] == ["Zoe B", "+16045550199"]
    assert parse(answer.text).find(".//input[@name='under_19'][@checked]") is not None


def test_e52_two_records_become_one_and_two_again(any_app: Flask, staff_client: StaffClient) -> None:
    """E52: every visit, message, call and consent is kept; it is taken back from the trail."""
    first = number_of(any_app, book(any_app, patient=ZOE))
    second = number_of(
        any_app, book(any_app, f"{TUESDAY}T11:00", patient={"name": "Zoë Ångström", "phone": "604-555-0150"})
    )
    before = rows(any_app, "SELECT count(*) FROM message")
    assert rows(any_app, CALLS) == [("confirmation", second), ("reminder", second)]
    client = staff_client("reception")
    assert "The same person twice?" in client.get(f"/desk/patients/{first}").text
    assert post(client, first, "merge", other=str(second)).status_code == 303
    assert rows(any_app, "SELECT DISTINCT patient_id FROM appointment") == [(first,)]
    assert rows(any_app, CALLS) == [("confirmation", first), ("reminder", first)]
    assert rows(any_app, f"SELECT phone FROM patient WHERE id = {first}") == [("+16045550150",)]
    assert rows(any_app, "SELECT count(*) FROM message") == before
    page = client.get(f"/desk/patients/{second}").text  # an old address leads to the whole record
    assert page.count("Tuesday 24 November 2026") == 2
    assert post(client, first, "merge", other=str(second)).status_code == 404
    token = csrf(client, f"/desk/patients/{first}")
    assert client.post(f"/desk/patients/{second}/unmerge", data={"csrf_token": token}).status_code == 303
    assert owners(any_app) == [(first, first), (second, second)]
    assert rows(any_app, CALLS) == [("confirmation", second), ("reminder", second)]


def test_e52_what_was_joined_last_comes_apart_first(any_app: Flask, staff_client: StaffClient) -> None:
    """E52: a record inside one that was joined itself stays there, in words, until that one is taken out."""
    outer, middle, inner = (
        number_of(any_app, book(any_app, f"{TUESDAY}T{at}", patient=ZOE))
        for at in ("09:00", "11:00", "14:00")
    )
    client = staff_client("reception")
    post(client, middle, "merge", other=str(inner))
    post(client, outer, "merge", other=str(middle))
    form = {"csrf_token": csrf(client, f"/desk/patients/{outer}")}
    answer = client.post(f"/desk/patients/{inner}/unmerge", data=form)
    assert (answer.status_code, "Take that one apart first." in answer.text) == (409, True)
    assert owners(any_app) == [(outer, outer)] * 3
    assert client.post(f"/desk/patients/{middle}/unmerge", data=form).status_code == 303
    assert owners(any_app) == [(outer, outer), (middle, middle), (middle, middle)]
    assert client.post(f"/desk/patients/{inner}/unmerge", data=form).status_code == 303
    assert owners(any_app) == [(outer, outer), (middle, middle), (inner, inner)]


def test_e52_taken_apart_nobody_keeps_the_others_address(any_app: Flask, staff_client: StaffClient) -> None:
    """E52, E46: who had no e-mail has none again; what waits and who is called is each one's own."""
    mother = {"name": "Mei Li", "phone": "604-555-0150"}
    first = number_of(any_app, book(any_app, patient=mother))
    second = number_of(any_app, book(any_app, f"{TUESDAY}T11:00", patient=ZOE))
    third = number_of(any_app, moved := book(any_app, f"{TUESDAY}T14:00", patient=mother | {"name": "An Li"}))
    client = staff_client("reception")
    for other in (second, third):
        assert post(client, first, "merge", other=str(other)).status_code == 303
    send(client, moved, "move", on=TUESDAY, at="15:00", practitioner="lam", tell="1")
    form = {"csrf_token": csrf(client, f"/desk/patients/{first}")}
    for other in (third, second):
        assert client.post(f"/desk/patients/{other}/unmerge", data=form).status_code == 303
    assert rows(any_app, "SELECT email FROM patient ORDER BY id") == [(None,), ("zoe@example.com",), (None,)]
    whose = "SELECT DISTINCT a.patient_id, m.recipient FROM message m JOIN appointment a"
    assert rows(any_app, f"{whose} ON a.id = m.appointment_id WHERE m.state = 'planned'") == [
        (second, "zoe@example.com")
    ]
    calls = rows(any_app, "SELECT DISTINCT kind, patient_id FROM call_task WHERE done_at IS NULL")
    assert {("reminder", first), ("reminder", third)} <= set(calls)
    assert {patient for _, patient in calls} == {first, third}


def test_e52_taken_apart_within_minutes_of_a_move(any_app: Flask, staff_client: StaffClient) -> None:
    """E52, E66: the word of a move that had not left when the records came apart goes to its own person."""
    first = number_of(any_app, book(any_app, patient={"name": "Mei Li", "email": "mei@example.com"}))
    moved = book(any_app, f"{TUESDAY}T14:00", patient=ZOE)
    second = number_of(any_app, moved)
    change(any_app, "UPDATE message SET state = 'sent', sent_at = created_at WHERE kind = 'confirmation'")
    client = staff_client("reception")
    post(client, first, "merge", other=str(second))
    send(client, moved, "move", on=TUESDAY, at="15:00", practitioner="lam", tell="1")
    form = {"csrf_token": csrf(client, f"/desk/patients/{first}")}
    client.post(f"/desk/patients/{second}/unmerge", data=form)
    waiting = "SELECT recipient FROM message WHERE kind = 'moved' AND state = 'planned'"
    assert rows(any_app, waiting) == [("zoe@example.com",)]


def test_e52_who_is_in_two_places_at_once_is_not_one_person(
    any_app: Flask, staff_client: StaffClient
) -> None:
    """E52, E47: overlapping visits refuse the merge in words, and nothing is changed."""
    first = number_of(any_app, book(any_app, patient=ZOE))
    other = {"name": "Zoë Ångström", "email": "another@example.com"}
    second = number_of(any_app, book(any_app, service="rmt-60", practitioner="kim", patient=other))
    client = staff_client("reception")
    answer = post(client, first, "merge", other=str(second))
    assert (answer.status_code, "visits at the same time" in answer.text) == (409, True)
    assert len(rows(any_app, "SELECT DISTINCT patient_id FROM appointment")) == 2
    assert post(client, first, "merge", other=str(first)).status_code == 422
    assert post(client, first, "merge", other="x").status_code == 404


def test_a_note_is_kept_and_not_told(app: Flask, staff_client: StaffClient) -> None:
    """A note for colleagues: shown beside the visit, its words in no trail, stale ones refused."""
    reference = book(app)
    client = staff_client("reception")
    assert send(client, reference, "note", note="Brings a\nwalking frame").status_code == 303
    assert "Brings a walking frame" in client.get(f"/desk/visits/{reference}").text
    assert "walking" not in str(rows(app, 'SELECT action, "before", "after" FROM audit'))
    assert send(client, reference, "note", note="x" * 501).status_code == 422
    old = {"csrf_token": csrf(client, f"/desk/visits/{reference}"), "version": "1", "note": "late"}
    answer = client.post(f"/desk/visits/{reference}/note", data=old)
    assert (answer.status_code, ">late</textarea>" in answer.text) == (409, True)
    assert "The note that is kept now:</p><p><bdi>Brings a walking frame</bdi></p>" in answer.text
    lint(parse(answer.text), is_staff=True)


def test_e28_a_note_taken_away_stays_away(app: Flask, staff_client: StaffClient) -> None:
    """E28: who empties a note that was changed meanwhile sees the other one beside the empty field."""
    reference = book(app)
    client = staff_client("reception")
    send(client, reference, "note", note="Second")
    old = {"csrf_token": csrf(client, f"/desk/visits/{reference}"), "version": "1", "note": ""}
    answer = client.post(f"/desk/visits/{reference}/note", data=old)
    assert "<bdi>Second</bdi>" in answer.text
    assert "></textarea>" in answer.text


def test_e70_a_language_is_named(app: Flask, staff_client: StaffClient) -> None:
    """E70: a language is called by its English name: in the record, its form, the visit, lists, on paper."""
    reference = book(app, patient={"name": "Zoë Ångström", "phone": "604-555-0150"})
    number = number_of(app, reference)
    change(app, "UPDATE patient SET language = 'fil'")
    client = staff_client("reception")
    page = client.get(f"/desk/patients/{number}").text
    assert "<dd>Filipino</dd>" in page
    assert '<option value="fa">Persian</option>' in page
    assert "<dd>Filipino</dd>" in client.get(f"/desk/visits/{reference}").text
    for path in ("/desk/calls", f"/desk/{TUESDAY}/sheet"):
        assert ">Filipino</" in client.get(path).text


def test_e58_a_no_show_fee_is_recorded_or_waived_by_somebody(
    any_app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E58: the clinic's percent of what was sold; who decided and why; set back, it is asked for no more."""
    reference = book(any_app)
    clock.at = MORNING + timedelta(days=1, hours=2)
    client = staff_client("reception")
    assert send(client, reference, "fee").status_code == 409
    send(client, reference, "status", status="noshow")
    assert "No-show fee" in client.get(f"/desk/visits/{reference}").text
    assert send(client, reference, "fee", waive="1", reason="  ").status_code == 422
    assert send(client, reference, "fee").status_code == 303
    assert rows(any_app, "SELECT kind, waived_reason, decided_by FROM fee") == [
        ("noshow", None, "staff:reception")
    ]
    assert send(client, reference, "fee", waive="1", reason="Snow").status_code == 303
    assert rows(any_app, "SELECT kind, waived_reason FROM fee") == [("noshow", "Snow")]
    number = number_of(any_app, reference)
    assert "waived" in client.get(f"/desk/patients/{number}").text
    actions = [action for (action,) in rows(any_app, "SELECT action FROM audit ORDER BY id")]
    assert actions[-2:] == ["fee:recorded", "fee:waived"]
    send(client, reference, "status", status="booked")
    assert "No-show fee" not in client.get(f"/desk/visits/{reference}").text
    assert "waived" not in client.get(f"/desk/patients/{number}").text.partition("<h2>What was done")[0]


def test_e28_a_fee_that_somebody_decided_meanwhile(
    app: Flask, staff_client: StaffClient, clock: Clock
) -> None:
    """E28: the second of two who decide one fee is told; a double press decides once."""
    reference = book(app)
    clock.at = MORNING + timedelta(days=1)
    client = staff_client("reception")
    send(client, reference, "cancel", whose="patient")
    old = {"csrf_token": csrf(client, f"/desk/visits/{reference}"), "version": "2"}
    assert client.post(f"/desk/visits/{reference}/fee", data=old).status_code == 303
    answer = client.post(f"/desk/visits/{reference}/fee", data={**old, "waive": "1", "reason": "Storm"})
    assert (answer.status_code, "as it stands now" in answer.text) == (409, True)
    assert rows(app, "SELECT waived_reason FROM fee") == [(None,)]


def test_e59_what_the_clinic_cancels_has_no_fee(app: Flask, staff_client: StaffClient, clock: Clock) -> None:
    """E59: an hour before, by the clinic: none is asked for, none can be recorded."""
    reference = book(app)
    clock.at = MORNING + timedelta(days=1)
    client = staff_client("reception")
    send(client, reference, "cancel")
    assert "Late cancellation fee" not in client.get(f"/desk/visits/{reference}").text
    assert send(client, reference, "fee").status_code == 409
    assert rows(app, "SELECT count(*) FROM fee") == [(0,)]
