"""The lines of choices that stay visible on the second screen: each option is a plain link."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from booking.scheduling import rules
from booking.scheduling.clinic import Clinic, Practitioner, Service
from booking.scheduling.prices import tax_cents
from booking.web.patients.choices import Choices
from booking.wording.dates import money
from booking.wording.kinds import kind_words
from booking.wording.language import N_, _
from booking.wording.languages import language_name

MINUTES = N_("%(num)s min")


@dataclass(frozen=True)
class Option:
    """One thing to choose; ``note`` is said in a second voice."""

    label: str
    note: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """A question with its options, ``hint`` below them; ``code`` names it for the style."""

    code: str
    asks: str
    options: tuple[Option, ...]
    hint: str = ""


def lines_for(clinic: Clinic, choices: Choices) -> tuple[Line, ...]:
    """Return the lines for a service, those with a single option left out."""
    found = (
        _visits(clinic, choices),
        _lengths(clinic, choices),
        _company(choices),
        _people(clinic, choices),
        _languages(clinic, choices),
    )
    return tuple(line for line in found if len(line.options) > 1 or line.hint)


def total_cents(clinic: Clinic, service: Service) -> int:
    """Return the price with tax, the only one that patients are shown (L31)."""
    return service.price_cents + tax_cents(service.price_cents, service.gst, clinic.gst_percent)


def licensed(clinic: Clinic, kind: str) -> tuple[Practitioner, ...]:
    """Return who may give visits of a kind (L30)."""
    return tuple(p for p in clinic.practitioners if kind in p.kinds)


def fitting(clinic: Clinic, kind: str, first_visit: bool | None) -> tuple[Service, ...]:
    """Return the services of a kind for a first or a later visit, all where it is not known.

    The shortest comes first.
    """
    found = [s for s in clinic.services if s.kind == kind]
    if first_visit is not None:
        codes = rules.suggested_services(clinic, kind, first_visit)
        found = [s for s in found if s.code in codes]
    return tuple(sorted(found, key=lambda s: s.shape.minutes))


def first_visit_hint(clinic: Clinic, choices: Choices) -> str:
    """Return what a first visit needs, where shorter visits exist (E50)."""
    kind = choices.service.kind
    first = fitting(clinic, kind, first_visit=True)
    if not first or choices.first_visit is not True:
        return ""
    least = min(service.shape.minutes for service in first)
    if all(s.shape.minutes >= least for s in clinic.services if s.kind == kind):
        return ""
    visit = kind_words(kind).visit
    return _("A first visit for %(visit)s takes at least %(minutes)s minutes.", visit=visit, minutes=least)


def closest(minutes: int, services: Iterable[Service]) -> Service:
    """Return the service that is nearest in length, the shorter one of two."""
    return min(services, key=lambda s: (abs(s.shape.minutes - minutes), s.shape.minutes))


def length_labels(services: Iterable[Service], pattern: str = MINUTES) -> dict[str, str]:
    """Return "60 min" for each service's code, its name where two are equally long."""
    found = tuple(services)
    times = Counter(service.shape.minutes for service in found)
    return {s.code: _(pattern, num=s.shape.minutes) if times[s.shape.minutes] == 1 else s.name for s in found}


def _visits(clinic: Clinic, choices: Choices) -> Line:
    options = []
    for word, label in ((True, _("First visit")), (False, _("Been here before"))):
        fit = fitting(clinic, choices.service.kind, word)
        if fit:
            nearest = choices.with_service(closest(choices.service.shape.minutes, fit))
            other = replace(nearest, first_visit=word)
            options.append(Option(label, "", other.times_address(), choices.first_visit is word))
    return Line("visit", _("Visit"), tuple(options))


def _lengths(clinic: Clinic, choices: Choices) -> Line:
    fit = fitting(clinic, choices.service.kind, choices.first_visit)
    labels = length_labels(fit, "%(num)s")
    options = tuple(
        Option(
            labels[s.code],
            money(total_cents(clinic, s)),
            choices.with_service(s).times_address(),
            s is choices.service,
        )
        for s in fit
    )
    return Line("length", _("Minutes"), options, first_visit_hint(clinic, choices))


def _company(choices: Choices) -> Line:
    """Return whether somebody comes along: each person in the room needs eyewear (E10)."""
    if not choices.service.shape.companion_allowed:
        return Line("company", "", ())
    options = tuple(
        Option(
            _("With someone") if companion else _("On my own"),
            "",
            replace(choices, companion=companion).times_address(),
            choices.companion is companion,
        )
        for companion in (False, True)
    )
    return Line("company", _("You come"), options)


def _people(clinic: Clinic, choices: Choices) -> Line:
    anyone = Option(
        _("Anyone"),
        _("whoever is free"),
        replace(choices, practitioner=None).times_address(),
        choices.practitioner is None,
    )
    people = (
        Option(
            person.name,
            f"{person.title} · {', '.join(map(language_name, person.languages))}",
            replace(choices, practitioner=person.code, language=None).times_address(),
            choices.practitioner == person.code,
        )
        for person in licensed(clinic, choices.service.kind)
    )
    return Line("people", _("With"), (anyone, *people))


def _languages(clinic: Clinic, choices: Choices) -> Line:
    """Return the languages that some, but not all, of the people speak."""
    people = licensed(clinic, choices.service.kind)
    spoken = dict.fromkeys(language for person in people for language in person.languages)
    telling = [code for code in spoken if not all(code in p.languages for p in people)]
    if not telling:
        return Line("speaks", "", ())
    anything = Option(_("Any language"), "", _speaking(choices, None), choices.language is None)
    options = (
        Option(language_name(code), "", _speaking(choices, code), choices.language == code)
        for code in telling
    )
    return Line("speaks", _("Speaks"), (anything, *options))


def _speaking(choices: Choices, language: str | None) -> str:
    return replace(choices, practitioner=None, language=language).times_address()
