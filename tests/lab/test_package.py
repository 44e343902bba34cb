"""Can decide: that Pulumi's CLI starts the component's host, reads its schema, and shows a refusal in words.

Cannot: anything about a cloud. It stands on this rung because it needs the real CLI; the lab itself may be down.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import toolchain

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "components" / "package"

# What an SDK in another language sends.
PROGRAM = """
import pulumi

nouns = {
    "networks": {"shop": {"cidr": "10.200.61.0/24", "excludedRanges": ["10.200.61.2-10.200.61.31"]}},
    "virtualIps": {"shop": {"network": "shop", "address": "10.200.61.10"}},
    "directors": {"image": "i", "flavor": "f", "nics": [{"network": "shop"}], "names": ["alone"]},
    "vrrp": {"version": 3, "instances": {"shop": {"virtualIps": ["shop"], "virtualRouterId": 61}}},
    "vrrpPassword": "never-seen",
}
pulumi.ComponentResource("vipstack:index:Vipstack", "shop", nouns, None, remote=True)
"""


@pytest.fixture
def pulumi(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The CLI, in a project of its own that has the component as a plugin."""
    plugin = f"plugins: {{providers: [{{name: vipstack, path: {PACKAGE}}}]}}\n"
    python = f"runtime: {{name: python, options: {{toolchain: pip, virtualenv: {sys.prefix}}}}}\n"
    (tmp_path / "Pulumi.yaml").write_text(f"name: tiny\n{python}{plugin}")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    state = {"PULUMI_BACKEND_URL": f"file://{tmp_path}", "PULUMI_CONFIG_PASSPHRASE": "tiny", "HOME": str(Path.home())}
    variables = toolchain.ensure(print).environment(state)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color", "never"],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    return run


def test_the_cli_reads_the_schema_that_is_committed(pulumi: Callable[..., subprocess.CompletedProcess[str]]):
    answer = pulumi("package", "get-schema", str(PACKAGE))
    assert answer.returncode == 0, answer.stderr
    committed = json.loads((PACKAGE / "schema.json").read_text(encoding="utf-8"))
    read = json.loads(answer.stdout)
    for part in ("name", "types", "resources"):
        assert read[part] == committed[part], f"{part}: programs in other languages see what nobody has read"


def test_a_program_in_another_language_is_refused_in_words(pulumi: Callable[..., subprocess.CompletedProcess[str]]):
    assert pulumi("stack", "init", "dev").returncode == 0
    seen = pulumi("preview")
    assert seen.returncode != 0
    assert "- vipstack:directors.names: only alone is named." in seen.stdout
    assert "it is refused; the findings say why" in seen.stdout
    assert "Traceback" not in seen.stdout + seen.stderr
    assert "never-seen" not in seen.stdout + seen.stderr, "no input's value may be shown: some are secrets"
    assert "fraction" not in seen.stdout, "on Pulumi's wire every number is a fraction"
