"""Can decide: that Pulumi's CLI starts the component's host and reads its schema. Cannot: anything about a cloud.

It stands on this rung because it needs the real CLI; the lab itself may be down.
"""

import json
import subprocess
from pathlib import Path

import toolchain

ROOT = Path(__file__).parents[2]


def test_the_cli_reads_the_schema_that_is_committed(tmp_path: Path):
    state = {"PULUMI_BACKEND_URL": f"file://{tmp_path}", "PULUMI_CONFIG_PASSPHRASE": "tiny"}
    answer = subprocess.run(
        ["pulumi", "package", "get-schema", "./components/package"],
        cwd=ROOT,
        env=toolchain.ensure(print).environment(state | {"HOME": str(Path.home())}),
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert answer.returncode == 0, answer.stderr
    read, committed = (json.loads(text) for text in (answer.stdout, _committed()))
    for part in ("name", "types", "resources"):
        assert read[part] == committed[part], f"{part}: programs in other languages see what nobody has read"


def _committed() -> str:
    return (ROOT / "components" / "package" / "schema.json").read_text(encoding="utf-8")
