"""Can decide: that Pulumi's analyzer runs the pack of policies, and what it says. Cannot: anything about a cloud.

It stands on this rung because it needs the real CLI; the lab itself may be down.
"""

import subprocess
import sys
from pathlib import Path

import toolchain

ROOT = Path(__file__).parents[2]
PROGRAM = """
import pulumi

# A component with a port's type: the rules see the type and the inputs, and no provider is asked.
pulumi.ComponentResource("openstack:networking/port:Port", "tap", {"portSecurityEnabled": False})
"""


def test_a_preview_is_refused_in_the_rules_words(tmp_path: Path):
    (tmp_path / "Pulumi.yaml").write_text(
        f"name: tiny\nruntime: {{name: python, options: {{toolchain: pip, virtualenv: {sys.prefix}}}}}\n"
    )
    (tmp_path / "__main__.py").write_text(PROGRAM)
    state = {"PULUMI_BACKEND_URL": f"file://{tmp_path}", "PULUMI_CONFIG_PASSPHRASE": "tiny", "HOME": str(Path.home())}
    variables = toolchain.ensure(print).environment(state)

    def pulumi(*words: str, folder: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *words, "--non-interactive", "--color", "never"],
            cwd=folder,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    installed = pulumi("install", folder=ROOT / "policies")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    assert pulumi("stack", "init", "dev").returncode == 0
    seen = pulumi("preview", "--policy-pack", str(ROOT / "policies"))
    assert seen.returncode != 0, "a mandatory rule was broken"
    assert "[mandatory]  port-security-is-off-for-a-reason" in seen.stdout
    assert "port tap: its port security is off, and no stack says why." in seen.stdout
