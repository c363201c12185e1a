"""Deny by default: every route is listed, by name and method (D9, A4, A9)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from booking.access.roles import STAFF_ENDPOINTS
from booking.records.schema import db, metadata
from booking.web.security import ALLOWED, PUBLIC
from tests.staff import StaffClient
from tests.web.api.calls import booked

READS = {"GET", "HEAD", "OPTIONS"}
WRITES = {"POST", "OPTIONS"}
ANONYMOUS = {  # rule -> endpoint and methods; a route that is missing here fails the build (A4)
    "/": ("patients.services", READS),
    "/privacy": ("patients.privacy", READS),
    "/language": ("patients.language", WRITES),
    "/book/<code>": ("patients.times", READS),
    "/book/<code>/hold": ("patients.hold", WRITES),
    "/book/<code>/hold/extend": ("patients.extend", WRITES),
    "/book/<code>/hold/release": ("patients.release", WRITES),
    "/book/<code>/<start> read": ("patients.details", READS),
    "/book/<code>/<start>": ("patients.book", WRITES),
    "/book/<code>/<start>/language": ("patients.details_language", WRITES),
    "/appointment/<token>": ("patients.appointment", READS),
    "/appointment/<token>.ics": ("patients.calendar", READS),
    "/appointment/<token>/move read": ("patients.move_times", READS),
    "/appointment/<token>/move": ("patients.move", WRITES),
    "/appointment/<token>/cancel read": ("patients.cancel_rule", READS),
    "/appointment/<token>/cancel": ("patients.cancel", WRITES),
    "/appointment/<token>/call-back": ("patients.ask_for_call", WRITES),
    "/appointment/<token>/contact read": ("patients.contact", READS),
    "/appointment/<token>/contact": ("patients.correct_contact", WRITES),
    "/appointment/<token>/again": ("patients.again", WRITES),
    "/appointment/<token>/stop-reminders read": ("patients.reminders", READS),
    "/appointment/<token>/stop-reminders": ("patients.stop_reminders", WRITES),
    "/appointment/<token>/stop-reminders/undo": ("patients.resume_reminders", WRITES),
    "/lost-link read": ("patients.lost_link", READS),
    "/lost-link": ("patients.send_link", WRITES),
    "/healthz": ("health.healthz", READS),
    "/readyz": ("health.readyz", READS),
    "/metrics": ("health.metrics", READS),
    "/api/v1/openapi.json": ("api.openapi", READS),
    "/api/v1/services": ("api.services", READS),
    "/api/v1/practitioners": ("api.practitioners", READS),
    "/api/v1/slots": ("api.slots", READS),
    "/api/v1/appointments": ("api.book", WRITES),
    "/api/v1/appointments/<token>": ("api.appointment", READS),
    "/api/v1/appointments/<token>/cancel": ("api.cancel", WRITES),
    "/api/v1/appointments/<token>/move": ("api.move", WRITES),
    "/staff/sign-in read": ("staff.sign_in", READS),
    "/staff/sign-in": ("staff.check_sign_in", WRITES),
    "/staff/link/<token> read": ("staff.link", READS),
    "/staff/link/<token>": ("staff.use_link", WRITES),
    "/staff/passkey/options": ("staff.sign_in_options", WRITES),
    "/staff/passkey": ("staff.sign_in_by_passkey", WRITES),
    "/staff/second-step read": ("staff.second_step", READS),
    "/staff/second-step": ("staff.check_second_step", WRITES),
    "/staff/lost-password read": ("staff.lost_password", READS),
    "/staff/lost-password": ("staff.send_sign_in_link", WRITES),
}
EVERYBODY, DESK, ADMINS = {"reception", "practitioner", "admin"}, {"reception", "admin"}, {"admin"}
STAFF_ROUTES = {  # rule -> endpoint, methods, and the roles that it is for (A4)
    "/api/v1/day/<date>": ("api.day", READS, EVERYBODY),
    "/desk/": ("desk.today", READS, EVERYBODY),
    "/desk/<day>": ("desk.day", READS, EVERYBODY),
    "/desk/<day>/grid": ("desk.grid", READS, EVERYBODY),
    "/desk/keys": ("desk.keys", READS, EVERYBODY),
    "/desk/why": ("desk.why", READS, DESK),
    "/desk/late read": ("desk.late", READS, DESK),
    "/desk/late": ("desk.move_late", WRITES, DESK),
    "/desk/blocks read": ("desk.blocks", READS, DESK),
    "/desk/blocks": ("desk.block_time", WRITES, DESK),
    "/desk/sick": ("desk.sick", READS, DESK),
    "/desk/blocks/<int:number>/remove": ("desk.remove_block", WRITES, DESK),
    "/desk/book read": ("desk.book_form", READS, DESK),
    "/desk/book": ("desk.book", WRITES, DESK),
    "/desk/visits/<reference>": ("desk.visit", READS, EVERYBODY),
    "/desk/visits/<reference>/status": ("desk.status", WRITES, DESK),
    "/desk/visits/<reference>/move": ("desk.move", WRITES, DESK),
    "/desk/visits/<reference>/restore": ("desk.restore", WRITES, DESK),
    "/desk/visits/<reference>/note": ("desk.note", WRITES, DESK),
    "/desk/visits/<reference>/fee": ("desk.fee", WRITES, DESK),
    "/desk/patients read": ("desk.patients", READS, DESK),
    "/desk/patients": ("desk.find_patients", WRITES, DESK),
    "/desk/patients/<int:number>": ("desk.patient", READS, DESK),
    "/desk/patients/<int:number>/contact": ("desk.correct_patient", WRITES, DESK),
    "/desk/patients/<int:number>/merge": ("desk.merge_patients", WRITES, DESK),
    "/desk/patients/<int:number>/unmerge": ("desk.unmerge_patient", WRITES, DESK),
    "/desk/visits/<reference>/cancel": ("desk.cancel", WRITES, DESK),
    "/desk/<day>/sheet": ("desk.sheet", READS, EVERYBODY),
    "/desk/calls": ("desk.calls", READS, DESK),
    "/desk/calls/<int:number>/done": ("desk.tick_call_off", WRITES, DESK),
    "/desk/calls/<int:number>/reopen": ("desk.reopen_call", WRITES, DESK),
    "/desk/waiting read": ("desk.waiting", READS, DESK),
    "/desk/waiting": ("desk.put_on_list", WRITES, DESK),
    "/desk/waiting/new": ("desk.ask_wish", WRITES, DESK),
    "/desk/waiting/<int:number>/remove": ("desk.take_off_list", WRITES, DESK),
    "/desk/waiting/<int:number>/back": ("desk.put_back_on_list", WRITES, DESK),
    "/desk/open": ("desk.open_visits", READS, DESK),
    "/desk/open/<reference>": ("desk.finish_visit", WRITES, DESK),
    "/desk/open/<reference>/undo/<int:version>": ("desk.undo_finish", WRITES, DESK),
    "/desk/messages": ("desk.messages", READS, DESK),
    "/desk/messages/<int:number>/again": ("desk.message_again", WRITES, DESK),
    "/desk/export": ("desk.export_form", READS, DESK),
    "/desk/export.csv": ("desk.export_csv", READS, DESK),
    "/admin/": ("admin.colleagues", READS, ADMINS),
    "/admin/invite": ("admin.invite", WRITES, ADMINS),
    "/admin/staff/<int:number>/role": ("admin.role", WRITES, ADMINS),
    "/admin/staff/<int:number>/switch": ("admin.switch", WRITES, ADMINS),
    "/admin/staff/<int:number>/sign-out": ("admin.sign_out", WRITES, ADMINS),
    "/admin/staff/<int:number>/link": ("admin.mail_link", WRITES, ADMINS),
    "/admin/staff/<int:number>/second-step-off": ("admin.second_step_off", WRITES, ADMINS),
    "/staff/passkeys read": ("staff.own_passkeys", READS, EVERYBODY),
    "/staff/passkeys/options": ("staff.passkey_options", WRITES, EVERYBODY),
    "/staff/passkeys": ("staff.add_passkey", WRITES, EVERYBODY),
    "/staff/passkeys/<int:number>/remove": ("staff.remove_passkey", WRITES, EVERYBODY),
    "/staff/second-factor read": ("staff.second_factor_page", READS, EVERYBODY),
    "/staff/second-factor": ("staff.turn_on", WRITES, EVERYBODY),
    "/staff/second-factor/off": ("staff.turn_off", WRITES, EVERYBODY),
    "/staff/account read": ("staff.account", READS, EVERYBODY),
    "/staff/account": ("staff.choose_password", WRITES, EVERYBODY),
    "/staff/sign-out": ("staff.sign_out_here", WRITES, EVERYBODY),
}


def test_a4_the_route_map_is_the_matrix(app: Flask) -> None:
    """A4: rule, endpoint and methods of every route equal the table above."""
    found = {(r.rule, r.endpoint, frozenset(r.methods or ())) for r in app.url_map.iter_rules()}
    wanted = {
        (rule.removesuffix(" read"), endpoint, frozenset(methods))
        for rule, (endpoint, methods, *_) in (ANONYMOUS | STAFF_ROUTES).items()
    }
    assert found == wanted


def test_a4_exactly_these_endpoints_are_public(app: Flask) -> None:
    """A4: the list in security.py allows each of them and names none that does not exist."""
    assert set(ALLOWED) == {endpoint for endpoint, _ in ANONYMOUS.values()}
    assert set(ALLOWED.values()) == {PUBLIC}
    assert {name: set(who) for name, who in STAFF_ENDPOINTS.items()} == {
        endpoint: roles for endpoint, _, roles in STAFF_ROUTES.values()
    }


def path_of(rule: str) -> str:
    """Return an address that a rule answers."""
    path = rule.removesuffix(" read").replace("<day>", "2026-11-24")
    path = re.sub(r"<int:\w+>", "1", path).replace("<reference>", "ABCDEFGH")
    return f"{path}?from=2026-11-01&to=2026-11-30" if path.endswith(".csv") else path


@pytest.mark.parametrize("role", [None, "reception", "practitioner", "admin"])
def test_a4_every_role_gets_exactly_what_is_its_own(
    app: Flask, staff_client: StaffClient, role: str | None
) -> None:
    """A4: every staff route, read and written, by every role and by nobody: in, turned away, or refused."""
    for rule, (endpoint, methods, roles) in STAFF_ROUTES.items():
        if endpoint == "api.day":
            continue  # test_day.py has it: it takes tokens, not sessions
        method = "POST" if "POST" in methods else "GET"
        client = staff_client(role, email=f"{endpoint}@example.com") if role else app.test_client()
        path = path_of(rule)
        status = client.open(path, method=method).status_code
        if role is None:
            assert status == (303 if method == "GET" else 401), rule
        elif role in roles:
            read = (404,) if "<" in rule.replace("<day>", "") else (200, 303)  # there is no such visit
            assert status in (read if method == "GET" else (400,)), rule  # 400: no form token
        else:
            assert status == 403, rule


def test_d9_a_route_that_nobody_listed_is_refused(app: Flask) -> None:
    """D9: adding a view is not enough; it answers 404 until it is allowed."""
    called: list[str] = []
    app.add_url_rule("/secret", "secret", lambda: called.append("yes") or "yes", methods=["GET", "POST"])
    client = app.test_client()
    assert [client.open("/secret", method=m).status_code for m in ("GET", "HEAD", "POST")] == [404] * 3
    assert called == []


def count_rows(app: Flask) -> dict[str, int]:
    """Count the rows of every table."""
    with app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }


def test_a9_reading_changes_no_row(app: Flask) -> None:
    """A9: GET, HEAD and OPTIONS of every route, with every parameter, write nothing."""
    client = app.test_client()
    token = booked(client)["token"]
    before = count_rows(app)
    form = {"start": "2026-11-24T11:00", "name": "P", "email": "p@example.com", "consent": "1"}
    for rule in app.url_map.iter_rules():
        address = rule.rule.replace("<code>", "rmt-60").replace("<token>", token)
        for method in READS:
            answer = client.open(
                address.replace("<start>", "2026-11-24T11:00"), method=method, query_string=form
            )
            assert answer.status_code < 500
    assert count_rows(app) == before


def test_options_tells_the_methods(client: FlaskClient) -> None:
    """OPTIONS works without a form's token and names what is allowed."""
    answer = client.options("/book/rmt-60/hold")
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) >= WRITES


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FOO"])
def test_b14_other_methods_are_405(client: FlaskClient, method: str) -> None:
    """B14: what no route knows is not done."""
    assert client.open("/", method=method).status_code == 405
