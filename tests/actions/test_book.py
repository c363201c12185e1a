"""Booking: all of it or nothing, the same for every door."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.access.vault import digest, mint_token
from booking.actions.look_up import get_visit
from booking.scheduling.clinic import Clinic
from booking.scheduling.errors import Invalid, KeyReused, NotFound, NotOffered, SlotTaken, TooMany
from tests.actions.asks import (
    MORNING,
    PATIENT,
    STAFF,
    TUESDAY,
    VAULT,
    at,
    book,
    book_visit,
    count,
    counts,
    rows,
)

pytestmark = pytest.mark.usefixtures("any_app")


def test_a_booking_writes_everything_that_belongs_to_it(clinic: Clinic) -> None:
    """One booking makes one patient, appointment, link, message and audit row, and its claims."""
    booked = book(clinic, practitioner="lam")
    assert (booked.start, booked.end) == (at(24, 9), at(24, 10))
    assert (booked.service, booked.practitioner, booked.status) == ("needle-followup", "lam", "booked")
    assert counts() == {
        "patient": 1,
        "appointment": 1,
        "claim": 5,  # hands twice, seat, room, patient
        "link": 1,
        "message": 3,  # the confirmation and two reminders
        "audit": 1,
        "idempotency": 0,
        "hold": 0,
        "call_task": 0,
    }


def test_the_visit_reads_back_as_it_was_booked(clinic: Clinic) -> None:
    """The link opens the visit with the patient's own words."""
    visit = book_visit(clinic, service="rmt-60", name="Zoë O'Hara", first_visit=True)
    assert (visit.patient.name, visit.patient.email, visit.patient.phone) == (
        "Zoë O'Hara",
        "ada@example.com",
        None,
    )
    assert (visit.practitioner, visit.room, visit.first_visit) == ("kim", "m1", True)
    assert (visit.sold.price_cents, visit.sold.tax_cents, visit.sold.total_cents) == (13000, 650, 13650)


def test_e01_two_staggered_visits_fit_and_the_third_has_no_seat(clinic: Clinic) -> None:
    """E01: 9:00 and 9:15 with one acupuncturist and two needle rooms; 9:30 is refused."""
    first = book_visit(clinic, name="One")
    second = book_visit(clinic, name="Two", start=at(24, 9, 15))
    assert (first.room, second.room) == ("n1", "n2")
    with pytest.raises(SlotTaken):
        book(clinic, name="Three", start=at(24, 9, 30))


def test_e21_the_loser_changes_nothing_and_is_shown_three_times(clinic: Clinic) -> None:
    """E21, C12: the second on one start gets slot_taken, three nearest starts, and no row."""
    book(clinic, practitioner="kim", service="rmt-60", start=at(24, 10), name="First")
    before = counts()
    with pytest.raises(SlotTaken) as refused:
        book(clinic, practitioner="kim", service="rmt-60", start=at(24, 10), name="Second")
    assert [near.start for near in refused.value.nearest] == [at(24, 12, 45), at(24, 13), at(24, 13, 15)]
    assert all(near.practitioners == ("kim",) for near in refused.value.nearest)
    assert counts() == before
    assert "First" not in str(refused.value.__dict__)


def test_e11_eyewear_runs_out_and_staff_read_why(clinic: Clinic) -> None:
    """E11: the reason of a refusal names the kind of resource that is short."""
    book(clinic, service="laser-45", start=at(24, 9), safety="ok", name="One", companion=True)
    with pytest.raises(SlotTaken) as refused:
        book(clinic, by=STAFF, service="laser-45", start=at(24, 9), safety="ok", name="Two")
    assert refused.value.reason == "several"


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (at(23, 7, 45), "past"),
        (at(23, 9, 45), "lead"),
        (at(24, 9, 5), "grid"),
        (at(24, 8, 0), "hours"),
        (at(24, 12, 30), "break"),
        (at(24, 18, 0), "shift"),
        (at(24, 9).replace(year=2027, month=2, day=22), "horizon"),
        (at(24, 9).replace(month=12, day=25), "closed"),
        (at(24, 9).replace(month=12, day=26), "closed"),
        (at(24, 9).replace(year=9999, month=12, day=31), "horizon"),
        (at(24, 9).replace(year=1, month=1, day=1), "past"),
    ],
)
def test_a_start_that_a_rule_refuses_says_which_and_changes_nothing(
    clinic: Clinic, start: object, reason: str
) -> None:
    """B9, E45: each rule refuses with its own stable reason and nearest free starts."""
    with pytest.raises(NotOffered) as refused:
        book(clinic, start=start, practitioner="lam")
    assert refused.value.reason == reason
    assert len(refused.value.nearest) == 3
    assert set(counts().values()) == {0}


