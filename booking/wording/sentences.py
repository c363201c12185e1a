"""What a message says about a visit, sentence by sentence."""

from datetime import datetime

from booking.wording.changes import fee_sentences
from booking.wording.dates import full_day_words, money, time_words, when_words
from booking.wording.kinds import kind_words
from booking.wording.language import N_, _, ngettext
from booking.wording.letter import Letter
from booking.wording.phones import phone_words
from booking.wording.plain import one_line

LABELS = (N_("Vancouver time"),)  # the time labels that the program knows in every language
# What can be done, and what to say until when: with the link, without one, and after it.
LIMITS = {
    "move": (
        N_("You can move this visit free of charge until %(when)s, by the link above."),
        N_("You can move this visit free of charge until %(when)s: please call %(phone)s."),
        N_("To move this visit, please call %(phone)s: it begins soon."),
    ),
    "cancel": (
        N_("You can cancel this visit free of charge until %(when)s, by the link above."),
        N_("You can cancel this visit free of charge until %(when)s: please call %(phone)s."),
        N_("To cancel this visit, please call %(phone)s: it begins soon."),
    ),
    "both": (
        N_("You can move or cancel this visit free of charge until %(when)s, by the link above."),
        N_("You can move or cancel this visit free of charge until %(when)s: please call %(phone)s."),
        N_("To move or cancel this visit, please call %(phone)s: it begins soon."),
    ),
}


def wall_words(letter: Letter) -> str:
    """Return "10:00 a.m., Tuesday 24 November 2026, Vancouver time"."""
    return _(
        "%(time)s, %(day)s, %(label)s",
        time=time_words(letter.starts),
        day=full_day_words(letter.starts),
        label=label_words(letter.time_label),
    )


def label_words(label: str) -> str:
    """Return "Vancouver time"; a label that the program does not know stays as the clinic typed it."""
    return _(one_line(label))


def place_words(letter: Letter) -> str:
    """Return where to come, by the name that says nothing of treatment (E69)."""
    return f"{one_line(letter.discreet_name)}, {one_line(letter.address)}"


def licence_words(letter: Letter) -> str:
    """Return "Sarah Kim, RMT (CCHPBC licence SAMPLE-0003)" (L30)."""
    title = f"{letter.practitioner}, {letter.title}"
    licence = register_words(letter.licensing_body, letter.licence_number)
    return one_line(f"{title} ({licence})")


def register_words(body: str, number: str) -> str:
    """Return "CCHPBC licence SAMPLE-0003"."""
    return _("%(body)s licence %(number)s", body=body, number=number)


def price_words(letter: Letter) -> str:
    """Return the price with tax, the only one that patients are shown (L31)."""
    total = money(letter.total_cents)
    if not letter.tax_cents:
        return _("%(total)s, no tax", total=total)
    return _("%(total)s, tax of %(tax)s included", total=total, tax=money(letter.tax_cents))


def before_sentences(letter: Letter) -> list[str]:
    """Return what to know before coming."""
    early = (
        _("Please come ten minutes early: there is a short form to fill in.")
        if letter.first_visit
        else _("Please come five minutes early.")
    )
    called = [_("We will call you before the visit, as you asked.")] if letter.call_me else []
    return [*called, early, *kind_words(letter.kind).bring]


def change_sentences(letter: Letter, *, has_link: bool) -> list[str]:
    """Return until when the visit can be moved or cancelled, and what it costs later (L31).

    Args: ``has_link`` says whether the message has the link to the visit's page above this.
    """
    limits = [("move", letter.move_until), ("cancel", letter.cancel_until)]
    if letter.move_until == letter.cancel_until:
        limits = [("both", letter.cancel_until)]
    late = ngettext(
        "If you are running late, please call too: %(num)s minute after its start a visit counts as missed.",
        "If you are running late, please call too: %(num)s minutes after its start a visit counts as missed.",
        letter.no_show_after_minutes,
    )
    return [
        *(_limit_sentence(letter, what, until, has_link=has_link) for what, until in limits),
        *fee_sentences(letter.late_cancel_fee_percent, letter.no_show_fee_percent),
        late,
    ]


def _limit_sentence(letter: Letter, what: str, until: datetime | None, *, has_link: bool) -> str:
    by_link, by_phone, soon = LIMITS[what]
    phone = phone_words(letter.phone)
    if until is None:
        return _(soon, phone=phone)
    if has_link:
        return _(by_link, when=when_words(until))
    return _(by_phone, when=when_words(until), phone=phone)
