"""What each kind of treatment is called, what happens and what to bring.

No promise, no cause for alarm (domain.md, 2.6, L32): the laser's texts name
needles only in "needle-free".
"""

from dataclasses import dataclass

from booking.wording.language import N_, _


@dataclass(frozen=True)
class Kind:
    """The words for one kind; ``visit`` fits into "your first ... visit here"."""

    name: str
    visit: str
    happens: str
    bring: tuple[str, ...]


KINDS = {
    "needle": Kind(
        name=N_("Acupuncture"),
        visit=N_("acupuncture"),
        happens=N_("Fine needles are placed at chosen points; you rest with them for a while in quiet."),
        bring=(
            N_("Loose clothing that rolls above elbow and knee."),
            N_("Please eat something small in the two hours before."),
        ),
    ),
    "laser": Kind(
        name=N_("Needle-free laser acupuncture"),
        visit=N_("laser acupuncture"),
        happens=N_(
            "Soft laser light is held to acupuncture points, as an adjunct to other care. "
            "You can stop at any time."
        ),
        bring=(
            N_("Loose clothing that rolls above elbow and knee."),
            N_("Safety glasses are here for everyone in the room."),
        ),
    ),
    "massage": Kind(
        name=N_("Massage"),
        visit=N_("massage"),
        happens=N_(
            "A registered massage therapist works by hand on muscles and joints, "
            "as firmly as is right for you."
        ),
        bring=(N_("Comfortable clothing; towels and sheets are here."),),
    ),
}


def kind_words(code: str) -> Kind:
    """Return the words for a kind; one that is not known is called by its code."""
    kind = KINDS.get(code)
    if kind is None:
        return Kind(code.capitalize(), code, "", ())
    return Kind(_(kind.name), _(kind.visit), _(kind.happens), tuple(map(_, kind.bring)))
