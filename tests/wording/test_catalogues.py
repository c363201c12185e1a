"""The catalogues are whole: every text in every language, places and tags as in English, calm words."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from booking.wording.kinds import KINDS
from booking.wording.language import CATALOGUES, all_languages, own_name
from tests.wording.catalogues import ROOT, SPOKEN, catalogue_files, read, sentences, texts, written

FILES = catalogue_files()
PLACES = re.compile(r"%\((\w+)\)s|%%")
TAGS = re.compile(r"<[^>]+>")
NEEDLE = {"fr-CA": "aiguille", "zh-Hans": "针", "zh-Hant": "針"}
NEEDLE_FREE = {"fr-CA": "sans aiguille", "zh-Hans": "无针", "zh-Hant": "無針"}
AVOID = {
    "fr-CA": ("phobi", "guéri", "indolore", "piqûre", "inquiét"),
    "zh-Hans": ("恐惧", "治愈", "无痛", "担心"),
    "zh-Hant": ("恐懼", "治癒", "無痛", "擔心"),
}
# Simplified forms that no text in traditional characters may have, and the other way round.
OTHER_SCRIPT = {
    "zh-Hant": "预约时间电话请诊选择录动过还这说从应发",
    "zh-Hans": "預約時間電話請診選擇錄動過還這說從應發",
}


def messages(path: Path) -> list[Message]:
    return [message for message in read(path) if message.id]


def pairs(path: Path) -> list[tuple[str, str]]:
    """Return (English, translation), each plural form with the English many."""
    found = []
    for message in messages(path):
        if isinstance(message.id, str):
            found.append((message.id, str(message.string)))
        else:
            found += [(message.id[1], str(one)) for one in message.string]
    return found


def told_of(path: Path) -> dict[str, str]:
    return dict(pairs(path))


def test_the_drafted_languages_are_there() -> None:
    """Issue 3, item 7: French, Simplified and Traditional Chinese beside English."""
    assert all_languages() == ("en-CA", "fr-CA", "zh-Hans", "zh-Hant")
    assert [own_name(tag) for tag in all_languages()] == ["English", "Français", "简体中文", "繁體中文"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_is_in_every_catalogue(path: Path) -> None:
    """A page or mail never mixes two languages: no text is missing, none is left over."""
    template = {message.id for message in texts() if message.id}
    told = {message.id: message.string for message in messages(path)}
    assert template - set(told) == set()
    assert set(told) - template == set()
    assert [key for key, string in told.items() if not string or not all(string)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_catalogue_is_as_the_command_writes_it(path: Path) -> None:
    """``make catalogues`` changes nothing."""
    assert written(path, texts()).decode() == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_places_and_tags_are_those_of_the_english_text(path: Path) -> None:
    """A translation fills the same places and has the same tags; no quotation mark ends an attribute."""
    wrong = []
    for english, told in pairs(path):
        places = set(PLACES.findall(english)) - {""} == set(PLACES.findall(told)) - {""}
        percent = english.count("%%") == told.count("%%")
        tags = Counter(TAGS.findall(english)) == Counter(TAGS.findall(told))
        quotes = '"' not in TAGS.sub("", told) and "<" not in TAGS.sub("", told)
        if not (places and percent and tags and quotes):
            wrong.append(english)
    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_plural_form_is_missing(path: Path) -> None:
    """Each language has as many forms as it needs."""
    catalogue = read(path)
    forms = {len(message.string) for message in messages(path) if not isinstance(message.id, str)}
    assert forms == {catalogue.num_plurals}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_catalogue_says_that_it_is_a_draft(path: Path) -> None:
    """Issue 3: marked for a speaker to review, in the file and in docs/languages.md."""
    assert path.read_text(encoding="utf-8").splitlines()[0].endswith("a DRAFT.")
    assert re.search(rf"`{path.stem}`.*draft", (ROOT / "docs" / "languages.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_lasers_words_name_needles_only_in_needle_free(path: Path) -> None:
    """Domain 2.6, in every language: the laser path says "needle-free" and no needle else."""
    told, laser = told_of(path), KINDS["laser"]
    said = " ".join(told[text] for text in (laser.name, laser.visit, laser.happens, *laser.bring)).lower()
    assert NEEDLE_FREE[path.stem] in said
    assert said.count(NEEDLE[path.stem]) == said.count(NEEDLE_FREE[path.stem])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_the_needle_path_names_needles(path: Path) -> None:
    """Domain 2.6: outside the words for acupuncture itself no text of pages or mails names a needle."""
    needle = KINDS["needle"]
    own = {needle.name, needle.visit, needle.happens, KINDS["laser"].name, KINDS["laser"].visit}
    assert [text for text, told in pairs(path) if NEEDLE[path.stem] in told.lower() and text not in own] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_translation_shouts_or_promises(path: Path) -> None:
    """Look.md, L32: no exclamation mark, none of the words to avoid."""
    for _english, told in pairs(path):
        assert "!" not in told
        assert "！" not in told
        assert [word for word in AVOID[path.stem] if word in told.lower()] == []


@pytest.mark.parametrize("tag", OTHER_SCRIPT)
def test_each_chinese_keeps_to_its_own_characters(tag: str) -> None:
    """No simplified form in the traditional text, nor the other way round."""
    told = (CATALOGUES / f"{tag}.po").read_text(encoding="utf-8")
    assert sorted(set(told) & set(OTHER_SCRIPT[tag])) == []


def test_refusals_are_found_where_they_are_raised() -> None:
    """Files whose sentences pages say exist and have some; a number in one is a place."""
    counts = {name: len(list(sentences(ROOT / name))) for name in SPOKEN}
    assert [name for name in SPOKEN if not (ROOT / name).exists()] == []
    assert counts["booking/scheduling/reasons.py"] == 13
    assert "Please shorten the name to %(number)s letters." in list(sentences(ROOT / SPOKEN[9]))


def test_templates_translate_literals_only() -> None:
    """B3: what ``_`` returns is markup, so a variable never goes through it (``told`` is for those)."""
    loose = re.compile(r"(?<![\w.])(?:_|gettext|ngettext)\((?![\"'])")
    found = {
        path.relative_to(ROOT).as_posix(): loose.findall(path.read_text(encoding="utf-8"))
        for path in (ROOT / "templates").rglob("*.*")
    }
    assert {name: calls for name, calls in found.items() if calls} == {}
