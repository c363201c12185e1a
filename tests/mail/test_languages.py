"""Mails in the patient's language, whole; right to left where it is written so (E70)."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from booking.mail.message import ClinicMessage
from booking.wording.language import words
from tests.mail.letters import CASES, SAMPLE, golden_app, written
from tests.web.patients.lint import parse
from tests.wording.pseudo import TAG, english_in, speak_it

DRAFTED = ("fr-CA", "zh-Hans", "zh-Hant")
SUBJECTS = {
    "fr-CA": "Votre rendez-vous du mardi 24 novembre",
    "zh-Hans": "您的预约：11月24日星期二",
    "zh-Hant": "您的預約：11月24日星期二",
}
WHEN = {
    "fr-CA": "mardi 24 novembre 2026 à 10 h 00, heure de Vancouver",
    "zh-Hans": "2026年11月24日星期二上午10:00（温哥华时间）",
    "zh-Hant": "2026年11月24日星期二上午10:00（溫哥華時間）",
}
TYPED = (
    SAMPLE.clinic_name,
    SAMPLE.discreet_name,
    SAMPLE.address,
    SAMPLE.email,
    *{letter.service for _, letter in CASES.values()},
    *{letter.practitioner for _, letter in CASES.values()},
    *{letter.title for _, letter in CASES.values()},
    *{letter.licence_number for _, letter in CASES.values()},
    *{letter.patient for _, letter in CASES.values()},
    SAMPLE.licensing_body,
    SAMPLE.reference,
    "SAMPLE2",
)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The application of the golden messages."""
    return golden_app(tmp_path)


@pytest.fixture
def persian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An invented right-to-left language instead of the drafted ones."""
    folder = tmp_path / "catalogues"
    folder.mkdir()
    speak_it(folder, monkeypatch)


def root_of(mail: ClinicMessage) -> tuple[str | None, str | None]:
    tree = parse(mail.content.html)
    return tree.get("lang"), tree.get("dir")


@pytest.mark.parametrize("tag", DRAFTED)
def test_e70_a_mail_is_in_the_patients_language(app: Flask, tag: str) -> None:
    """E70: subject, text, HTML and calendar entry, with the days and times of that language."""
    mail = written(app, "confirmation", language=tag)
    assert mail.content.subject == SUBJECTS[tag]
    assert WHEN[tag] in mail.content.text
    assert WHEN[tag] in mail.content.html
    assert root_of(mail) == (tag, "ltr")
    calendar = (mail.content.calendar or b"").decode().replace("\r\n ", "").replace("\\,", ",")
    assert f"DESCRIPTION:{WHEN[tag]}" in calendar
    assert words().tag == "en-CA"


@pytest.mark.parametrize("tag", ["pa", "ko", "fa", "fil"])
def test_e70_a_language_without_a_catalogue_is_written_in_english(app: Flask, tag: str) -> None:
    """E70: whole English rather than half of anything, and it says so."""
    mail, english = written(app, "moved", language=tag), written(app, "moved")
    assert mail.as_bytes() == english.as_bytes()
    assert root_of(mail) == ("en-CA", "ltr")


@pytest.mark.parametrize("case", [case for case in CASES if case != "staff-link"])
def test_e70_no_english_is_left_in_a_mail(app: Flask, persian: None, case: str) -> None:
    """E70: every kind of message to patients, in a language that is not English at all, to the last word."""
    kind, letter = CASES[case]
    content = written(app, kind, letter, language=TAG).content
    text = re.sub(r"https?://\S+", "", content.text)
    assert english_in(content.subject, TYPED) == []
    assert english_in(text, TYPED) == []
    body = next(parse(content.html).iter("body"))
    assert english_in(" ".join(body.itertext()), TYPED) == []


def test_e70_a_right_to_left_mail_reads_so(app: Flask, persian: None) -> None:
    """E70: direction and alignment are mirrored; names in the other script are set apart."""
    mail = written(app, "confirmation", language=TAG)
    assert root_of(mail) == (TAG, "rtl")
    assert "text-align: left" not in mail.content.html
    assert 'align="left"' not in mail.content.html
    assert f"\u2068{SAMPLE.patient}\u2069" in mail.content.text
    assert f"<bdi>{SAMPLE.patient}</bdi>" in mail.content.html


def test_e69_subjects_are_discreet_in_every_language(app: Flask) -> None:
    """E69: neither treatment nor person, whatever the language."""
    for tag in DRAFTED:
        for kind, letter in CASES.values():
            subject = written(app, kind, letter, language=tag).content.subject
            for word in (
                letter.service,
                letter.patient,
                letter.practitioner,
                "针",
                "針",
                "激光",
                "acupuncture",
            ):
                assert word not in subject


def test_the_lasers_mail_names_no_needles(app: Flask) -> None:
    """Domain 2.6: in no language, but for "needle-free"."""
    laser = replace(CASES["confirmation-laser"][1], service="Laser")
    for tag, needle in (("fr-CA", "aiguille"), ("zh-Hans", "针"), ("zh-Hant", "針")):
        content = written(app, "confirmation", laser, language=tag).content
        assert needle not in content.text
        assert needle not in content.html
