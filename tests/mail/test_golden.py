"""Messages as whole texts: a change of any of them is seen in review.

``python -m tests.mail.letters`` writes the golden files anew.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from booking.mail.sample import KINDS
from tests.mail.letters import CASES, GOLDEN, all_golden, golden, golden_app


@pytest.mark.parametrize("name", CASES)
def test_the_message_is_the_golden_one(name: str, tmp_path: Path) -> None:
    """Every kind of message is, byte for byte, the text that was agreed on."""
    for file, text in golden(golden_app(tmp_path), name).items():
        assert text == (GOLDEN / file).read_text(encoding="utf-8")


def test_every_kind_has_a_golden_message() -> None:
    """No kind of message is without a golden file, and no golden file without a case."""
    assert {kind for kind, _ in CASES.values()} == set(KINDS)
    assert {path.name for path in GOLDEN.iterdir()} == set(all_golden())


def test_e30_a_process_in_tokyo_writes_the_same_bytes() -> None:
    """E30: text, HTML, calendar and headers do not depend on the machine's own zone."""
    environ = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}
    found = subprocess.run(
        [sys.executable, "-m", "tests.mail.letters", "--print"],
        cwd=Path(__file__).parents[2],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert found.stdout == "".join(f"{file}\n{text}" for file, text in all_golden().items())


def test_e32_no_message_names_a_zone_by_its_letters() -> None:
    """E32: no PST, PDT, MST, PT or "Pacific" anywhere; the clinic's own label stands instead."""
    for file, text in all_golden().items():
        words = re.sub(r"\n[A-Za-z0-9+/=]{40,}|^ .*", "", text)  # without what is encoded
        assert not re.search(r"\b(PST|PDT|MST|PT)\b|Pacific", words)
        assert "Vancouver time" in words.replace("=\n", "") or ".ics" in words or file == "staff-link.eml"
