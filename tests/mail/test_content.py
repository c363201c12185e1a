"""What messages say: enough to come, nothing that a neighbour should read."""

import html
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import html5lib
import pytest
from flask import Flask

from booking.mail.sample import KINDS, SAMPLE
from tests.mail.letters import CASES, LASER, NEEDLE, golden_app, written

PRIVATE = ("massage", "acupuncture", "needle", "laser", "therap", "treatment", "kim", "lam", "rmt", "r.tcm")
PREVIEW = 200  # letters that mail programs show beside the subject


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The application without a database: messages are written from their letters alone."""
    return golden_app(tmp_path)


def visible(page: str) -> str:
    """Return the text that a mail program shows of an HTML message."""
    body = page[page.index("<body") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("confirmation", "Your appointment on Tuesday 24 November"),
        ("moved", "Your appointment has moved to Tuesday 24 November"),
        ("cancelled", "Your appointment on Tuesday 24 November is cancelled"),
        ("reminder_48", "Reminder: your appointment on Tuesday 24 November"),
        ("link", "The links that you asked for"),
    ],
)
def test_p1_the_subject_is_discreet(app: Flask, kind: str, subject: str) -> None:
    """E69, P1: the subject has a day and nothing else."""
    assert written(app, kind).content.subject == subject


@pytest.mark.parametrize("name", CASES)
def test_p1_the_preview_is_discreet(app: Flask, name: str) -> None:
    """E69, P1: the first 200 letters have no patient, service, practitioner or their trade."""
    kind, letter = CASES[name]
    content = written(app, kind, letter).content
    for text in (content.text, visible(content.html)):
        preview = text[:PREVIEW].lower()
        assert [word for word in (*PRIVATE, letter.patient.split()[0].lower()) if word in preview] == []


@pytest.mark.parametrize("name", CASES)
def test_p1_no_header_says_more_than_the_subject(app: Flask, name: str) -> None:
    """P1: From is the discreet name; no header has a service, a person or a trade."""
    message = written(app, *CASES[name])
    head = message.as_bytes().split(b"\r\n\r\n")[0].decode().lower()
    assert "from: synergy clinic <desk@synergy.example>" in head
    assert [word for word in PRIVATE if word in head] == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.endswith("link")])
def test_the_laser_path_never_says_needle(app: Flask, kind: str) -> None:
    """2.6: the word stands in a laser patient's mail only as "needle-free"."""
    message = written(app, kind, LASER)
    whole = " ".join((message.content.text, message.content.html, (message.content.calendar or b"").decode()))
    assert "needle" not in whole.lower().replace("needle-free", "")
    assert "needle-free laser acupuncture" in whole.lower()


def test_the_confirmation_has_everything_to_come_by(app: Flask) -> None:
    """When, what, with whom and which licence (L30), price with tax and fees (L31), where, the link."""
    content = written(app, "confirmation").content
    for text in (content.text, visible(content.html)):
        for words in (
            "10:00 a.m., Tuesday 24 November 2026, Vancouver time",
            "Registered massage therapy, 60 min",
            "Sarah Kim, RMT (CCHPBC licence SAMPLE-0003)",
            "$136.50, tax of $6.50 included",
            "100 Sample Street, Vancouver, BC",
            "Jo Sample",
            "604-555-0100",
            "free of charge until 10:00 a.m., Monday 23 November",
            "A late cancellation costs 50% of the price.",
            "A missed visit costs 100% of the price.",
            "Please come ten minutes early",
        ):
            assert words in text, words
    link = "https://book.example/appointment/sample-link-that-opens-nothing"
    assert f"\n{link}\n" in content.text
    assert f'href="{link}"' in content.html


def test_l21_every_message_names_the_clinic_and_where_it_is(app: Flask) -> None:
    """L21: name, postal address, phone and e-mail stand in each; L20: and nothing is promoted."""
    for kind in KINDS:
        text = written(app, kind).content.text
        assert (
            "\n\nSynergy Acupuncture & Massage (sample)\n"
            "100 Sample Street, Vancouver, BC\n"
            "604-555-0100, desk@synergy.example\n"
        ) in text
        assert not re.search(r"friend|offer|discount|newsletter|review|follow us|!", text, re.IGNORECASE)


