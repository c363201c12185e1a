"""A patient's record: who they are, their visits, and two records of one person (E52)."""

from dataclasses import replace

from flask import Response, request

from booking.actions import patient_record
from booking.actions.looks import note_look
from booking.actions.patient_record import Record
from booking.actions.search import MOST
from booking.actions.search import find_patients as find
from booking.house import house
from booking.scheduling.errors import BookingRefused, NotFound
from booking.scheduling.lifecycle import LIVE
from booking.scheduling.zone import to_wall
from booking.web.desk import history
from booking.web.desk.blueprint import blueprint
from booking.web.desk.shell import done, here, show
from booking.web.desk.typed import number_of
from booking.web.desk.words import STATUS, said_at_desk
from booking.web.errors import Refused
from booking.web.refusals import ANSWERS
from booking.web.staff import staff_actor

FIELDS = ("name", "email", "phone", "language")


@blueprint.get("/patients")
def patients() -> Response:
    """Ask who is looked for."""
    return show("desk/patients.html", query="")


@blueprint.post("/patients")
def find_patients() -> Response:
    """Show who is found; what was typed stands in no address."""
    now = house().now()
    note_look(here(), "search", staff_actor(), now)
    query = request.form.get("q", "")
    return show("desk/patients.html", query=query, found=find(here(), query, now), most=MOST)


@blueprint.get("/patients/<int:number>")
def patient(number: int) -> Response:
    """Show a record; who looks is noted."""
    return _page(number)


@blueprint.post("/patients/<int:number>/contact")
def correct_patient(number: int) -> Response:
    """Correct name, contact and language."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    under_19 = "under_19" in request.form
    try:
        patient_record.correct_record(
            here(), _as_seen(number), typed, staff_actor(), house().now(), house().vault, under_19=under_19
        )
    except BookingRefused as refused:
        return _refused(number, refused, typed | ({"under_19": "1"} if under_19 else {}))
    return done("Corrected.", f"/desk/patients/{number}")


@blueprint.post("/patients/<int:number>/merge")
def merge_patients(number: int) -> Response:
    """Make another record part of this one."""
    gone = number_of(request.form.get("other", ""))
    try:
        patient_record.merge(here(), number, gone, staff_actor(), house().now())
    except BookingRefused as refused:
        return _refused(number, refused)
    return done("One record now.", f"/desk/patients/{number}", undo=f"/desk/patients/{gone}/unmerge")


@blueprint.post("/patients/<int:number>/unmerge")
def unmerge_patient(number: int) -> Response:
    """Take two records apart again."""
    try:
        patient_record.unmerge(here(), number, staff_actor(), house().now())
    except BookingRefused as refused:
        return _refused(number, refused)
    return done("Two records again.", f"/desk/patients/{number}")


def _as_seen(number: int) -> Record:
    """Return the record as the form showed it: what was changed since differs (E28)."""
    seen = {name: request.form.get(f"seen_{name}") or None for name in FIELDS}
    return replace(
        patient_record.get_person(here(), number),
        name=seen["name"] or "",
        email=seen["email"],
        phone=seen["phone"],
        language=seen["language"] or "",
        under_19="seen_under_19" in request.form,
    )


def _typed_anew(number: int, typed: dict[str, str]) -> dict[str, str]:
    """Return what was typed; what was left alone is taken as a colleague has changed it since (E28)."""
    person = patient_record.get_person(here(), number)
    stands = {name: str(getattr(person, name) or "") for name in FIELDS}
    stands["under_19"] = "1" if person.under_19 else ""
    return {
        name: now if typed.get(name, "") == request.form.get(f"seen_{name}", "") else typed.get(name, "")
        for name, now in stands.items()
    }


def _refused(number: int, refused: BookingRefused, typed: dict[str, str] | None = None) -> Response:
    if isinstance(refused, NotFound):
        raise Refused("not_found")
    says = said_at_desk(refused)
    return _page(number, ANSWERS[refused.code].status, fault=says, typed=typed and _typed_anew(number, typed))


def _page(number: int, code: int = 200, **values: object) -> Response:
    clinic, now = here(), house().now()
    try:
        found = patient_record.get_record(clinic, number)
    except NotFound:
        raise Refused("not_found") from None
    note_look(clinic, "patient", staff_actor(), now, patient_id=found.person.id)
    wall = to_wall(now, clinic.zone)
    coming = [visit for visit in found.visits if visit.ends > wall and visit.status in LIVE]
    return show(
        "desk/patient.html",
        code,
        record=found,
        coming=coming[::-1],
        earlier=[visit for visit in found.visits if visit not in coming],
        status=STATUS,
        history=history.of_record(clinic, found.history, found.names),
        **values,
    )
