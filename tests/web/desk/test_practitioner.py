"""What those who only treat see of a visit: their own to read, no other, no keys that do nothing (A4, A6)."""

import pytest
from flask import Flask

from tests.staff import StaffClient
from tests.web.desk.test_faults import PANEL
from tests.web.desk.visits import book
from tests.web.patients.lint import lint, parse


def test_a4_a_practitioner_reads_their_own_visit(app: Flask, staff_client: StaffClient) -> None:
    """A4, A6: all of it that helps to treat, nothing to send, no way to pages that are not theirs."""
    reference = book(app)
    page = staff_client("practitioner").get(f"/desk/visits/{reference}")
    assert page.status_code == 200
    assert "Needle room" in page.text
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert ("<form" in main, "/desk/patients/" in main, "/desk/book" in main) == (False, False, False)
    assert ("tel:" in main, "@example.com" in main) == (False, False)
    lint(parse(page.text), is_staff=True)


def test_a6_anothers_visit_is_none_for_a_practitioner(app: Flask, staff_client: StaffClient) -> None:
    """A6: a colleague's visit answers as one that there is not, page and panel alike."""
    reference = book(app)
    client = staff_client("practitioner", practitioner="kim")
    for headers in ({}, PANEL):
        answers = [client.get(f"/desk/visits/{one}", headers=headers) for one in (reference, "NOPE")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert reference not in answers[0].text


@pytest.mark.parametrize(("role", "marks"), [("reception", True), ("practitioner", False)])
def test_the_keys_are_those_that_work(app: Flask, staff_client: StaffClient, role: str, marks: bool) -> None:
    """Who cannot mark, move or book is not told keys for it."""
    page = staff_client(role).get("/desk/keys").text
    assert ("mark the visit as here" in page, "open the visit" in page) == (marks, True)
