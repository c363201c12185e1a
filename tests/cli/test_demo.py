"""``flask demo``: it fills an empty clinic once, and says so."""

from flask import Flask


def test_the_demo_runs_once(app: Flask) -> None:
    """The first run tells what it made; the second refuses and changes nothing; --add goes on."""
    runner = app.test_cli_runner()
    first = runner.invoke(args=["demo", "--seed", "3", "--days", "1"])
    assert first.exit_code == 0
    assert first.output.startswith("Filled Synergy Acupuncture & Massage (sample) with ")
    assert first.output.endswith("Nobody is written to.\n")
    second = runner.invoke(args=["demo", "--seed", "3", "--days", "1"])
    assert second.exit_code == 1
    assert (
        second.output
        == "Error: It has visits already; the demo is for an empty clinic. --add adds to them.\n"
    )
    assert runner.invoke(args=["demo", "--days", "1", "--add"]).exit_code == 0


def test_days_have_a_limit(app: Flask) -> None:
    """No days, and thousands of them, are refused."""
    for days in ("0", "5000", "many"):
        assert app.test_cli_runner().invoke(args=["demo", "--days", days]).exit_code == 2


def test_without_a_clinic_it_says_what_to_do(app: Flask) -> None:
    """Where the clinic that CLINIC names does not exist, a sentence tells so."""
    from dataclasses import replace

    app.extensions["house"] = replace(app.extensions["house"], clinic="nowhere")
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "flask clinic load" in result.output
