"""A generated clinic: the sample's rules with 30 practitioners and rooms to match.

Two of the twelve acupuncturists also give laser, in the one laser room: a service
that a sample-sized part of the clinic gives.
"""

from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "sample_clinic.toml"
ACUPUNCTURISTS, LASER, THERAPISTS = 12, 2, 18
NEEDLE_ROOMS, MASSAGE_ROOMS = 17, 14
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY = (("09:00-17:30", "13:00-13:30"), ("10:30-19:00", "14:30-15:00"))  # shift, break
SUNDAY = ("09:00-15:00", "12:00-12:30")


def generated_clinic(acupuncturists: int = ACUPUNCTURISTS, therapists: int = THERAPISTS) -> str:
    """Return the set-up file of the generated clinic, or of one with other numbers of people."""
    text = SAMPLE.read_text(encoding="utf-8")
    head = text[: text.index("[[rooms]]")]
    services = text[text.index("[[services]]") :]
    devices = text[text.index("[[devices]]") : text.index("# a practitioner may also have")]
    return "\n".join([head, *_rooms(), devices, *_practitioners(acupuncturists, therapists), services])


def _rooms() -> list[str]:
    named = [(f"n{i}", f"Needle room {i}", '["needle"]') for i in range(1, NEEDLE_ROOMS + 1)]
    named += [(f"m{i}", f"Massage room {i}", '["massage"]') for i in range(1, MASSAGE_ROOMS + 1)]
    rooms = [f'[[rooms]]\nid = "{code}"\nname = "{name}"\nkinds = {kinds}' for code, name, kinds in named]
    laser = '[[rooms]]\nid = "l1"\nname = "Laser room"\nkinds = ["laser", "needle"]'
    return [*rooms, laser + "\nlaser_controlled_area = true"]


def _practitioners(acupuncturists: int, therapists: int) -> list[str]:
    found = []
    for number in range(acupuncturists):
        kinds = '["needle", "laser"]' if number < LASER else '["needle"]'
        found.append(_practitioner(f"a{number}", number, "R.Ac", kinds, seats=2))
    for number in range(therapists):
        found.append(_practitioner(f"t{number}", number, "RMT", '["massage"]', seats=1))
    return found


def _practitioner(code: str, number: int, title: str, kinds: str, seats: int) -> str:
    off = {DAYS[number % 7], DAYS[(number + 3) % 7]}
    works = [day for day in DAYS if day not in off]
    late = number % 2
    shifts = {day: SUNDAY[0] if day == "sun" else WEEKDAY[late][0] for day in works}
    breaks = {day: SUNDAY[1] if day == "sun" else WEEKDAY[late][1] for day in works}
    lines = [
        "[[practitioners]]",
        f'id = "{code}"',
        f'name = "Practitioner {code}"',
        f'title = "{title}"',
        'licensing_body = "CCHPBC"',
        f'licence_number = "BENCH-{code}"',
        f"kinds = {kinds}",
        'languages = ["en"]',
        f"max_concurrent = {seats}",
        f"shifts = {_inline(shifts)}",
        f"breaks = {_inline(breaks)}",
    ]
    return "\n".join(lines)


def _inline(table: dict[str, str]) -> str:
    return "{ " + ", ".join(f'{key} = "{value}"' for key, value in table.items()) + " }"
