"""GET /slots: which starts are free; the answer is kept, and repeated by ``quick.py`` while it is right.

Two statements at most: the stamp, then the claims.
"""

from datetime import date, datetime

from flask import Response, current_app, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.datastructures import MultiDict

from booking.actions.clinics import Stamp, get_clinic_at, get_stamped_clinic
from booking.actions.offer import offer
from booking.actions.values import Question
from booking.house import house
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from booking.web.api.blueprint import blueprint
from booking.web.api.slot_text import slot_text
from booking.web.dates import find_date
from booking.web.kept import STAMPED, Kept, KeptAnswers, good_until
from booking.web.security import JSON

MOST_DAYS = 92
PARAMETERS = ("service", "from", "to", "practitioner", "companion")
FLAGS = {None: False, "0": False, "1": True}
KEPT = "kept_slots"


@blueprint.record
def make_room(state: BlueprintSetupState) -> None:
    """Give the application its own kept answers."""
    state.app.extensions[KEPT] = KeptAnswers()


@blueprint.get("/slots")
def slots() -> Response:
    """Answer which starts of a service are free between two dates, both counted."""
    clinic, stamp = _stamped_clinic()
    answer = make_answer(clinic, stamp, _question(clinic), house().now())
    kept: KeptAnswers = current_app.extensions[KEPT]
    kept.keep(request.environ.get("QUERY_STRING", ""), answer)
    return Response(answer.body, content_type=JSON)


def make_answer(clinic: Clinic, stamp: Stamp, question: Question, now: datetime) -> Kept:
    """Return the answer to a question, with one statement.

    Raises:
        Invalid: the clinic has no such service or practitioner.
    """
    found = offer(clinic, question, now)
    body = slot_text(question.service, clinic.zone, found.window, found.starts)
    return Kept(clinic.id, stamp, now, good_until(found, now), body, question)


def _stamped_clinic() -> tuple[Clinic, Stamp]:
    asked = request.environ.get(STAMPED)
    return (get_clinic_at(*asked), asked[1]) if asked else get_stamped_clinic(house().clinic)


def _question(clinic: Clinic) -> Question:
    faults: dict[str, str] = {}
    args = request.args
    found = {name: _one(args, name, faults) for name in PARAMETERS}
    service, practitioner, companion = found["service"], found["practitioner"], found["companion"]
    if service not in clinic.service:
        faults.setdefault("service", "There is no such service. GET /api/v1/services lists them.")
    if practitioner is not None and practitioner not in clinic.practitioner:
        faults.setdefault("practitioner", "There is no such practitioner. Leave it out for anyone.")
    if companion not in FLAGS:
        faults.setdefault("companion", "This must be 1 or 0.")
    first, last = _date("from", found, faults), _date("to", found, faults)
    if first and last:
        _check_span(first, last, faults)
    if faults or service is None or first is None or last is None:
        raise Invalid(faults)
    return Question(service, first, last, practitioner, FLAGS[companion])


def _one(args: MultiDict[str, str], name: str, faults: dict[str, str]) -> str | None:
    values = args.getlist(name)
    if len(values) > 1:
        faults[name] = "Say this once."
    return values[0] if values else None


def _date(name: str, found: dict[str, str | None], faults: dict[str, str]) -> date | None:
    on = find_date(found[name])
    if on is None:
        faults.setdefault(name, "This must be a date such as 2026-11-24.")
    return on


def _check_span(first: date, last: date, faults: dict[str, str]) -> None:
    if last < first:
        faults.setdefault("to", "This must not be before the first day.")
    elif (last - first).days >= MOST_DAYS:
        faults.setdefault("to", f"Ask for at most {MOST_DAYS} days at once.")
