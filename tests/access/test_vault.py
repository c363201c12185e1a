"""Tokens are random, sealed values open only for whom they were sealed (A1, A2)."""

import pytest

from booking.access.vault import Unsealable, Vault, digest, mint_token

KEY = "a key that only the tests know, 0123456789"
TOKEN = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHJlYWwgdG9rZW4"


def test_a1_a_token_is_256_random_bits() -> None:
    """A1: 43 URL-safe characters, and ten thousand of them without a twin."""
    tokens = {mint_token() for _ in range(10_000)}
    assert len(tokens) == 10_000
    assert {len(token) for token in tokens} == {43}
    assert all(token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_a2_a_token_is_looked_up_by_its_sha_256() -> None:
    """A2: the digest is plain SHA-256 in hex; what no token can be is digested all the same."""
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(digest("\udcff")) == 64


def test_what_is_sealed_opens_again() -> None:
    """Whatever the text, it comes back as it was."""
    vault = Vault(KEY)
    assert [vault.unseal(vault.seal(text, "link"), "link") for text in ("", TOKEN, "名前")] == [
        "",
        TOKEN,
        "名前",
    ]


def test_a2_sealing_twice_shows_nothing() -> None:
    """A2: the same token sealed twice gives different bytes, none of them the token's."""
    vault = Vault(KEY)
    first, second = vault.seal(TOKEN, "link"), vault.seal(TOKEN, "link")
    assert first != second
    assert TOKEN.encode() not in first


@pytest.mark.parametrize("key", [KEY + "x", "another key of at least thirty-two characters"])
def test_another_key_opens_nothing(key: str) -> None:
    """After SECRET_KEY was changed the old values are refused, not misread."""
    sealed = Vault(KEY).seal(TOKEN, "link")
    with pytest.raises(Unsealable):
        Vault(key).unseal(sealed, "link")


def test_a_value_sealed_for_one_use_does_not_open_for_another() -> None:
    """A sealed answer cannot be put in a sealed link's place."""
    vault = Vault(KEY)
    with pytest.raises(Unsealable):
        vault.unseal(vault.seal(TOKEN, "idempotency"), "link")


@pytest.mark.parametrize("at", [0, 11, 12, 30, -1])
def test_an_altered_value_is_refused(at: int) -> None:
    """One changed bit anywhere is noticed."""
    vault = Vault(KEY)
    sealed = bytearray(vault.seal(TOKEN, "link"))
    sealed[at] ^= 1
    with pytest.raises(Unsealable):
        vault.unseal(bytes(sealed), "link")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(28)])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    """Empty, short and made-up bytes are refused in the same way."""
    with pytest.raises(Unsealable):
        Vault(KEY).unseal(sealed, "link")


def test_a_pseudonym_is_the_same_for_one_key_and_says_nothing() -> None:
    """Limits per address need sameness; who has only the database learns no address from it."""
    vault = Vault(KEY)
    name = vault.pseudonym("origin:192.0.2.7")
    assert name == Vault(KEY).pseudonym("origin:192.0.2.7")
    assert name != vault.pseudonym("origin:192.0.2.8")
    assert name != Vault(KEY + "x").pseudonym("origin:192.0.2.7")
    assert (len(name), "192" in name[:3]) == (43, False)
