"""The language that is spoken: one for a whole page or mail, never two (E70, L43).

English is the language of the program's text: every text is its own key. Another
language is a file ``catalogues/<locale>.po``, read when it is first needed and kept. A
language without a file is not offered; who asks for it all the same gets whole English.

``speaking`` says which language it is; within it ``_`` and everything in ``dates`` answer in it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel import Locale, UnknownLocaleError
from jinja2 import Environment

from booking.wording.forms import ENGLISH_FORMS, Forms, LocaleForms

CATALOGUES = Path(__file__).with_name("catalogues")
SOURCE = "en-CA"
NUMBER = re.compile(r"\d+")
OWN_NAMES = {
    "en": "English",
    "fa": "فارسی",
    "fil": "Filipino",
    "fr": "Français",
    "ko": "한국어",
    "pa": "ਪੰਜਾਬੀ",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
}


@dataclass(frozen=True, eq=False)
class Words:
    """One language: its texts and forms; the same object each time, so it can be a key of a cache.

    ``tag`` is what ``lang`` says, ``direction`` what ``dir`` says.
    """

    tag: str
    direction: str = "ltr"
    forms: Forms = ENGLISH_FORMS
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = c2py("n != 1")

    @property
    def is_source(self) -> bool:
        """Say whether this is the language of the program's text."""
        return self.forms is ENGLISH_FORMS

    @property
    def own_name(self) -> str:
        """What the language is called by those who speak it."""
        return own_name(self.tag)

    def gettext(self, text: str) -> str:
        """Return a text in this language; its %(places)s stay."""
        found = self.texts.get(text)
        return found[0] if found else text

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the text that goes with a number."""
        found = self.texts.get(one)
        if not found:
            return one if number == 1 else many
        return found[min(self.plural(number), len(found) - 1)]


ENGLISH = Words(SOURCE)
_spoken: ContextVar[Words] = ContextVar("spoken", default=ENGLISH)


def words() -> Words:
    """Return the language that is being spoken."""
    return _spoken.get()


def speak(language: Words) -> None:
    """Speak a language from here on; the web says so once for each request."""
    _spoken.set(language)


@contextmanager
def speaking(language: Words) -> Iterator[Words]:
    """Speak a language for a while, for one mail for example, and then the one before again."""
    before = _spoken.set(language)
    try:
        yield language
    finally:
        _spoken.reset(before)


def words_for(tag: str | None) -> Words:
    """Return a language by its tag; English where there is no catalogue of it."""
    return _load(tag, CATALOGUES) if tag and has_catalogue(tag) else ENGLISH


def has_catalogue(tag: str) -> bool:
    """Say whether pages and mails can be written in a language."""
    return bool(_offered((tag,), CATALOGUES))


def offered(tags: Iterable[str]) -> tuple[str, ...]:
    """Return those languages that pages and mails can be written in."""
    return _offered(tuple(tags), CATALOGUES)


def all_languages() -> tuple[str, ...]:
    """Return every language that can be written, English first."""
    return (SOURCE, *sorted(_known(CATALOGUES)))


def is_english(tag: str) -> bool:
    """Say whether a tag is the program's own language."""
    return tag.partition("-")[0] == "en"


def own_name(tag: str) -> str:
    """Return "Français" for "fr-CA"."""
    found = OWN_NAMES.get(tag) or OWN_NAMES.get(tag.partition("-")[0])
    return found or _locale(tag).get_display_name() or tag


def _(text: str, **places: object) -> str:
    """Return a text in the language that is spoken, its %(places)s filled."""
    found = words().gettext(text)
    return found % places if places else found


def ngettext(one: str, many: str, number: int, **places: object) -> str:
    """Return the text that goes with a number, its %(num)s and other places filled."""
    return words().ngettext(one, many, number) % {"num": number, **places}


def N_(text: str) -> str:
    """Return a text as it is: it is to be translated later, by ``_``."""
    return text


def told(sentence: str) -> str:
    """Return a refusal's sentence in the language that is spoken; it may hold one number."""
    found = words().gettext(sentence)
    if found is not sentence:
        return found
    number = NUMBER.search(sentence)
    if number is None:
        return sentence
    key = f"{sentence[: number.start()]}%(number)s{sentence[number.end() :]}"
    return words().gettext(key) % {"number": number[0]}


def attach(environment: Environment) -> None:
    """Give ``_``, ``ngettext``, ``{% trans %}`` and ``words()`` to every template."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    install = environment.install_gettext_callables  # type: ignore[attr-defined]  # the extension adds it
    install(_plainly, _plainly_many, newstyle=True)
    environment.globals["words"] = words


def _plainly(text: str) -> str:
    return words().gettext(text)


def _plainly_many(one: str, many: str, number: int) -> str:
    return words().ngettext(one, many, number)


@lru_cache(maxsize=8)
def _known(folder: Path) -> frozenset[str]:
    return frozenset(path.stem for path in folder.glob("*.po"))


@lru_cache(maxsize=64)
def _offered(tags: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    return tuple(tag for tag in tags if is_english(tag) or tag in _known(folder))


@lru_cache(maxsize=64)
def _load(tag: str, folder: Path) -> Words:
    if is_english(tag):
        return Words(tag)
    from babel.messages.pofile import read_po  # costly to import, and English never needs it

    locale = _locale(tag)
    with (folder / f"{tag}.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    texts = {}
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        strings = (message.string,) if isinstance(message.string, str) else message.string
        said = tuple(one for one in strings or () if one)
        if key and said:
            texts[key] = said
    return Words(tag, locale.text_direction, LocaleForms(locale), texts, c2py(catalogue.plural_expr))


def _locale(tag: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise ValueError(f"{tag} is no language that dates could be written in.") from error