def test_e17_no_licence_no_booking_not_even_by_staff(clinic: Clinic) -> None:
    """E17, L30: a massage therapist cannot be booked for acupuncture, whoever asks."""
    for by in (PATIENT, STAFF):
        with pytest.raises(NotOffered) as refused:
            book(clinic, by=by, practitioner="kim")
        assert refused.value.reason == "licence"


def test_e18_anyone_spreads_the_load(clinic: Clinic) -> None:
    """E18: with two free, the one with fewer claimed minutes that day is chosen."""
    chosen = [
        book(clinic, service="rmt-60", name=name, start=at(24, 13, 0)).practitioner for name in ("One", "Two")
    ]
    assert sorted(chosen) == ["kim", "tremblay"]


def test_e25_the_same_key_gives_the_same_answer_and_books_nothing(clinic: Clinic) -> None:
    """E25: a retry with the same key and request answers alike, with one message."""
    first = book(clinic, key="a-key-of-mine", door="api")
    before = counts()
    again = book(clinic, key="a-key-of-mine", door="api")
    assert replace(again, replayed=False) == first
    assert again.replayed
    assert counts() == before
    assert (before["appointment"], before["message"], before["idempotency"]) == (1, 3, 1)


def test_e25_another_request_under_the_same_key_is_refused(clinic: Clinic) -> None:
    """E25: an API key belongs to one request."""
    book(clinic, key="a-key-of-mine", door="api")
    with pytest.raises(KeyReused):
        book(clinic, key="a-key-of-mine", door="api", name="Somebody Else", start=at(24, 11))


def test_only_a_booking_is_remembered_not_a_refusal(clinic: Clinic) -> None:
    """A key whose request was refused may be used again."""
    with pytest.raises(NotOffered):
        book(clinic, key="a-key-of-mine", door="api", start=at(24, 8))
    assert book(clinic, key="a-key-of-mine", door="api").replayed is False


def test_a_key_is_forgotten_after_thirty_days(clinic: Clinic) -> None:
    """An answer is remembered for 30 days."""
    book(clinic, key="a-key-of-mine", door="api")
    later = MORNING + timedelta(days=30)
    booked = book(clinic, now=later, key="a-key-of-mine", door="api", start=TUESDAY + timedelta(days=35))
    assert booked.replayed is False
    assert count("idempotency") == 1


def test_a_pages_key_is_good_for_its_visitor_only(clinic: Clinic) -> None:
    """Another visitor cannot fetch somebody's link with a guessed form key."""
    first = book(clinic, key="form-key-1", visitor="v1")
    other = book(clinic, key="form-key-1", visitor="v2", name="Other", start=at(24, 11))
    assert other.reference != first.reference


def test_e47_nobody_is_in_two_places_at_once(clinic: Clinic) -> None:
    """E47: the same name and contact cannot have two visits at one time; back to back is fine."""
    book(clinic, service="rmt-60", start=at(24, 10))
    before = counts()
    with pytest.raises(NotOffered) as refused:
        book(clinic, start=at(24, 10, 45), name="  ADA   example ", email="ADA@example.com")
    assert refused.value.reason == "two_places"
    assert counts() == before
    assert book(clinic, start=at(24, 11)).start == at(24, 11)


def test_e46_a_family_shares_one_address(clinic: Clinic) -> None:
    """E46: two names with one e-mail are two people, each with a link of their own."""
    one = book_visit(clinic, name="Mei Chen", start=at(24, 9))
    two = book_visit(clinic, name="Lin Chen", start=at(24, 9, 15))
    assert (one.patient.name, two.patient.name) == ("Mei Chen", "Lin Chen")
    assert one.patient.id != two.patient.id


