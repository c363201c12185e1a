"""Visits of some days as a table for other programs: RFC 4180, and no cell is a formula (B6)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from booking.actions.day_list import list_visits
from booking.actions.values import Staff
from booking.scheduling.appointment import Visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid

MOST_DAYS = 366
HEADS = (
    *("reference", "date", "start", "end", "status", "cancelled_by", "service", "minutes", "practitioner"),
    *(
        "room",
        "patient",
        "phone",
        "email",
        "language",
        "first_visit",
        "companion",
        "price",
        "tax",
        "currency",
    ),
)
# What a spreadsheet takes for the beginning of a formula, at the start of a cell or, where it
# splits at another separator or quote than ours, inside one; full-width forms count (ASVS 1.2.10).
FORMULA = re.compile(r"(^|[,;|\t\r\n])([\" ]*)(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")


def export(clinic: Clinic, from_on: date, to_on: date, staff: Staff) -> str:
    """Return the visits of a range of days, both counted, cancelled ones too; one statement.

    Args:
        clinic: The clinic.
        from_on: The first day.
        to_on: The last day.
        staff: Who asks: a practitioner gets their own only.

    Raises:
        Invalid: the days are not in order, or more than a year.
    """
    days = (to_on - from_on).days + 1
    if days < 1:
        raise Invalid({"to": "The last day must not lie before the first."})
    if days > MOST_DAYS:
        raise Invalid({"to": "Choose a year at most."})
    return as_csv([HEADS, *(_row(visit) for visit in list_visits(clinic, from_on, days, staff))])


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV: every cell quoted, CRLF, formulas defused by an apostrophe."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return written.getvalue()


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet computes; what is no formula stays as it is."""
    return FORMULA.sub(r"\1'\2", cell)


def _row(visit: Visit) -> tuple[str, ...]:
    sold, patient = visit.sold, visit.patient
    return (
        visit.reference,
        visit.starts.date().isoformat(),
        visit.starts.time().isoformat("minutes"),
        visit.ends.time().isoformat("minutes"),
        visit.status,
        visit.cancelled_by or "",
        sold.service_name,
        str(sold.shape.minutes),
        sold.practitioner_name,
        sold.room_name,
        patient.name,
        patient.phone or "",
        patient.email or "",
        patient.language,
        "yes" if visit.first_visit else "no",
        "yes" if visit.companion else "no",
        f"{sold.price_cents // 100}.{sold.price_cents % 100:02}",
        f"{sold.tax_cents // 100}.{sold.tax_cents % 100:02}",
        sold.currency,
    )
