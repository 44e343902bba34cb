"""``vipstack drill``: wrong use is told from trouble, and nothing is asked of a cloud before the words are right."""

import typer
from typer.testing import CliRunner

from vipstack.drill import drill

app = typer.Typer()
app.command()(drill)
runner = CliRunner()


def test_an_unknown_fault_is_wrong_use():
    result = runner.invoke(app, ["lvs-dr", "--faults", "crash,earthquake"])
    assert result.exit_code == 2
    assert "there is no fault 'earthquake'; known: control, crash, clean-stop, keepalived-killed" in " ".join(
        result.output.replace("│", " ").split()
    )


def test_a_result_that_cannot_be_written_is_wrong_use(tmp_path):
    result = runner.invoke(app, ["lvs-dr", "--json", str(tmp_path / "missing" / "drill.json")])
    assert result.exit_code == 2, "half an hour of drill must not end in a missing folder"


def test_the_help_says_what_will_be_broken():
    result = runner.invoke(app, ["--help"])
    assert result.exit_code == 0
    assert "Break the master director" in result.output
