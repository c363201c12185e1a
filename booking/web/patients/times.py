"""The second screen: when suits you?"""

from datetime import date
from functools import lru_cache
from typing import Any

from flask import current_app, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from booking.actions.clinics import Stamp
from booking.actions.hold import find_hold
from booking.actions.values import Held
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.web.dates import find_date
from booking.web.filters import named
from booking.web.kept import Kept, KeptAnswers
from booking.web.patients.blueprint import blueprint, here_stamped, service_or_404, show
from booking.web.patients.choices import Choices, known_choices, read_choices
from booking.web.patients.lines import (
    first_visit_hint,
    fitting,
    lines_for,
    total_cents,
)
from booking.web.patients.notice import Notice
from booking.web.patients.week import Week, first_day, load_week
from booking.web.security import find_visitor
from booking.wording.kinds import kind_words
from booking.wording.language import Words, _, words

KEPT = "kept_weeks"
PLACE = "here-goes-the-token-of-the-visitor"


@blueprint.record
def make_room(state: BlueprintSetupState) -> None:
    """Give the application its own kept pages."""
    state.app.extensions[KEPT] = KeptAnswers()


@blueprint.get("/book/<code>")
def times(code: str) -> bytes | str:
    """Show the free times of a service, a week at a time."""
    clinic, stamp = here_stamped()
    choices = known_choices(clinic, read_choices(service_or_404(clinic, code), request.args))
    from_on = find_date(request.args.get("from"))
    held = own_hold(clinic)
    if held is not None or not _fits(clinic, choices):
        return times_page(clinic, choices, from_on, held)
    return _kept_page(clinic, stamp, choices, first_day(clinic, from_on, house().now()))


def times_page(
    clinic: Clinic, choices: Choices, from_on: date | None, held: Held | None, notice: Notice | None = None
) -> str:
    """Return the page of one week for a visitor; ``notice`` says what did not happen before."""
    choices = known_choices(clinic, choices)
    if not _fits(clinic, choices):
        return _page(clinic, choices, _unfit(clinic, choices), None, generate_csrf())
    now = house().now()
    week = load_week(clinic, choices, first_day(clinic, from_on, now), now, held)
    return _page(clinic, choices, notice, week, generate_csrf())


def _kept_page(clinic: Clinic, stamp: Stamp, choices: Choices, first: date) -> bytes:
    """Return the page of a week as nobody keeps a time: made once, then only given its token (G8)."""
    kept: KeptAnswers = current_app.extensions[KEPT]
    now, name = house().now(), f"{words().tag} {choices.times_address(first)}"
    found = kept.find(name)
    if found is None or not found.is_right(stamp, now):
        week = load_week(clinic, choices, first, now, None)
        body = _page(clinic, choices, None, week, PLACE).encode()
        found = Kept(clinic.id, stamp, now, week.good_until, body)
        kept.keep(name, found)
    return found.body.replace(PLACE.encode(), generate_csrf().encode())


def _fits(clinic: Clinic, choices: Choices) -> bool:
    word = choices.first_visit
    return word is None or choices.service in fitting(clinic, choices.service.kind, word)


@lru_cache(maxsize=256)
def choices_nav(clinic: Clinic, choices: Choices, language: Words) -> Markup:
    """Return the lines of choices in the language that is spoken, once for each version of the set-up (G8).

    Its choices must be known ones, so that no visitor can fill the cache with inventions.
    """
    return Markup(render_template("patients/_choices.html", lines=lines_for(clinic, choices)))  # noqa: S704 - escaped by the template


def own_hold(clinic: Clinic) -> Held | None:
    """Return the time that is kept for this browser, if it keeps one."""
    visitor = find_visitor()
    return find_hold(clinic, visitor, house().now()) if visitor else None


def _page(clinic: Clinic, choices: Choices, notice: Notice | None, week: Week | None, csrf: str) -> str:
    values: dict[str, Any] = {}
    if week is not None:
        values["earlier"] = week.earlier and choices.times_address(week.earlier)
        values["later"] = week.later and choices.times_address(week.later)
    return show(
        "times",
        clinic,
        choices.times_address(week.first if week else None),
        choices=choices,
        choices_nav=choices_nav(clinic, choices, words()),
        notice=notice,
        week=week,
        total_cents=total_cents(clinic, choices.service),
        csrf=csrf,
        **values,
    )


def _unfit(clinic: Clinic, choices: Choices) -> Notice:
    """Say that a service is not for this visit, and which ones are (E50)."""
    visit = kind_words(choices.service.kind).visit
    says = first_visit_hint(clinic, choices) or _("This is for a first visit for %(visit)s.", visit=visit)
    fit = fitting(clinic, choices.service.kind, choices.first_visit)
    return Notice(says, links=tuple((named(s.name), choices.with_service(s).times_address()) for s in fit))
