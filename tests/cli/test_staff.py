"""``flask staff``: the first account, and tokens for the API."""

import re

import pytest
from flask import Flask


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["staff", *arguments])
    return result.exit_code, result.output


def test_add_prints_a_link_that_works_once(app: Flask) -> None:
    """The link begins with BASE_URL and opens the page that signs in."""
    code, said = run(app, "add", "mia@example.com", "--role", "reception")
    assert code == 0
    link = re.search(r"^http://127\.0\.0\.1:8000(/staff/link/[\w-]{43})$", said, re.MULTILINE)
    assert link
    assert "mia@example.com" in app.test_client().get(link[1]).text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("mia@example.com", "--role", "reception"), "account with this address already"),
        (("no address", "--role", "reception"), "name@example.com"),
        (("li@example.com", "--role", "practitioner"), "Say which practitioner"),
        (("li@example.com", "--role", "practitioner"), "with one of: lam, sandhu, kim, tremblay, ahmadi."),
        (("li@example.com", "--role", "practitioner", "--practitioner", "nobody"), "no such practitioner"),
        (("li@example.com", "--role", "owner"), "owner"),
    ],
)
def test_add_refuses_with_what_to_do(app: Flask, arguments: tuple[str, ...], says: str) -> None:
    """A double, a broken address, an unknown person or role: one sentence, exit 1 or 2."""
    run(app, "add", "mia@example.com", "--role", "admin")
    code, said = run(app, "add", *arguments)
    assert code != 0
    assert says in said


def test_a_practitioner_is_known_by_the_address(app: Flask) -> None:
    """An address that begins with an id of the set-up is theirs; it is said whose account it is."""
    code, said = run(app, "add", "Kim@example.com", "--role", "practitioner")
    assert code == 0
    assert said.startswith("The account is for Sarah Kim.\n")
    assert "/staff/link/" in said


def test_a_token_opens_the_day(app: Flask) -> None:
    """`flask staff token` prints what the API takes; a new link can be had any time."""
    run(app, "add", "mia@example.com", "--role", "reception")
    code, token = run(app, "token", "MIA@example.com")
    headers = {"Authorization": f"Bearer {token.strip()}"}
    assert (code, app.test_client().get("/api/v1/day/2026-11-24", headers=headers).status_code) == (0, 200)
    assert "/staff/link/" in run(app, "link", "mia@example.com")[1]
    assert run(app, "token", "nobody@example.com")[0] == 1
