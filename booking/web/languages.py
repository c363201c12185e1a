"""Which language a page is in: its address says so, or the visitor chose one, or the browser asks.

Nothing of it is stored here: the choice is a cookie that names a language and no person.
"""

from collections.abc import Iterable
from functools import lru_cache

from flask import Flask, g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from booking.scheduling.clinic import Clinic
from booking.wording.language import ENGLISH, all_languages, offered, speak, words, words_for

COOKIE = "lang"
LONGEST_WISH = 200  # characters of Accept-Language that are read
SAME = {"tl": "fil", "yue": "zh-hant", "cmn": "zh-hans"}
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def init_app(app: Flask) -> None:
    """Speak English again after each request."""
    app.teardown_request(_forget)


def speak_to_visitor(clinic: Clinic | None) -> None:
    """Speak the visitor's language from here on, as far as the clinic has it.

    Args: ``clinic`` None where it is not known: then any language that can be written.
    """
    tags = languages_of(clinic) if clinic else all_languages()
    own = request.args.get(COOKIE), request.cookies.get(COOKIE)
    tag = next((tag for tag in own if tag in tags), None)
    if tag is None:
        tag = _wished(request.headers.get("Accept-Language", "")[:LONGEST_WISH], tags)
    if tag is None and clinic is not None and clinic.default_locale in tags:
        tag = clinic.default_locale
    speak(words_for(tag or tags[0]))


def languages_of(clinic: Clinic) -> tuple[str, ...]:
    """Return the languages that the clinic wants and pages can be written in; one at least."""
    return offered(clinic.locales) or (ENGLISH.tag,)


def language_to_keep() -> str | None:
    """Return the page's language, to be kept with a patient (E70); None where the clinic has no such."""
    clinic: Clinic = g.clinic
    return words().tag if words().tag in clinic.locales else None


@lru_cache(maxsize=256)
def _wished(header: str, tags: tuple[str, ...]) -> str | None:
    """Return the first language of an Accept-Language header that is among ``tags``."""
    if not header:
        return None
    wishes = [tag for tag, weight in parse_accept_header(header, LanguageAccept) if weight > 0]
    return next((found for wish in wishes if (found := _among(wish, tags))), None)


def _among(wish: str, tags: Iterable[str]) -> str | None:
    language, *rest = wish.lower().replace("_", "-").split("-")
    language = SAME.get(language, language)
    if language == "zh":
        language = "zh-hant" if TRADITIONAL & set(rest) else "zh-hans"
    return next((tag for tag in tags if tag.lower() == language or _bare(tag) == language), None)


def _bare(tag: str) -> str:
    return tag.lower() if tag.startswith("zh") else tag.lower().partition("-")[0]


def _forget(error: BaseException | None) -> None:
    speak(ENGLISH)