def test_untaxed_visits_say_so(app: Flask) -> None:
    """L50: acupuncture carries no tax, and the price says that."""
    assert "Price: $95.00, no tax\n" in written(app, "confirmation", LASER).content.text


def test_who_asked_to_be_called_is_promised_a_call(app: Flask) -> None:
    """L04: "please call me" is answered, and no condition is named."""
    assert (
        "We will call you before the visit, as you asked." in written(app, "confirmation", LASER).content.text
    )
    assert "We will call you" not in written(app, "confirmation").content.text


def test_too_late_to_cancel_free_says_whom_to_call(app: Flask) -> None:
    """E37: a visit inside the window has no promise of a free cancellation."""
    text = written(app, "confirmation", NEEDLE).content.text
    assert "To move or cancel this visit, please call 604-555-0100: it begins soon." in text
    assert "free of charge" not in text


def test_two_windows_are_told_apart(app: Flask) -> None:
    """Where moving and cancelling have different windows, both are said; without fees none is."""
    letter = replace(
        SAMPLE,
        move_until=datetime(2026, 11, 22, 13, 0),
        late_cancel_fee_percent=0,
        no_show_fee_percent=0,
    )
    text = written(app, "confirmation", letter).content.text
    assert "You can move this visit free of charge until 1:00 p.m., Sunday 22 November" in text
    assert "You can cancel this visit free of charge until 10:00 a.m., Monday 23 November" in text
    assert "costs" not in text


def test_without_its_link_the_message_still_tells_all_else(app: Flask) -> None:
    """A token sealed with another SECRET_KEY is left out; when, where and the phone are there."""
    for sealed in (None, b"sealed by another key, long ago....."):
        content = written(app, "confirmation", sealed=sealed).content
        assert "appointment/" not in content.text + content.html
        assert "please call 604-555-0100" in content.text
        assert "10:00 a.m., Tuesday 24 November 2026" in content.text


def test_a_cancellation_says_whose_wish_it_was(app: Flask) -> None:
    """A patient's own cancellation is confirmed; the clinic's asks to call where it surprises."""
    own = written(app, "cancelled", replace(SAMPLE, is_patients_wish=True)).content.text
    assert "As you asked, it is cancelled: 10:00 a.m., Tuesday 24 November 2026, Vancouver time" in own
    other = written(app, "cancelled").content.text
    assert "It is cancelled: 10:00 a.m." in other
    assert "If you did not expect this, please call 604-555-0100." in other


@pytest.mark.parametrize("name", CASES)
def test_p9_the_page_is_small_valid_and_loads_nothing(app: Flask, name: str) -> None:
    """P9: valid HTML under 12 KB, no image, script, font or style from anywhere."""
    page = written(app, *CASES[name]).content.html
    html5lib.HTMLParser(strict=True).parse(page)
    assert len(page.encode()) < 12_000
    assert not re.search(r"<(img|script|link|iframe|object|form)\b|url\(|@import|src=", page)
    assert "max-width: 600px" in page
    assert "prefers-color-scheme: dark" in page
    assert re.findall(r"https?://[^/\"]+", page) == ["https://book.example"] * page.count("https://")


@pytest.mark.parametrize(
    "name",
    ["李娜", "Zoë O'Hara-Łukasz", "محمد رضایی", "👩‍👩‍👧 Family", "ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "Null", "Z" + "\u0335" * 200],
)
def test_b7_names_of_every_script_arrive(app: Flask, name: str) -> None:
    """B7: names arrive as they are, in text and HTML; right-to-left ones are isolated."""
    from email import message_from_bytes, policy

    raw = written(app, "confirmation", replace(SAMPLE, patient=name)).as_bytes()
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.defects == []
    text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert name in text
    assert f"<bdi>{html.escape(name).replace('&#x27;', '&#39;')}</bdi>" in page
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998


def test_b3_a_name_of_tags_is_text(app: Flask) -> None:
    """B3: markup in a name is shown, not obeyed."""
    letter = replace(SAMPLE, patient='<script>alert("1")</script>', service="<img src=x onerror=alert(1)>")
    page = written(app, "confirmation", letter).content.html
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
