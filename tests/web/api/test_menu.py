"""What can be booked and with whom, as the contract writes it."""

from flask.testing import FlaskClient


def test_services_have_the_members_of_the_contract_in_its_order(client: FlaskClient) -> None:
    """A service tells id, name, kind, minutes, both prices, tax, notice, companion and for whom."""
    found = client.get("/api/v1/services").json
    assert len(found) == 10
    assert list(found[1].items()) == [
        ("id", "needle-followup"),
        ("name", "Acupuncture, follow-up"),
        ("kind", "needle"),
        ("minutes", 60),
        ("price_cents", 11000),
        ("total_cents", 11000),
        ("gst", False),
        ("safety_notice", False),
        ("companion_allowed", False),
        ("for_patients", "returning"),
    ]


def test_l31_totals_of_massages_carry_five_percent_tax(client: FlaskClient) -> None:
    """L31: massage is taxed, acupuncture and laser are not; 7500 and 5 % make 7875."""
    found = {
        one["id"]: (one["price_cents"], one["total_cents"]) for one in client.get("/api/v1/services").json
    }
    assert found["rmt-30"] == (7500, 7875)
    assert found["rmt-60"] == (13000, 13650)
    assert found["laser-30"] == (7000, 7000)


def test_only_laser_has_a_notice_and_a_companion(client: FlaskClient) -> None:
    """The safety notice and the companion belong to the three laser services."""
    found = client.get("/api/v1/services").json
    laser = ["laser-initial", "laser-45", "laser-30"]
    assert [one["id"] for one in found if one["safety_notice"]] == laser
    assert [one["id"] for one in found if one["companion_allowed"]] == laser


def test_l30_practitioners_tell_title_body_and_licence(client: FlaskClient) -> None:
    """L30: a practitioner is shown with title, licensing body and licence number."""
    found = client.get("/api/v1/practitioners").json
    assert [one["id"] for one in found] == ["lam", "sandhu", "kim", "tremblay", "ahmadi"]
    assert found[0] == {
        "id": "lam",
        "name": "Grace Lam",
        "title": "R.TCM.P",
        "licensing_body": "CCHPBC",
        "licence_number": "SAMPLE-0001",
        "kinds": ["laser", "needle"],
        "languages": ["en", "yue", "zh"],
    }
