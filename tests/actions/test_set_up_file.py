"""Reading a set-up file: what is wrong is told with line, field and reason, all at once."""

import pytest

from booking.actions.set_up_file import LONGEST_FILE, SetUpFile
from booking.scheduling.errors import FaultySetup
from tests.actions.edits import edited
from tests.actions.faulty_set_ups import FAULTY, SAMPLE, Faulty

TOP = ("clinic", "holidays", "hours", "practitioners", "rooms", "services", "tax")


def faults_of(text: str) -> tuple[tuple[int, str, str], ...]:
    with pytest.raises(FaultySetup) as refused:
        SetUpFile(text)
    return refused.value.faults


@pytest.mark.parametrize("faulty", FAULTY, ids=lambda faulty: faulty.name)
def test_each_fault_is_told_with_line_field_and_reason(faulty: Faulty) -> None:
    """A faulty file is refused with the line, the field and what to do."""
    faults = faults_of(faulty.text)
    assert faults[0][:2] == (faulty.line, faulty.field)
    assert faulty.reason in faults[0][2]


def test_all_faults_are_told_at_once_in_order() -> None:
    """Faults of several tables, of single fields and between fields come in one refusal, by line."""
    faults = faults_of(
        edited(
            ("steps = [30, 30, 15]", "steps = [30, 30, 20]"),
            ("grid_minutes = 15", "grid_minutes = 25"),
            ('mon = ["09:00-19:00"]', 'mon = "9-5"'),
            ('tied_to_room = "l1"', 'tied_to_room = "l3"'),
            ('"needle-initial"', '"needle initial"'),
        )
    )
    assert [(line, field) for line, field, _ in faults] == [
        (10, "clinic.grid_minutes"),
        (22, "hours.mon"),
        (104, "devices.laser-1.tied_to_room"),
        (171, "services.'needle initial'.id"),
        (175, "services.'needle initial'.steps"),
    ]


def test_a_misspelt_key_is_not_called_missing_too() -> None:
    """One slip of the pen is one fault."""
    assert faults_of(edited(("privacy_officer", "privacy_oficer"))) == (
        (13, "clinic.privacy_oficer", "is not known here: did you mean privacy_officer?"),
    )


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("x = " + "[" * 3000, 1, "is nested too deeply"),
        ("x = " + "9" * 5000, 1, "is not TOML"),
        ("a = 1\n\nb = \x00\n", 3, "is not TOML"),
        ("a = '''\n\n", 1, "is not TOML"),
        ("PK\x03\x04", 1, "is not TOML"),
        ("#" * (LONGEST_FILE + 1), 0, "is longer than 1000000 characters"),
    ],
)
def test_what_is_no_set_up_file_at_all(text: str, line: int, reason: str) -> None:
    """Nested, endless, binary, broken and huge files are refused, never fatal (B2)."""
    ((found, field, why),) = faults_of(text)
    assert (found, field) == (line, "file")
    assert why.startswith(reason)


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n" * 1000])
def test_an_empty_file_lacks_every_table(text: str) -> None:
    """Nothing in the file is a fault for each table that must be there."""
    assert [field for _, field, _ in faults_of(text)] == list(TOP)


@pytest.mark.parametrize(
    "value", ["1", '"x"', "[]", "[1]", "{}", "true", "1979-05-27", "nan", "0xf" + "f" * 5000]
)
@pytest.mark.parametrize("key", [*TOP, "policy", "reminders", "devices"])
def test_the_wrong_kind_of_value_for_a_table(key: str, value: str) -> None:
    """Whatever stands where a table should, it is a fault and never an error of the program."""
    faults_of(f"{key} = {value}\n")


def test_a_key_of_strange_characters_stays_on_one_line() -> None:
    """What a fault quotes from the file is shortened and cannot break the list of faults."""
    ((_, field, reason),) = faults_of(edited(('city = "Van', '"a\\nb\\u202e" = 1\ncity = "Van')))
    assert field == r"clinic.'a\nb\u202e'"
    assert "\n" not in reason
    ((_, _, reason),) = faults_of(edited(("grid_minutes = 15", f'grid_minutes = "{"y" * 1000}\\n"')))
    assert len(reason) < 140
    assert "\n" not in reason


def test_unused_and_unreachable_things_are_no_fault() -> None:
    """A break outside the shift, a shift outside the hours, a device nobody needs: all may stand."""
    SetUpFile(
        edited(
            ('breaks = { mon = "13:00-13:30"', 'breaks = { sun = "20:00-21:00", mon = "13:00-13:30"'),
            ('shifts = { mon = "09:00-17:00"', 'shifts = { sun = "06:00-24:00", mon = "09:00-17:00"'),
            ('kind = "eyewear"', 'kind = "eyewear"\n[[devices]]\nid = "lamp"\nname = "Lamp"\nkind = "lamp"'),
        ).replace("needs_devices = { laser = 1, eyewear = 2 }", "")
    )


def test_the_sample_has_no_fault() -> None:
    """The file that ships is right, with either kind of line ending."""
    assert SetUpFile(SAMPLE).set_up == SetUpFile(SAMPLE.replace("\n", "\r\n")).set_up
