"""The first screen: what would help?"""

from dataclasses import dataclass, replace

from booking.scheduling.clinic import Clinic, Service
from booking.web.patients.blueprint import blueprint, here, show
from booking.web.patients.choices import Choices
from booking.web.patients.lines import fitting, length_labels, total_cents
from booking.wording.dates import money
from booking.wording.kinds import Kind, kind_words
from booking.wording.language import N_, _, ngettext

GROUPS = ((True, N_("First visit")), (False, N_("Been here before")))


@dataclass(frozen=True)
class Tile:
    """One service to choose: its length, its price with tax, its times."""

    label: str
    price: str
    address: str


@dataclass(frozen=True)
class Card:
    """One kind of treatment; all cards have the same size and weight."""

    code: str
    words: Kind
    lengths: str
    price_from: str
    groups: tuple[tuple[str, tuple[Tile, ...]], ...]


@blueprint.get("/")
def services() -> str:
    """Show what can be booked."""
    clinic = here()
    kinds = dict.fromkeys(service.kind for service in clinic.services)
    return show("services", clinic, cards=[_card(clinic, kind) for kind in kinds])


def _card(clinic: Clinic, kind: str) -> Card:
    offered = fitting(clinic, kind, None)
    minutes = [service.shape.minutes for service in offered]
    groups = ((_(name), _tiles(clinic, fitting(clinic, kind, word), word)) for word, name in GROUPS)
    return Card(
        code=kind,
        words=kind_words(kind),
        lengths=_span(min(minutes), max(minutes)),
        price_from=money(min(total_cents(clinic, service) for service in offered)),
        groups=tuple((name, tiles) for name, tiles in groups if tiles),
    )


def _tiles(clinic: Clinic, services: tuple[Service, ...], first_visit: bool) -> tuple[Tile, ...]:
    labels = length_labels(services)
    return tuple(
        Tile(
            labels[service.code],
            money(total_cents(clinic, service)),
            replace(Choices(service), first_visit=first_visit).times_address(),
        )
        for service in services
    )


def _span(shortest: int, longest: int) -> str:
    if shortest == longest:
        return ngettext("%(num)s minute", "%(num)s minutes", longest)
    return _("%(first)s to %(last)s minutes", first=shortest, last=longest)
