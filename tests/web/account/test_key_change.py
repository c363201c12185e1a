"""A12: cookies that were made up open nothing; a changed key logs nobody out while the old one is listed."""

from pathlib import Path

import pytest
from flask import Flask

from config import SettingsError, read_settings
from tests.conftest import Furnish
from tests.staff import StaffClient, csrf, member, sign_in_by
from tests.web.desk.visits import TUESDAY, book

DAY = f"/desk/{TUESDAY}"
OLD, NEW = "the old key of thirty-two characters at least", "the new key of thirty-two characters at least"


def test_a12_a_changed_key_logs_nobody_out(app_with: Furnish) -> None:
    """A12: with the old key listed the session and the sealed link go on; without it they are refused."""
    here = {"BASE_URL": "http://localhost"}
    old = app_with(SECRET_KEY=OLD, **here)
    client = sign_in_by(old.test_client(), member(old, "reception"))
    cookie = client.get_cookie("clinic")
    assert cookie is not None
    for keys, status in (((NEW, OLD), 200), ((NEW, ""), 303)):
        other = app_with(SECRET_KEY=keys[0], SECRET_KEY_FALLBACKS=keys[1], **here).test_client()
        other.set_cookie("clinic", cookie.value)
        assert other.get(DAY).status_code == status


@pytest.mark.parametrize("cookie", ["x", "eyJzdGFmZiI6IngifQ.aaaaaa.bbbbbb", "e30.x.y"])
def test_a12_a_made_up_cookie_opens_nothing(app: Flask, staff_client: StaffClient, cookie: str) -> None:
    """A12: forged, edited or empty: the sign-in page."""
    client = app.test_client()
    client.set_cookie("clinic", cookie)
    assert client.get(DAY).status_code == 303


def test_a_short_earlier_key_is_told() -> None:
    """A key that nobody could have had is a slip: it is named."""
    with pytest.raises(SettingsError, match="SECRET_KEY_FALLBACKS"):
        read_settings({"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": "short"})


def test_k12_redis_that_is_away_is_not_missed(tmp_path: Path, app: Flask) -> None:
    """K12: REDIS_URL may name a server that is away: bookings work, limits are counted all the same."""
    given = {"SECRET_KEY": NEW, "REDIS_URL": "redis://127.0.0.1:1/0"}
    assert read_settings(given, tmp_path).redis_url == "redis://127.0.0.1:1/0"
    assert book(app)
    client = app.test_client()
    sent = {"email": "nobody@example.com", "password": "wrong words of enough letters"}
    found = [
        client.post("/staff/sign-in", data={**sent, "csrf_token": csrf(client, "/staff/sign-in")}).status_code
        for _ in range(6)
    ]
    assert found == [422] * 5 + [429]
