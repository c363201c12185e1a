"""Prices, names, statuses, and what a visit was sold as (E14, E15, E56, E73)."""

from dataclasses import replace
from itertools import product

import pytest

from booking.scheduling.appointment import Sold
from booking.scheduling.lifecycle import HOLDS_CLAIMS, LIVE, STATUSES, may_become
from booking.scheduling.people import email_key, name_key
from booking.scheduling.prices import tax_cents
from booking.scheduling.visit import Reset, Shape, Step
from tests.scheduling.sample import sample


@pytest.mark.parametrize(
    ("price", "gst", "percent", "tax"),
    [
        (13000, True, "5", 650),
        (7500, True, "5", 375),
        (11000, False, "5", 0),
        (10, True, "5", 1),
        (9, True, "5", 0),
        (30, True, "5", 2),
        (50, True, "5", 3),
        (10050, True, "5", 503),
        (9999, True, "5.5", 550),
        (100, True, "14.5", 15),
        (0, True, "5", 0),
    ],
)
def test_tax_is_rounded_half_up(price: int, gst: bool, percent: str, tax: int) -> None:
    """L50: half a cent is rounded up, also where binary or banker's rounding would not."""
    assert tax_cents(price, gst, percent) == tax


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grace Lam", "  grace   LAM "),
        ("José", "Jose\u0301"),
        ("ＭＡＲＩＡ", "maria"),
        ("Weiß", "WEISS"),
        ("Ann\u00a0Lee", "Ann Lee"),
        ("Ann\u200b Lee", "Ann Lee"),
        ("نیلوفر\u200cاحمدی", "نیلوفراحمدی"),
        ("Null", "null"),
    ],
)
def test_e46_one_person_spelt_in_two_ways(one: str, other: str) -> None:
    """Contract: equal normalised names count as one person for limits."""
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ann Lee", "Anne Lee"), ("李明", "李朋"), ("Jose", "José"), ("O'Neil", "ONeil")]
)
def test_e46_two_people_with_one_address(one: str, other: str) -> None:
    """E46: different names stay different people, by one letter or one accent."""
    assert name_key(one) != name_key(other)


def test_addresses_are_compared_without_case() -> None:
    """Contract: an address in capitals is the same address."""
    assert email_key(" Ann.Lee@Example.COM ") == "ann.lee@example.com"


LEGAL_CANCEL = {"booked", "arrived", "noshow"}


@pytest.mark.parametrize(("status", "new"), [*product(STATUSES, STATUSES)])
def test_e73_legal_moves_between_statuses(status: str, new: str) -> None:
    """E56, E73: mistakes can be undone; cancelled and entered in error are final."""
    if status in {"cancelled", "entered_in_error"} or status == new:
        expected = False
    elif new == "cancelled":
        expected = status in LEGAL_CANCEL
    else:
        expected = True
    assert may_become(status, new) is expected


def test_unknown_statuses_are_bugs() -> None:
    """A status that does not exist is refused loudly, on either side."""
    for pair in (("booked", "gone"), ("gone", "booked")):
        with pytest.raises(ValueError, match="unknown status 'gone'"):
            may_become(*pair)


def test_live_visits_are_those_still_to_be_treated() -> None:
    """Cancelled visits and mistakes hold no claims; live ones all do."""
    assert (
        *("booked", "arrived", "in_room", "fulfilled", "noshow"),
        *("cancelled", "entered_in_error"),
    ) == STATUSES
    assert {"booked", "arrived", "in_room"} == LIVE
    assert {"booked", "arrived", "in_room", "fulfilled", "noshow"} == HOLDS_CLAIMS


def sold() -> Sold:
    """Return a visit as it was sold."""
    service, lam = sample().service["laser-45"], sample().practitioner["lam"]
    return Sold(
        service_name=service.name,
        kind=service.kind,
        shape=service.shape,
        price_cents=service.price_cents,
        tax_cents=0,
        currency="CAD",
        practitioner_name=lam.name,
        title=lam.title,
        licensing_body=lam.licensing_body,
        licence_number=lam.licence_number,
        room_name="Laser room",
    )


def test_e14_e15_e16_a_visit_keeps_what_it_was_sold_as() -> None:
    """E14-E16: steps, price and licence come back from storage as they were, menu or no menu."""
    stored = sold().as_json()
    assert stored["steps"] == [[45, True]]
    assert stored["reset_holds"] == ["device", "practitioner", "room"]
    assert stored["needs"] == {"laser": 1, "eyewear": 2}
    assert Sold.from_json(stored) == sold()
    assert Sold.from_json(stored).shape.minutes == 45
    assert Sold.from_json(stored).total_cents == 9500


def test_e14_a_new_shape_of_the_service_is_another_value() -> None:
    """E14: lengthening the service leaves the visit's own steps alone."""
    service = sample().service["laser-45"]
    longer = replace(service, shape=replace(service.shape, steps=(Step(60, hands_on=True),)))
    assert (longer.shape.minutes, sold().shape.minutes) == (60, 45)


def test_what_a_shape_holds_and_for_how_long() -> None:
    """D3: a reset counts for what it holds and for nothing else."""
    shape = Shape((Step(15, True), Step(30, False), Step(15, True)), Reset(5, frozenset({"room"})))
    assert shape.hands == ((0, 15), (45, 60))
    assert (shape.held_minutes("room"), shape.held_minutes("device")) == (65, 60)
    assert not shape.companion_allowed
    massage = Shape((Step(60, True),), Reset(15, frozenset({"room", "practitioner"})))
    assert massage.hands == ((0, 75),)
