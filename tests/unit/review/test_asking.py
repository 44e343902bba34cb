"""What the CLI is asked, in whose environment, and what is said where it answers with no document."""

from pathlib import Path

import pytest

from review.asking import ask
from review.document import read
from review.errors import ReviewError


def pulumi(folder: Path, script: str) -> dict[str, str]:
    """An environment whose ``pulumi`` is a script."""
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin", "OS_CLOUD": "mine"}


def test_the_cli_is_asked_in_the_operators_environment(tmp_path: Path) -> None:
    environment = pulumi(tmp_path, """printf '{"config": {"args": "%s", "cloud": "%s"}}' "$*" "$OS_CLOUD" """)
    assert ask("shop", environment, ["--refresh"])["config"] == {
        "args": "preview --json --non-interactive --show-sames --stack shop --refresh",
        "cloud": "mine",
    }


def test_a_preview_that_was_refused_is_a_document_too(tmp_path: Path) -> None:
    said = '{"config": {}, "diagnostics": [{"message": "error: no", "severity": "error"}]}'
    assert read(ask("shop", pulumi(tmp_path, f"echo '{said}'; exit 1"))).failed


def test_no_document_is_answered_with_what_the_cli_said(tmp_path: Path) -> None:
    with pytest.raises(ReviewError) as caught:
        ask("nosuch", pulumi(tmp_path, "echo \"error: no stack named 'nosuch' found\" >&2; exit 6"))
    assert str(caught.value) == (
        "stack nosuch: `pulumi preview` gave no preview: error: no stack named 'nosuch' found\n"
        "  expected: a stack of the backend that pulumi is logged in to, and its passphrase or key in the environment\n"
        "  do: see `pulumi whoami --verbose` and `pulumi stack ls`; a new stack is made by `pulumi stack init nosuch`"
    )


def test_a_document_of_another_form_is_no_traceback() -> None:
    with pytest.raises(ReviewError, match="the document cannot be read"):
        read({"config": {}, "steps": [{"urn": "x"}]})
