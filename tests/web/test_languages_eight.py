"""The eight languages of the sample clinic: each is served as soon as its catalogue is there (E70, L43)."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booking.actions import texts
from booking.actions.clinics import get_clinic
from booking.mail.deliver import deliver
from booking.scheduling.errors import Invalid
from tests.actions.asks import MORNING, STAFF, book
from tests.databases import Clock
from tests.web.patients.browser import PERSON, Browser
from tests.web.patients.lint import DIRECTIONS, parse
from tests.wording.pseudo import english_in, speak_it, typed_by

WITHOUT = ("pa", "ko", "fa", "fil")  # no catalogue yet
DAYS = {"pa": "ਮੰਗਲਵਾਰ", "ko": "화요일", "fa": "سه\u200cشنبه", "fil": "Martes"}


def mail_of(app: Flask, clock: Clock) -> Any:
    """Deliver what is due and return the confirmation."""
    clock.at = MORNING + timedelta(minutes=3)
    with app.app_context():
        deliver()
    (path,) = (Path(app.instance_path) / "mail").iterdir()
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def root_of(mail: Any) -> tuple[str | None, str | None]:
    tree = parse(mail.get_body(("html",)).get_content())
    return tree.get("lang"), tree.get("dir")


def test_l43_the_sample_has_eight(app: Flask) -> None:
    """L43: the lint of every page knows each of them, and its direction."""
    with app.app_context():
        assert set(get_clinic(None).locales) == set(DIRECTIONS)


@pytest.mark.parametrize("tag", WITHOUT)
def test_l43_with_a_catalogue_each_of_them_is_served_whole(
    app: Flask, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tag: str
) -> None:
    """L43, E70: with a catalogue, page and mail have its name, direction and days, the subject no English."""
    folder = tmp_path / "catalogues"
    folder.mkdir()
    speak_it(folder, monkeypatch, tag)
    browser = Browser(app.test_client())
    browser.post("/language", {"lang": tag, "back": "/"})
    page = browser.book("rmt-60", "2026-11-24T09:00", **PERSON)
    assert (page.tree.get("lang"), page.tree.get("dir")) == (tag, DIRECTIONS[tag])
    assert DAYS[tag] in page.text
    mail = mail_of(app, clock)
    assert root_of(mail) == (tag, DIRECTIONS[tag])
    assert DAYS[tag] in mail["Subject"]
    with app.app_context():
        typed = [*typed_by(get_clinic(None)), PERSON["name"], DAYS[tag], "Nobyembre"]
    assert english_in(mail["Subject"], typed) == []


@pytest.mark.parametrize("tag", WITHOUT)
def test_e70_without_one_the_mail_is_whole_english(app: Flask, clock: Clock, tag: str) -> None:
    """E70: the wish is kept with the patient; own words in that language cannot get into an English mail."""
    with app.app_context():
        clinic = get_clinic(None)
        book(clinic, language=tag)
        with pytest.raises(Invalid) as refused:
            texts.save(clinic, "confirmation", tag, "opening", "دیدار شما", STAFF, MORNING)
        assert refused.value.fields == {"language": "Please choose one of: en-CA, zh-Hans, zh-Hant, fr-CA."}
        texts.save(clinic, "confirmation", "en-CA", "opening", "See you soon.", STAFF, MORNING)
        assert texts.find(clinic, "confirmation", tag) == {"opening": "See you soon."}
    mail = mail_of(app, clock)
    assert root_of(mail) == ("en-CA", "ltr")
    assert "See you soon." in mail.get_body(("plain",)).get_content().splitlines()