def test_e51_a_known_address_changes_nothing_about_its_person(clinic: Clinic) -> None:
    """E51: booking with somebody's e-mail makes a record of its own and leaves theirs alone."""
    first = book_visit(clinic, name="Ada Example", phone="604-555-0111")
    book(clinic, name="Impostor", start=at(24, 11))
    assert get_visit(clinic, book(clinic, name="X", start=at(24, 12)).token, MORNING).patient.phone is None
    assert rows("SELECT name, phone FROM patient ORDER BY id")[0] == ("Ada Example", "+16045550111")
    assert first.patient.phone == "+16045550111"


def test_upcoming_visits_of_one_person_are_limited(clinic: Clinic) -> None:
    """E27: the seventh upcoming visit of one person is refused by policy."""
    days = [at(24, 9), at(25, 11), at(26, 11), at(30, 9)]
    starts = [*days, at(24, 11), at(25, 16)]
    for start in starts:
        book(clinic, start=start)
    with pytest.raises(NotOffered) as refused:
        book(clinic, start=at(26, 16))
    assert refused.value.reason == "limit"


def test_a26_sixty_bookings_an_hour_from_one_address(clinic: Clinic) -> None:
    """A26: the 61st booking of an address within the hour is refused, after it not."""
    by = replace(PATIENT, origin="an-address")
    book(clinic, by=by)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("booking.actions.book.BOOKINGS_PER_HOUR", 1)
        with pytest.raises(TooMany):
            book(clinic, by=by, name="Next", start=at(24, 11))
        book(clinic, by=replace(by, origin="another"), name="Next", start=at(24, 11))
        later = MORNING + timedelta(minutes=61)
        assert book(clinic, by=by, now=later, name="Later", start=at(24, 14)).start == at(24, 14)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Ann\nBcc: all@example.com"}, "name"),
        ({"name": "\u0301\u0301"}, "name"),
        ({"name": "A\x00B"}, "name"),
        ({"email": None}, "email"),
        ({"email": "not-an-address"}, "email"),
        ({"email": "a@example.com\nBcc: b@example.com"}, "email"),
        ({"email": "a" * 250 + "@example.com"}, "email"),
        ({"email": None, "phone": "12345"}, "phone"),
        ({"email": None, "phone": "555-0100"}, "phone"),
        ({"language": "tlh"}, "language"),
        ({"service": "surgery"}, "service"),
        ({"practitioner": "nobody"}, "practitioner"),
        ({"consent": False}, "consent"),
        ({"service": "laser-30"}, "safety"),
        ({"service": "laser-30", "safety": "maybe"}, "safety"),
        ({"first_visit": True}, "first_visit"),
        ({"service": "needle-initial", "first_visit": False}, "first_visit"),
    ],
)
def test_a_wrong_request_says_what_to_do_for_its_field(
    clinic: Clinic, changes: dict[str, object], field: str
) -> None:
    """Each wrong field is named alone, with words, and nothing is stored."""
    with pytest.raises(Invalid) as refused:
        book(clinic, **changes)
    assert list(refused.value.fields) == [field]
    assert refused.value.fields[field].endswith(".")
    assert set(counts().values()) == {0}


def test_e50_a_new_patient_is_offered_longer_massages(clinic: Clinic) -> None:
    """E50: a first visit of 30 minutes is refused with the services that fit."""
    with pytest.raises(Invalid) as refused:
        book(clinic, service="rmt-30", first_visit=True)
    assert refused.value.suggested_services == ("rmt-60", "rmt-75", "rmt-90")


def test_e49_first_visit_is_the_patients_word_per_discipline(clinic: Clinic) -> None:
    """E49: a massage regular may book a first acupuncture visit."""
    book(clinic, service="rmt-60", first_visit=False, start=at(24, 9))
    visit = book_visit(clinic, service="needle-initial", start=at(24, 11), first_visit=True)
    assert visit.first_visit


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "李明",
        "محمد رضایی",
        "ਹਰਪ੍ਰੀਤ ਕੌਰ",
        "👩‍👩‍👧 Lee",
        "O'Brien-Smith",
        "Null",
        "x" * 200,
        "Z" + "\u0301" * 200,
    ],
)
def test_e48_every_name_is_stored_as_it_is(clinic: Clinic, name: str) -> None:
    """E48, B7: short, long, right-to-left, joined and combined names come back as NFC."""
    import unicodedata

    assert book_visit(clinic, name=name).patient.name == unicodedata.normalize("NFC", name)


