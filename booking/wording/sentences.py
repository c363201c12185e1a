"""What a message says about a visit, sentence by sentence."""

from datetime import datetime

from booking.wording.dates import full_day_words, money, time_words, when_words
from booking.wording.kinds import kind_words
from booking.wording.letter import Letter
from booking.wording.phones import phone_words
from booking.wording.plain import one_line


def wall_words(letter: Letter) -> str:
    """Return "10:00 a.m., Tuesday 24 November 2026, Vancouver time"."""
    return f"{time_words(letter.starts)}, {full_day_words(letter.starts)}, {one_line(letter.time_label)}"


def place_words(letter: Letter) -> str:
    """Return where to come, by the name that says nothing of treatment (E69)."""
    return f"{one_line(letter.discreet_name)}, {one_line(letter.address)}"


def licence_words(letter: Letter) -> str:
    """Return "Sarah Kim, RMT (CCHPBC licence SAMPLE-0003)" (L30)."""
    title = f"{letter.practitioner}, {letter.title}"
    return one_line(f"{title} ({letter.licensing_body} licence {letter.licence_number})")


def price_words(letter: Letter) -> str:
    """Return the price with tax, the only one that patients are shown (L31)."""
    tax = f"tax of {money(letter.tax_cents)} included" if letter.tax_cents else "no tax"
    return f"{money(letter.total_cents)}, {tax}"


def before_sentences(letter: Letter) -> list[str]:
    """Return what to know before coming."""
    early = (
        "Please come ten minutes early: there is a short form to fill in."
        if letter.first_visit
        else "Please come five minutes early."
    )
    called = ["We will call you before the visit, as you asked."] if letter.call_me else []
    return [*called, early, *kind_words(letter.kind).bring]


def change_sentences(letter: Letter) -> list[str]:
    """Return until when the visit can be moved or cancelled, and what it costs later (L31)."""
    limits = [("move", letter.move_until), ("cancel", letter.cancel_until)]
    if letter.move_until == letter.cancel_until:
        limits = [("move or cancel", letter.cancel_until)]
    sentences = [_limit_sentence(letter, verb, until) for verb, until in limits]
    if letter.late_cancel_fee_percent:
        sentences.append(f"A late cancellation costs {letter.late_cancel_fee_percent}% of the price.")
    if letter.no_show_fee_percent:
        sentences.append(f"A missed visit costs {letter.no_show_fee_percent}% of the price.")
    sentences.append(
        "If you are running late, please call too: "
        f"{letter.no_show_after_minutes} minutes after its start a visit counts as missed."
    )
    return sentences


def _limit_sentence(letter: Letter, verb: str, until: datetime | None) -> str:
    call = f"please call {phone_words(letter.phone)}"
    if until is None:
        return f"To {verb} this visit, {call}: it begins soon."
    return f"You can {verb} this visit free of charge until {when_words(until)}: {call}."
