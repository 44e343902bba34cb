"""cloud-init's own schema, in the version of Debian 12, on the user data of every case, whole and as its golden.

Decides that every key is one that cloud-init knows, with a value of a type that it takes. Cannot decide that the
packages can be installed or that the commands succeed (tests/lab).
"""

from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.daemons.goldens import GOLDENS, goldens
from tests.daemons.tools import Tools

from components.config.load import load_file, stack_name
from components.plan.stack import assumed_addresses, plan_stack
from components.rendering.host_tree import USER_DATA, host_tree

# Most hosts of a role have the same: one of a kind is enough.
USER_DATA_GOLDENS = {path.read_text(): path for path in goldens(USER_DATA).values()}.values()
STACKS = Path(__file__).parents[2] / "stacks"
SHIPPED = GOLDENS / "lvs-dr/lvs-dr-director-1" / USER_DATA

# What /usr/bin/cloud-init runs, which takes most of a second to load: once for all files.
JUDGE = """
import sys
from cloudinit.cmd.main import main
for file in sys.argv[1:]:
    main(["cloud-init", "schema", "--config-file", file])
"""


def judged(tools: Tools, *files: Path) -> CompletedProcess[str]:
    return tools.run('python3 -c "$@"', JUDGE, *files)


def test_the_schema_accepts_every_golden(tools: Tools) -> None:
    verdict = judged(tools, *USER_DATA_GOLDENS)
    assert verdict.returncode == 0, f"cloud-init would refuse its configuration:\n{verdict.stdout}"
    assert verdict.stdout.count("Valid cloud-config") == len(USER_DATA_GOLDENS), verdict.stdout


@pytest.mark.parametrize("file", sorted(STACKS.glob("Pulumi.*.yaml")), ids=stack_name)
def test_the_schema_accepts_the_whole_user_data_of_the_shipped_stacks(tools: Tools, file: Path, tmp_path: Path) -> None:
    config = load_file(file)
    plan = plan_stack(stack_name(file), config)
    addresses = assumed_addresses(plan)
    written = {host_tree(plan, host, addresses, config)[USER_DATA]: tmp_path / host.name for host in plan.hosts}
    for text, target in written.items():
        target.write_text(text)
    verdict = judged(tools, *written.values())
    assert verdict.returncode == 0, f"cloud-init would refuse its configuration:\n{verdict.stdout}"
    assert "deprecat" not in verdict.stdout.lower(), "a key that the next cloud-init drops"


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ("#cloud-config", "#cloud-confg"),
        ("package_update: true", "package_update: perhaps"),
        ("permissions: '0644'", "permissions: 0644"),
        ("write_files:", "write_files: everything\nother:"),
        ("manage_etc_hosts: localhost", "manage_etc_hosts: nowhere"),
        ("- ed25519", "- ed25518"),
    ],
)
def test_the_schema_refuses_what_is_broken(tools: Tools, whole: str, broken: str, tmp_path: Path) -> None:
    text = SHIPPED.read_text()
    assert whole in text, "the control breaks nothing"
    file = tmp_path / USER_DATA
    file.write_text(text.replace(whole, broken, 1))
    assert judged(tools, file).returncode != 0, "a check that accepts this decides nothing"


def test_there_are_goldens_to_judge() -> None:
    assert USER_DATA_GOLDENS, f"no user data below {GOLDENS}"
