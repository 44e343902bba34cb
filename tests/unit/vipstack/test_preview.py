"""``vipstack preview`` as its user meets it: forms, options, exit codes. Its words are decided in tests/unit/review."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from review.errors import ReviewError
from review.rules import BrokenRule
from vipstack import preview as command

RECORDINGS = Path(__file__).parents[1] / "review" / "recordings"


def run(monkeypatch: pytest.MonkeyPatch, recording: str, *arguments: str, options: tuple[str, ...] = ()) -> Result:
    def answered(stack: str, given: list[str]) -> dict[str, Any]:
        assert (stack, tuple(given)) == ("shop", options)
        return json.loads((RECORDINGS / f"{recording}.json").read_text())

    monkeypatch.setattr(command, "asked", answered)
    app = typer.Typer()
    app.command()(command.preview)
    return CliRunner().invoke(app, ["shop", *arguments])


def test_a_terminal_gets_plain_text_and_a_comment_markdown(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, marked = run(monkeypatch, "weight"), run(monkeypatch, "weight", "--markdown")
    assert plain.exit_code == marked.exit_code == 0
    assert plain.stdout.startswith("shop: 2 to change\n")
    assert marked.stdout.startswith("<!-- vipstack preview shop -->\n### `shop`: 2 to change\n")
    for text in (plain.stdout, marked.stdout):
        assert text.endswith("\n"), "a shell's prompt begins a line"
        assert not text.endswith("\n\n"), "a comment has no empty end"


def test_a_refused_stack_is_told_where_the_comment_is_read_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, "refused", "--markdown")
    assert result.exit_code == 1
    assert "vipstack:networks.web.gateway" in result.stdout


def test_the_options_reach_the_cli(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.other.yaml"
    file.write_text("")
    options = ("--replace=urn:a", "--replace=urn:b", f"--config-file={file}", "--refresh")
    arguments = ("--refresh", "--replace", "urn:a", "--replace", "urn:b", "--config-file", str(file))
    assert run(monkeypatch, "weight", *arguments, options=options).exit_code == 0


@pytest.mark.parametrize("advisory", [True, False])
def test_a_broken_rule_is_told_and_fails_unless_it_only_advises(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, advisory: bool
) -> None:
    def judged(stack: str, options: list[str], packs: list[Path]) -> tuple[BrokenRule, ...]:
        assert (stack, options, packs) == ("shop", ["--refresh"], [tmp_path])
        return (BrokenRule("directors-are-placed-apart", "One host takes both along.", advisory),)

    monkeypatch.setattr(command, "judged", judged)
    result = run(monkeypatch, "weight", "--refresh", "--policy-pack", str(tmp_path), options=("--refresh",))
    assert "by directors-are-placed-apart: One host takes both along." in result.stdout
    assert result.exit_code == (0 if advisory else 1)


def test_a_stack_file_that_is_not_there_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    # The CLI itself would go on without it, and find every key missing.
    assert run(monkeypatch, "weight", "--config-file", "/nowhere/Pulumi.x.yaml").exit_code == 2


def test_trouble_is_a_sentence_on_the_other_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(stack: str, given: list[str]) -> dict[str, Any]:
        raise ReviewError(f"stack {stack}", f"no preview with {given}", "one", "look")

    monkeypatch.setattr(command, "asked", answered)
    app = typer.Typer()
    app.command()(command.preview)
    result = CliRunner().invoke(app, ["shop"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "stack shop: no preview with []\n  expected: one\n  do: look\n"
