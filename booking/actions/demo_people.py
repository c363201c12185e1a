"""Invented people for the demo, with names that break things (B7, E48)."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Person:
    """Somebody who comes to the clinic; nobody of this name and address exists."""

    name: str
    language: str
    email: str | None
    phone: str | None


# 61 characters, as long names in Gurmukhi are; of the twins one is written decomposed.
_PUNJABI = "ਹਰਪ੍ਰੀਤ ਕੌਰ ਗੁਰਮੀਤ ਸਿੰਘ ਢਿੱਲੋਂ ਬਲਵਿੰਦਰ ਕੌਰ ਸੰਧੂ ਮਨਜੀਤ ਸਿੰਘ ਜੀ"
_ZOE = "Zoë Brontë-Núñez"
_STRANGE = (
    ("محمد رضایی", "fa"),
    ("نیلوفر کاظمی‌نژاد", "fa"),
    (_PUNJABI, "pa"),
    ("李明", "zh-Hans"),
    ("歐陽", "zh-Hant"),
    ("김서연", "ko"),
    ("Siobhán O'Brien-D’Arcy", "en-CA"),
    ("Null", "en-CA"),
    ("X", "en-CA"),
    ("👩‍👩‍👧 Robin 🌿", "en-CA"),
    ("<b>Bold</b> & Sons", "en-CA"),
    ("=SUM(A1:A9)", "en-CA"),
    ("Z\u0351\u0343\u034aa\u0316\u0317l\u0307\u0308g\u0324o", "en-CA"),
    (unicodedata.normalize("NFD", _ZOE), "fr-CA"),
    (_ZOE, "fr-CA"),
    ("Wolfeschlegelsteinhausenbergerdorff " * 5 + "the Younger", "en-CA"),
    ("Ma. Cristina dela Cruz-Macaraeg", "fil"),
    ("true", "en-CA"),
)
# fmt: off
_FIRST = (
    "Amrit", "Bea", "Chen", "Dolores", "Ewan", "Farid", "Gwen", "Hana", "Ivo", "Jules", "Kofi", "Lena",
    "Mina", "Noor", "Olive", "Priya", "Quinn", "Ruth", "Sam", "Tomas", "Uma", "Vera", "Wei", "Yuki",
)
_LAST = (
    "Abbott", "Beaulieu", "Chow", "Dhaliwal", "Ekström", "Fong", "Gill", "Huang", "Ito", "Johal", "Kwan",
    "Larsen", "McRae", "Ng", "Okafor", "Park", "Reyes", "Santos", "Tran", "Vaziri", "Wong", "Zhang",
)
# fmt: on
PLAIN = 120
ENGLISH = 0.6  # or whatever the clinic's first language is
FICTIONAL_LINES = 100  # 555-0100 to 555-0199 belong to nobody
AREAS = ("604", "778", "236")


def make_people(random: Random, locales: tuple[str, ...]) -> list[Person]:
    """Return the same people for the same ``random``: all the strange names, and some plain ones.

    Most give an e-mail address (under .example) and a phone number, some only one of them,
    and every ninth shares the address of the one before (E46).
    """
    names = [*_STRANGE, *((_plain(random), _language(random, locales)) for _ in range(PLAIN))]
    people: list[Person] = []
    for number, (name, language) in enumerate(names):
        shared = people[-1].email if number % 9 == 8 else None
        email = shared or f"patient{number}@{random.choice(('inbox', 'family', 'work'))}.example"
        line = f"+1{AREAS[number // FICTIONAL_LINES % 3]}55501{number % FICTIONAL_LINES:02}"
        has_email, has_phone = random.choices(((True, True), (True, False), (False, True)), (6, 2, 1))[0]
        spoken = language if language in locales else locales[0]
        people.append(Person(name, spoken, email if has_email else None, line if has_phone else None))
    return people


def deal(random: Random, people: list[Person]) -> Iterator[Person]:
    """Yield everybody once in some order, then again in another, without end."""
    while True:
        yield from random.sample(people, len(people))


def _language(random: Random, locales: tuple[str, ...]) -> str:
    return locales[0] if random.random() < ENGLISH else random.choice(locales)


def _plain(random: Random) -> str:
    return f"{random.choice(_FIRST)} {random.choice(_LAST)}"
