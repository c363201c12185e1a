"""The clinic's own wording: refused when it is saved, never at eight in the morning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.actions import texts
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid
from booking.wording.texts import PARTS, check, fields_for, fill
from tests.actions.asks import MORNING, STAFF, rows


def save(clinic: Clinic, part: str, body: str, kind: str = "reminder", language: str = "en-CA") -> str:
    return texts.save(clinic, kind, language, part, body, STAFF, MORNING)


@pytest.mark.usefixtures("any_app")
def test_a_wording_is_kept_by_kind_language_and_part(clinic: Clinic) -> None:
    """What was saved is found again, replaced by the next, gone when the usual wording is restored."""
    assert save(clinic, "opening", "  See you {{when}}.  \r\n") == "See you {{when}}."
    save(clinic, "opening", "See you at {{ time }}.")
    save(clinic, "subject", "{{ day }}", language="fr-CA")
    assert texts.find(clinic, "reminder", "en-CA") == {"opening": "See you at {{ time }}."}
    assert rows("SELECT changed_by FROM message_text GROUP BY changed_by") == [(STAFF.name,)]
    texts.restore(clinic, "reminder", "en-CA", "opening", STAFF, MORNING)
    assert texts.find(clinic, "reminder", "en-CA") == {}
    assert texts.find(clinic, "reminder", "fr-CA") == {"subject": "{{ day }}"}


@pytest.mark.parametrize(
    ("part", "body", "told"),
    [
        ("opening", "Dear {{ patient }}", "There is no field {{ patient }} here. You can use {{ day }}, "),
        (
            "subject",
            "{{ service }} on {{ day }}",
            "There is no field {{ service }} here. You can use {{ day }}",
        ),
        ("subject", "{{ when }}", "There is no field {{ when }} here."),
        ("opening", "{{ when", "A field's braces are not closed, or there are too many."),
        ("opening", "{% include 'x' %}", "A field's braces are not closed, or there are too many."),
        ("opening", "{{ when.__class__ }}", "There is no field {{ when.__class__ }} here."),
        ("subject", "two\nlines", "A subject is one line."),
        ("closing", "   ", "Please write something, or go back to the usual text."),
        ("subject", "x" * 121, "Please shorten this to 120 characters."),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused_at_save(
    clinic: Clinic, part: str, body: str, told: str
) -> None:
    """An unknown field is named, with those that there are; nothing is stored."""
    with pytest.raises(Invalid) as refused:
        save(clinic, part, body)
    assert refused.value.fields[part].startswith(told)
    assert rows("SELECT id FROM message_text") == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "birthday"}, "kind"),
        ({"language": "tlh"}, "language"),
        ({"part": "footer"}, "part"),
    ],
)
def test_what_there_is_not_cannot_be_worded(clinic: Clinic, given: dict[str, str], field: str) -> None:
    """An unknown kind, language or part is refused by name."""
    place = {"kind": "reminder", "language": "en-CA", "part": "opening"} | given
    with pytest.raises(Invalid) as refused:
        texts.preview(clinic, place["kind"], place["language"], place["part"], "x")
    assert list(refused.value.fields) == [field]


@given(body=st.text(alphabet="{}% when\ndayphoneclk_.[]'x", max_size=60), part=st.sampled_from(PARTS))
def test_whatever_is_saved_can_be_filled_in(body: str, part: str) -> None:
    """B7: any text is either refused or filled in without a fault and without a brace pair left."""
    try:
        checked = check("reminder", part, body)
    except Invalid:
        return
    filled = fill(checked, dict.fromkeys(fields_for("reminder", part), "-"))
    assert "{{" not in filled
    assert "{%" not in filled
