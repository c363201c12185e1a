"""By what a patient is found."""

import pytest

from booking.scheduling.people import bare, name_key, search_key


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Zoë  ÅNGSTRÖM", "zoe angstrom"),
        ("Bjørn Łukasz", "bjorn lukasz"),
        ("Straße", "strasse"),
        ("王小明", "王小明"),
        ("فاطمه\u200cزهرا", "فاطمهزهرا"),
        ("O'Neil-Smith", "oneilsmith"),
        ("Siobhán O´Brien‑D’Arcy", "siobhan obriendarcy"),
        ("Ｏ＇Ｂrien", "obrien"),
        ("김민수", "김민수"),
    ],
)
def test_e48_names_are_found_without_accents_in_any_script(typed: str, found: str) -> None:
    """E48: accents, case, invisible characters and repeated spaces make no difference."""
    assert bare(typed) == found


def test_a_record_is_found_by_name_address_and_phone() -> None:
    """Name, address and the digits of the phone stand in one text; what is missing leaves no gap."""
    assert search_key("Ana Ruíz", "Ana@Example.com", "+16045550147") == (
        "ana ruiz ana@example.com 16045550147"
    )
    assert search_key("Ana", None, "+16045550147") == "ana 16045550147"


def test_a_name_with_an_apostrophe_is_compared_as_it_is_written() -> None:
    """E51: what is left out when searching still tells two names apart: nobody is joined by it."""
    assert len({name_key(name) for name in ("Ana O'Brien", "Ana O’Brien", "Ana Obrien", "Ana O-Brien")}) == 4
