"""What each kind of treatment is called, what happens and what to bring.

No promise, no cause for alarm (domain.md, 2.6, L32): the laser's texts name
needles only in "needle-free".
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """The words for one kind; ``visit`` fits into "your first ... visit here"."""

    name: str
    visit: str
    happens: str
    bring: tuple[str, ...]


KINDS = {
    "needle": Kind(
        name="Acupuncture",
        visit="acupuncture",
        happens="Fine needles are placed at chosen points; you rest with them for a while in quiet.",
        bring=(
            "Loose clothing that rolls above elbow and knee.",
            "Please eat something small in the two hours before.",
        ),
    ),
    "laser": Kind(
        name="Needle-free laser acupuncture",
        visit="laser acupuncture",
        happens="Soft laser light is held to acupuncture points, as an adjunct to other care. "
        "You can stop at any time.",
        bring=(
            "Loose clothing that rolls above elbow and knee.",
            "Safety glasses are here for everyone in the room.",
        ),
    ),
    "massage": Kind(
        name="Massage",
        visit="massage",
        happens="A registered massage therapist works by hand on muscles and joints, "
        "as firmly as is right for you.",
        bring=("Comfortable clothing; towels and sheets are here.",),
    ),
}


def kind_words(code: str) -> Kind:
    """Return the words for a kind; one that is not known is called by its code."""
    return KINDS.get(code) or Kind(code.capitalize(), code, "", ())
