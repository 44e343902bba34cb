"""The workflows that operators copy, judged by what their hosts' own checkers know: actionlint and GitLab's schema.

Decides that they are of a form that GitHub and GitLab take, expressions and event names included. Cannot decide that
they do what they say; their scripts are run in tests/unit/ci. actionlint is built from its Go module, as it is pinned
in ``actionlint/go.mod``: some seconds, once.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.daemons.go_tools import go_for

from toolchain import go

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CI = ROOT / "docs" / "ci"
WORKFLOWS = sorted([*(CI / "github").glob("*.yml"), *(ROOT / ".github" / "workflows").glob("*.yml")])
PIPELINES = sorted([*(CI / "gitlab").glob("*.yml"), *(ROOT / ".gitlab").glob("*.yml")])


@pytest.fixture(scope="session")
def a_go() -> go.Go:
    return go_for(HERE / "actionlint")


def actionlint(a_go: go.Go, workflow: Path) -> subprocess.CompletedProcess[str]:
    # No shellcheck: what an operator's machine happens to have must not decide.
    command = [a_go.executable, "tool", "actionlint", "-shellcheck=", "-pyflakes=", "-no-color", workflow]
    return subprocess.run(
        command, check=False, cwd=HERE / "actionlint", env=a_go.variables, capture_output=True, text=True
    )


def gitlab(pipeline: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", pipeline]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_github_takes_the_workflow(a_go: go.Go, workflow: Path) -> None:
    run = actionlint(a_go, workflow)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_workflow_with_an_unknown_context_is_refused(a_go: go.Go, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    text = (CI / "github" / "preview.yml").read_text()
    assert "github.event.pull_request.number" in text
    broken.write_text(text.replace("github.event.pull_request.number", "githib.event.pull_request.number"))
    run = actionlint(a_go, broken)
    assert run.returncode == 1
    assert 'undefined variable "githib"' in run.stdout


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda path: path.name)
def test_gitlab_takes_the_pipeline(pipeline: Path) -> None:
    run = gitlab(pipeline)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_pipeline_with_an_unknown_rule_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gitlab-ci.yml"
    text = (CI / "gitlab" / "vipstack.gitlab-ci.yml").read_text()
    assert "    - if: $CI" in text
    broken.write_text(text.replace("    - if: $CI", "    - iff: $CI"))
    run = gitlab(broken)
    assert run.returncode == 1
    assert "iff" in run.stdout


def test_there_are_workflows_to_judge() -> None:
    assert {path.name for path in WORKFLOWS} == {"drift.yml", "preview.yml", "vipstack-sweep.yml"}
    assert {path.name for path in PIPELINES} == {"vipstack.gitlab-ci.yml", "vipstack-sweep.yml"}
