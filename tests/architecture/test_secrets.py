"""Nobody has ever committed a secret: every line that the repository's history has added is read (S6)."""

import re
import subprocess

import pytest

from tests.architecture.source import ROOT

SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a provider's key": re.compile(
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bgithub_pat_\w{22}|\bglpat-[\w-]{20}"
        r"|\bxox[baprs]-[\w-]{10}|\bsk_live_\w{16}|\bAIza[\w-]{35}|\bSG\.[\w-]{16,}\.|\bnpm_\w{36}"
        r"|\bpypi-AgE|\beyJ[\w-]{16,}\.eyJ"
    ),
    "a password in an address": re.compile(r"""\w://[^/\s:@"'{}$<>]+:(?P<value>[^@/\s"'{}$<>]+)@"""),
    "a named secret": re.compile(
        r"""(?i:secret|passw(?:or)?d|token|api_?key)\w*["']?\s*[=:]\s*["'](?P<value>[^"'\s{}]{12,})["']"""
    ),
    "a setting": re.compile(
        r"^(?:export )?[A-Z_]*(?:SECRET|PASSWORD|TOKEN|_KEY)[A-Z_]*=(?P<value>[^\s$\"'{<]{8,})"
    ),
}
# Values that tests made up, and that open nothing.
MADE_UP = {"secret", "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHJlYWwgdG9rZW4"}


def added_lines() -> list[str]:
    """Return every line that any commit up to this one has added, and those that are not committed yet."""
    lines = []
    for command in (("log", "-p"), ("diff", "HEAD")):
        asked = ("git", *command, "--unified=0", "--no-color", "--no-ext-diff", "--text")
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout.decode(
            errors="replace"
        )
        lines += [line[1:] for line in told.splitlines() if line.startswith("+")]
    return lines


def secrets_in(lines: list[str]) -> list[str]:
    """Return what looks like a secret, each with what it looks like."""
    return [
        f"{what}: {line.strip()}"
        for line in dict.fromkeys(lines)
        for what, pattern in SECRETS.items()
        if (found := pattern.search(line)) and found.groupdict().get("value") not in MADE_UP
    ]


def test_s6_the_history_holds_no_secret() -> None:
    """S6: no commit has ever added a key, a token or a password."""
    lines = added_lines()
    assert len(lines) > 1000
    assert secrets_in(lines) == []


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "ABCDEFGHIJ234567",
        "ghp_" + "a1" * 18,
        "url = 'postgresql://clinic:" + "hunter22@db.example.com/clinic'",
        "MAIL_" + "PASSWORD=correcthorsebattery",
        'api_key = "' + 'q7RkX2vLw9TzB4"',
    ],
)
def test_s6_a_planted_secret_is_found(planted: str) -> None:
    """S6, control: what looks like a secret is told."""
    assert len(secrets_in(["harmless", planted])) == 1
