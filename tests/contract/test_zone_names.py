"""No page and no answer names a zone by a library's abbreviation (E32, D2)."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from booking.actions.clinics import get_clinic
from booking.actions.staff import make_token
from tests.databases import Clock
from tests.staff import BY, member, sign_in_by
from tests.web.api.calls import booked, starts

ABBREVIATION = re.compile(r"\b(PST|PDT|MST|MDT|PT|PacT|PCT|Pacific (Standard|Daylight|Time))\b")
SUMMER = datetime(2027, 7, 5, 15, 0, tzinfo=UTC)
WINTER = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("now", [SUMMER, WINTER], ids=["summer", "winter"])
def test_e32_no_answer_names_a_zone_but_vancouver_time(app: Flask, clock: Clock, now: datetime) -> None:
    """E32: every route that can be read, in July and in November, with a visit that exists."""
    clock.at = now
    client = app.test_client()
    on = "2027-07-06" if now is SUMMER else "2026-11-24"
    start = starts(client, **{"from": on, "to": on})[-1]
    visit = booked(client, start=f"{on[:4]}-{start.replace(' ', 'T')}")
    sign_in_by(client, member(app, "admin"))
    with app.app_context():
        bearer = make_token(get_clinic(None), "admin@example.com", BY, now)
    named = {"<code>": "rmt-60", "<start>": f"{on}T11:00", "<day>": on, "<date>": on}
    named |= {"<reference>": visit["reference"], "<int:number>": "1"}
    others = {"/desk/": 303, "/staff/second-step": 303, "/metrics": 404}  # nobody is half signed in; no token
    read = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        address = rule.rule
        for name, value in named.items():
            address = address.replace(name, value)
        link = member(app, "reception", email="new@example.com") if "/link/" in address else visit["token"]
        answer = client.get(
            address.replace("<token>", link),
            query_string={"service": "rmt-60", "from": on, "to": on},
            headers={"Authorization": f"Bearer {bearer}"},
        )
        assert answer.status_code == others.get(rule.rule, 200), rule.rule
        assert ABBREVIATION.search(answer.get_data(as_text=True)) is None, rule.rule
        read += 1
    assert read >= 28
