"""Whatever is sent to the desk's forms gets an answer, and nothing half-done is stored (B1, B3)."""

import random
import re

import pytest
from flask import Flask
from sqlalchemy import text

from booking.records.database import reader
from tests.staff import StaffClient, csrf
from tests.web.desk.visits import book
from tests.web.test_security_routes import STAFF_ROUTES

NASTY = (
    *("", " ", "0", "-1", "1", "99999999999999999999", "1e9", "null", "None", "x" * 5000, "é" * 300),
    *("<script>alert(1)</script>", "' OR 1=1 --", "%", "%s", "{{ 7 * 7 }}", "../../etc", "a\nb", "a\r\nX: y"),
    *("2026-02-30", "2026-11-24", "0001-01-01", "9999-12-31", "25:00", "09:00", "9:00", "24:00", "00:00"),
    *(
        "2026-11-24T10:00",
        "2026-11-24T10:00 kim",
        "T",
        "2026-11-24T10:00+99:00",
        "\u202e",
        "\ud7ff",
        "😀",
        "محمد",
    ),
    *(
        "lam",
        "kim",
        "person:kim",
        "room:n1",
        "device:x",
        "clinic",
        "sick",
        "rmt-60",
        "needle-followup",
        "on",
        "off",
    ),
)
FIELDS = (
    *("q", "patient", "name", "phone", "email", "service", "practitioner", "on", "at", "start", "exact_on"),
    *("exact_at", "reason", "weeks", "keep", "key", "safety", "tell", "version", "status", "room", "note"),
    *("of", "kind", "from_on", "from_at", "to_on", "to_at", "minutes", "other", "language", "role", "to"),
    *("code", "sealed", "times", "search", "series", "now", "exact", "waive", "again", "password"),
)
WRITES = sorted(rule for rule, (_, methods, _) in STAFF_ROUTES.items() if "POST" in methods)
LEAVES = ("/staff/sign-out", "/staff/account")


@pytest.mark.parametrize("rule", [rule for rule in WRITES if not rule.startswith(LEAVES)])
def test_b1_whatever_is_sent_gets_an_answer(app: Flask, staff_client: StaffClient, rule: str) -> None:
    """B1: sixty forms of nonsense for each address: a page or a sentence, never a fault of ours."""
    chance = random.Random(rule)
    reference = book(app)
    client = staff_client("admin")
    token = csrf(client, "/staff/account")
    path = re.sub(r"<int:\w+>", "1", rule).replace("<reference>", reference).removesuffix(" read")
    for _ in range(60):
        fields = {name: chance.choice(NASTY) for name in chance.sample(FIELDS, chance.randint(0, 12))}
        fields |= {f"choice-{reference}": chance.choice(NASTY), f"move-{reference}": chance.choice(NASTY)}
        answer = client.post(path, data={**fields, "csrf_token": token})
        assert answer.status_code < 500, (path, fields)
        assert "<script>alert(1)" not in answer.text
        if client.get("/staff/account").status_code != 200:  # switched off by its own form
            break
    with app.app_context():
        overlaps = reader().execute(
            text(
                "SELECT count(*) FROM claim a JOIN claim b ON a.resource_id = b.resource_id AND a.id < b.id"
                " AND a.starts < b.ends AND b.starts < a.ends"
            )
        )
        assert overlaps.scalar_one() == 0


@pytest.mark.parametrize("rule", [rule for rule in STAFF_ROUTES if "<int:" in rule])
@pytest.mark.parametrize("number", ["0", "9223372036854775807", "9223372036854775808", "9" * 40])
def test_a_number_that_no_row_has_is_not_found(
    app: Flask, staff_client: StaffClient, rule: str, number: str
) -> None:
    """A5: larger than any database's numbers too: the same answer as for a row that there is not."""
    client = staff_client("admin")
    path = re.sub(r"<int:\w+>", number, rule).removesuffix(" read")
    if "GET" in STAFF_ROUTES[rule][1]:
        assert client.get(path).status_code == 404
    else:
        token = csrf(client, "/staff/account")
        assert client.post(path, data={"csrf_token": token, "role": "reception"}).status_code in (404, 409)


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "\u0661", "\u00b2", "1e9", ""])
def test_b1_a_number_longer_than_any(app: Flask, staff_client: StaffClient, number: str) -> None:
    """B1: five thousand digits, other scripts' digits and none at all are refused in words."""
    reference = book(app)
    client = staff_client("reception")
    form = {"csrf_token": csrf(client, "/desk/blocks")}
    day = {"from_on": "2026-11-24", "from_at": "9:00", "to_on": "2026-11-24", "to_at": "17:00"}
    kept = {f"choice-{reference}": "keep", f"version-{reference}": number, "of": "person:lam", "kind": "sick"}
    late = {"practitioner": "lam", "minutes": number, f"move-{reference}": f"2026-11-24T10:00 {number}"}
    assert client.post("/desk/blocks", data={**form, **day, **kept}).status_code == 409
    assert client.post("/desk/late", data={**form, **late}).status_code == 422
    assert client.get("/desk/late", query_string=late).status_code in (200, 422)


def test_e72_a_forged_form_moves_no_visit_out_of_the_calendar(app: Flask, staff_client: StaffClient) -> None:
    """E72: a start that no clinic has is not one of this page's."""
    reference = book(app)
    client = staff_client("reception")
    form = {"csrf_token": csrf(client, "/desk/late"), f"move-{reference}": "1970-01-01T10:00 1"}
    answer = client.post("/desk/late", data=form)
    assert (answer.status_code, "not filled in by this page" in answer.text) == (422, True)
