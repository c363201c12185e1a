"""What a patient has chosen before the time: it travels in addresses and hidden fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from booking.actions.values import Question
from booking.scheduling.clinic import Clinic, Service
from booking.web.forms import said
from booking.web.patients.starts import start_text

VISITS = {True: "first", False: "before"}
SAID = {"first": True, "before": False}


@dataclass(frozen=True)
class Choices:
    """A service and how it is wanted; ``first_visit`` None says nothing about it."""

    service: Service
    first_visit: bool | None = None
    practitioner: str | None = None
    language: str | None = None
    companion: bool = False

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield what was chosen beside the service, by the names that forms and addresses use."""
        if self.first_visit is not None and self.service.for_patients == "all":
            yield "visit", VISITS[self.first_visit]
        if self.practitioner:
            yield "practitioner", self.practitioner
        if self.language:
            yield "language", self.language
        if self.companion:
            yield "companion", "1"

    def times_address(self, from_on: date | None = None) -> str:
        """Return the address of the times for these choices."""
        pairs = [*self.fields(), *([("from", from_on.isoformat())] if from_on else [])]
        return _address(f"/book/{self.service.code}", pairs)

    def details_address(self, start: datetime) -> str:
        """Return the address of the form for a start."""
        return _address(f"/book/{self.service.code}/{start_text(start)}", list(self.fields()))

    def question(self, from_on: date, to_on: date) -> Question:
        """Return the question for the starts between two dates."""
        return Question(self.service.code, from_on, to_on, self.practitioner, self.companion, self.language)

    def with_service(self, service: Service) -> "Choices":
        """Return the same wishes for another service."""
        return replace(self, service=service, first_visit=_implied(service, self.first_visit))

    def with_word(self, first_visit: bool | None) -> "Choices":
        """Return the choices with the patient's own word about a first visit."""
        return replace(self, first_visit=_implied(self.service, first_visit))


def read_choices(service: Service, given: Mapping[str, str]) -> Choices:
    """Return what an address or a form says; what it does not say is left open."""
    word = SAID.get(given.get("visit", ""))
    return Choices(
        service=service,
        first_visit=_implied(service, word),
        practitioner=given.get("practitioner") or None,
        language=given.get("language") or None,
        companion=service.shape.companion_allowed and said(given.get("companion")) is True,
    )


def known_choices(clinic: Clinic, choices: Choices) -> Choices:
    """Return the choices without a person or a language that this service does not have."""
    people = [p for p in clinic.practitioners if choices.service.kind in p.kinds]
    practitioner = choices.practitioner if choices.practitioner in {p.code for p in people} else None
    spoken = {language for p in people for language in p.languages}
    language = choices.language if choices.language in spoken and not practitioner else None
    return replace(choices, practitioner=practitioner, language=language)


def _implied(service: Service, word: bool | None) -> bool | None:
    if word is None and service.for_patients != "all":
        return service.for_patients == "new"
    return word


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
