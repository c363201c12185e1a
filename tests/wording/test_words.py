"""Lists, languages, phones, kinds and notices in words."""

import pytest

from booking.wording import notices
from booking.wording.kinds import KINDS, kind_words
from booking.wording.languages import language_name
from booking.wording.lists import and_words
from booking.wording.phones import phone_words


@pytest.mark.parametrize(
    ("parts", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_end_in_and(parts: list[str], words: str) -> None:
    """None, one, two, three."""
    assert and_words(parts) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+16045550100", "604-555-0100"),
        ("+16045550100;ext=12", "604-555-0100 ext. 12"),
        ("+442079460958", "+442079460958"),
    ],
)
def test_phones_are_written_as_people_here_do(number: str, words: str) -> None:
    """Numbers from elsewhere stay as they are."""
    assert phone_words(number) == words


def test_languages_have_english_names() -> None:
    """Domain 2.9's languages; a code that is not known stands for itself."""
    assert [language_name(code) for code in ("yue", "zh", "pa", "ko", "fa", "fil", "fr")] == [
        "Cantonese",
        "Mandarin",
        "Punjabi",
        "Korean",
        "Persian",
        "Tagalog",
        "French",
    ]
    assert language_name("xx") == "xx"


def test_a_kind_without_words_is_called_by_its_code() -> None:
    """A clinic may offer what nobody has described yet."""
    assert kind_words("cupping").name == "Cupping"


def test_the_lasers_words_name_needles_only_in_needle_free() -> None:
    """Domain 2.6: also in what happens and what to bring."""
    laser = KINDS["laser"]
    said = " ".join((laser.name, laser.visit, laser.happens, *laser.bring)).lower()
    assert said.count("needle") == said.count("needle-free")
    assert "needle" not in " ".join(notices.SAFETY_CONDITIONS).lower()


def test_the_safety_notice_lists_every_condition_of_the_domain() -> None:
    """Domain 2.5: eyes, cancer, pregnancy, epilepsy, thyroid, medicines, steroids; no pacemaker (0.3)."""
    said = " ".join(notices.SAFETY_CONDITIONS).lower()
    for word in ("eyes", "cancer", "pregnancy", "epilepsy", "thyroid", "sensitive to light", "steroid"):
        assert word in said
    assert "pacemaker" not in said


def test_no_text_shouts_or_promises() -> None:
    """Look.md, L32: no exclamation mark, no promise, none of the words to avoid."""
    texts = [text for kind in KINDS.values() for text in (kind.name, kind.happens, *kind.bring)]
    texts += [notices.CONSENT, notices.SAFETY_ASKS, notices.SAFETY_STORES, *notices.SAFETY_CONDITIONS]
    for text in texts:
        assert "!" not in text
        for word in ("phobia", "worry", "prick", "cure", "heal", "painless"):
            assert word not in text.lower()
