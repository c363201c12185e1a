"""The second screen: when suits you?"""

from datetime import date
from functools import lru_cache
from typing import Any

from flask import render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from booking.actions.hold import find_hold
from booking.actions.values import Held
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.web.dates import find_date
from booking.web.patients.blueprint import blueprint, here, service_or_404, show
from booking.web.patients.choices import Choices, known_choices, read_choices
from booking.web.patients.lines import (
    first_visit_hint,
    fitting,
    lines_for,
    total_cents,
)
from booking.web.patients.notice import Notice
from booking.web.patients.week import Week, load_week
from booking.web.security import find_visitor
from booking.wording.kinds import kind_words


@blueprint.get("/book/<code>")
def times(code: str) -> str:
    """Show the free times of a service, a week at a time."""
    clinic = here()
    choices = read_choices(service_or_404(clinic, code), request.args)
    return times_page(clinic, choices, find_date(request.args.get("from")))


def times_page(clinic: Clinic, choices: Choices, from_on: date | None, notice: Notice | None = None) -> str:
    """Return the page of one week; ``notice`` says what did not happen before."""
    choices = known_choices(clinic, choices)
    if choices.first_visit is not None and choices.service not in fitting(
        clinic, choices.service.kind, choices.first_visit
    ):
        return _page(clinic, choices, notice=_unfit(clinic, choices), week=None)
    week = load_week(clinic, choices, from_on, house().now(), own_hold(clinic))
    return _page(clinic, choices, notice=notice, week=week)


@lru_cache(maxsize=256)
def choices_nav(clinic: Clinic, choices: Choices) -> Markup:
    """Return the lines of choices, rendered once for each version of the set-up (G8).

    Its choices must be known ones, so that no visitor can fill the cache with inventions.
    """
    return Markup(render_template("patients/_choices.html", lines=lines_for(clinic, choices)))  # noqa: S704 - escaped by the template


def own_hold(clinic: Clinic) -> Held | None:
    """Return the time that is kept for this browser, if it keeps one."""
    visitor = find_visitor()
    return find_hold(clinic, visitor, house().now()) if visitor else None


def _page(clinic: Clinic, choices: Choices, notice: Notice | None, week: Week | None) -> str:
    values: dict[str, Any] = {}
    if week is not None:
        values["earlier"] = week.earlier and choices.times_address(week.earlier)
        values["later"] = week.later and choices.times_address(week.later)
    return show(
        "times",
        clinic,
        choices=choices,
        choices_nav=choices_nav(clinic, choices),
        notice=notice,
        week=week,
        total_cents=total_cents(clinic, choices.service),
        csrf=generate_csrf(),
        **values,
    )


def _unfit(clinic: Clinic, choices: Choices) -> Notice:
    """Say that a service is not for this visit, and which ones are (E50)."""
    words = kind_words(choices.service.kind)
    says = first_visit_hint(clinic, choices) or f"This is for a first visit for {words.visit}."
    fit = fitting(clinic, choices.service.kind, choices.first_visit)
    return Notice(says, links=tuple((s.name, choices.with_service(s).times_address()) for s in fit))