def test_l04_the_safety_notice_stores_its_answer_and_opens_a_call(clinic: Clinic) -> None:
    """L04: only ok or call_me with the notice's version; call_me opens a call task."""
    visit = book_visit(clinic, service="laser-45", safety="call_me")
    assert visit.safety == "call_me"
    assert rows("SELECT kind FROM call_task") == [("safety",)]
    assert rows("SELECT safety, safety_text FROM appointment") == [("call_me", "laser-2026-11")]


def test_safety_is_ignored_where_it_is_not_asked(clinic: Clinic) -> None:
    """A massage stores no answer to a laser notice."""
    assert book_visit(clinic, service="rmt-60", safety="call_me").safety is None


def test_e54_without_an_address_reception_phones(clinic: Clinic) -> None:
    """E54: a phone alone is enough; the confirmation becomes a call task."""
    visit = book_visit(clinic, email=None, phone="(604) 555-0123")
    assert visit.patient.phone == "+16045550123"
    assert (count("message"), rows("SELECT kind FROM call_task")) == (
        0,
        [("confirmation",), ("reminder",)],
    )


def test_l05_consent_is_recorded_with_time_and_wording(clinic: Clinic) -> None:
    """L05: when, and to which version of the notice."""
    book(clinic)
    assert rows("SELECT consent_text FROM patient") == [("privacy-2026-11",)]
    assert count("patient WHERE consented_at IS NOT NULL") == 1


def test_a1_tokens_are_random_and_long() -> None:
    """A1: 256 bits, URL-safe, no two alike."""
    tokens = {mint_token() for _ in range(100_000)}
    assert len(tokens) == 100_000
    assert {len(token) for token in tokens} == {43}


def test_a2_no_token_lies_in_the_database(clinic: Clinic) -> None:
    """A2: the token is nowhere in clear in any table; its SHA-256 and a sealed copy are."""
    booked = book(clinic, key="a-key-of-mine", door="api")
    names = [row[0] for row in rows(TABLE_NAMES[rows_dialect()])]
    everything = "".join(str(rows(f'SELECT * FROM "{name}"')) for name in names)
    assert booked.token not in everything
    assert digest(booked.token) in everything
    sealed = rows("SELECT sealed FROM link")[0][0]
    assert VAULT.unseal(bytes(sealed), "link") == booked.token


TABLE_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def rows_dialect() -> str:
    """Return the engine's name."""
    from booking.records.database import reader

    return reader().dialect.name


def test_a3_a_link_dies_thirty_days_after_the_visit(clinic: Clinic) -> None:
    """A3, L14: an altered token opens nothing; a good one until 30 days after."""
    token = book(clinic).token
    for wrong in (token[:-1], token + "x", token.swapcase(), "", "\udc80"):
        with pytest.raises(NotFound):
            get_visit(clinic, wrong, MORNING)
    assert get_visit(clinic, token, MORNING + timedelta(days=31))
    with pytest.raises(NotFound):
        get_visit(clinic, token, MORNING + timedelta(days=32))


def test_a_used_key_is_named_before_any_other_fault(clinic: Clinic) -> None:
    """E25: a wrong request under a used API key is told that the key was used."""
    book(clinic, key="a-key-of-mine", door="api")
    with pytest.raises(KeyReused):
        book(clinic, key="a-key-of-mine", door="api", name="")
    with pytest.raises(Invalid):
        book(clinic, key="another-key-1", door="api", name="")


def test_a_pages_form_that_comes_back_changed_is_told_so(clinic: Clinic) -> None:
    """E25: a page's second sending books nothing new, and says that its changes were not taken."""
    first = book(clinic, key="form-key-1", visitor="v1")
    again = book(clinic, key="form-key-1", visitor="v1", email="other@example.com")
    assert (again.reference, again.replayed, again.changed) == (first.reference, True, True)
    assert book(clinic, key="form-key-1", visitor="v1").changed is False
