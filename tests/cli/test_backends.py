"""A backend for a team: secrets are encrypted in it, one update at a time, states move from one to another."""

import json
import subprocess
from pathlib import Path

from tests.cli.conftest import SECONDS, Project, files
from tests.waiting import until

LOCKED = (
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the "
)


def answer(project: Project, stack: str) -> int:
    return json.loads(project.checked("stack", "output", "--json", "--show-secrets", "--stack", stack))["answer"]


def exported(project: Project, stack: str) -> str:
    return project.checked("stack", "export", "--stack", stack)


def test_a_backend_keeps_a_stack_and_its_secret_encrypted(tiny: Project, stack: str):
    assert str(answer(tiny, stack)) == "42"
    state = json.loads(exported(tiny, stack))
    kept = state["deployment"]["resources"][0]["outputs"]["answer"]
    assert "ciphertext" in kept
    assert "plaintext" not in kept, "who reads the backend must not read secrets"


def test_of_two_updates_at_once_the_second_is_refused_and_harms_nothing(tiny: Project, stack: str):
    gate = Path(tiny.variables["GATE"])
    (gate / "shut").touch()
    first = subprocess.Popen(
        tiny.command("up", "--yes", "--skip-preview", "--stack", stack),
        cwd=tiny.folder,
        env=tiny.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until((gate / "waiting").exists, "the first update's program runs", seconds=SECONDS, process=first)
        second = tiny.up(stack)
    finally:
        (gate / "shut").unlink()
        said, _ = first.communicate(timeout=SECONDS)
    assert second.returncode != 0
    assert LOCKED in second.stdout, "whoever reads this must know that somebody else is at it, and the way out"
    assert "`pulumi cancel`" in second.stdout
    assert first.returncode == 0, said
    assert tiny.up(stack).returncode == 0, "the lock went with its owner"


def test_a_stack_moves_to_another_backend_as_the_page_says(tiny: Project, stack: str, tmp_path: Path):
    there = tiny.elsewhere(files(tmp_path / "elsewhere"))
    moved = tmp_path / "one.json"

    tiny.checked("stack", "export", "--stack", stack, "--file", str(moved))
    there.checked("stack", "init", stack)
    there.checked("stack", "import", "--stack", stack, "--file", str(moved))
    preview = there.run("preview", "--stack", stack, "--expect-no-changes")
    tiny.checked("stack", "rm", stack, "--yes", "--force", "--preserve-config")

    assert preview.returncode == 0, f"a stack that moved must be what it was:\n{preview.stdout}"
    assert str(answer(there, stack)) == "42"
    assert tiny.run("preview", "--stack", stack).returncode != 0, "two states of one stack would fight over it"


def test_the_page_has_the_commands_that_were_run():
    page = (Path(__file__).parents[2] / "docs/state.md").read_text()
    for command in (
        "pulumi stack export --stack lvs-dr --file lvs-dr.json",
        "pulumi stack init lvs-dr",
        "pulumi stack import --stack lvs-dr --file lvs-dr.json",
        "pulumi preview --stack lvs-dr --expect-no-changes",
        "pulumi stack rm lvs-dr --yes --force --preserve-config",
    ):
        assert command in page, command
