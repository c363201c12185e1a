"""The pages of a move: a week of times, and what would change."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from booking.actions.offer import offer_move
from booking.scheduling import rules
from booking.scheduling.clinic import Practitioner
from booking.scheduling.errors import Near
from booking.web.patients.lines import Line, Option, licensed
from booking.web.patients.notice import Notice
from booking.web.patients.receipt import receipt_of_move
from booking.web.patients.starts import start_text
from booking.web.patients.visit_standing import Opened, show_visit
from booking.web.patients.week import Search, first_day, search_week
from booking.wording.dates import near_words
from booking.wording.language import _
from booking.wording.languages import language_name

DAYS_BEFORE = 3  # of the visit's own day: most move by a few days


def times_page(
    opened: Opened, practitioner: str | None, from_on: date | None, notice: Notice | None = None
) -> str:
    """Return the page of a week's times; ``practitioner`` None is anyone."""
    clinic, visit, now = opened.clinic, opened.visit, opened.now
    search = Search(
        kind=visit.sold.kind,
        practitioner=practitioner,
        language=None,
        offered=lambda begin, end: offer_move(clinic, visit, begin, end, practitioner, now),
    )
    near = visit.starts.date() - timedelta(days=DAYS_BEFORE)
    week = search_week(clinic, search, first_day(clinic, from_on or near, now), now)
    return show_visit(
        "visit_move",
        opened,
        week=week,
        notice=notice,
        practitioner=practitioner or "",
        lines=(_people(opened, practitioner, week.first),),
        earlier=week.earlier and times_address(opened, practitioner, week.earlier),
        later=week.later and times_address(opened, practitioner, week.later),
    )


def check_page(opened: Opened, start: datetime, practitioner: str | None) -> str:
    """Return the page that says what would change, with the button that does it."""
    return show_visit(
        "visit_move_check",
        opened,
        receipt=receipt_of_move(opened.clinic, opened.visit, start, practitioner),
        start=start_text(start),
        practitioner=practitioner or "",
        back=times_address(opened, practitioner, start.date()),
        is_final=not rules.may_cancel(opened.clinic, start, opened.now),
    )


def times_address(opened: Opened, practitioner: str | None, from_on: date) -> str:
    """Return the address of a week's times."""
    asked = urlencode({"practitioner": practitioner or "", "from": from_on.isoformat()})
    return f"{opened.address}/move?{asked}"


def near_links(
    opened: Opened, asked: datetime, practitioner: str | None, nearest: Sequence[Near]
) -> tuple[tuple[str, str], ...]:
    """Return (words, address) of free starts close to one; with anyone where the person is not free."""
    return tuple(
        (
            near_words(near.start, asked),
            check_address(opened, near.start, practitioner if practitioner in near.practitioners else None),
        )
        for near in nearest
    )


def check_address(opened: Opened, start: datetime, practitioner: str | None) -> str:
    """Return the address of the page that says what a move to a start would change."""
    asked = urlencode({"practitioner": practitioner or "", "start": start_text(start)})
    return f"{opened.address}/move?{asked}"


def _people(opened: Opened, practitioner: str | None, from_on: date) -> Line:
    """Return the line with whom: the same person first, then anyone, then the others."""
    people = licensed(opened.clinic, opened.visit.sold.kind)
    same = [person for person in people if person.code == opened.visit.practitioner]
    others = [person for person in people if person.code != opened.visit.practitioner]
    anyone = Option(
        _("Anyone"), _("whoever is free"), times_address(opened, None, from_on), practitioner is None
    )

    def option(person: Practitioner) -> Option:
        note = f"{person.title} · {', '.join(map(language_name, person.languages))}"
        address = times_address(opened, person.code, from_on)
        return Option(person.name, note, address, person.code == practitioner)

    return Line("people", _("With"), (*map(option, same), anyone, *map(option, others)))
