"""Each case's files, host by host, as they are on the guest: goldens/<case>/<host>/<path>.

The cases are the shipped stacks, and the stack files beside this one, each for what the shipped ones do not show.

Decides that nothing changes unseen: layouts already deployed stay as they are, and a change is read as a diff. Cannot
decide that the files are right; the daemons do (tests/daemons). ``--update-goldens`` writes them anew.

Of the user data the outline is kept: what static files, the agent and the manifest's files say is to be read elsewhere.
"""

import io
import tarfile
from base64 import b64decode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.load import load_file, stack_name
from components.plan.stack import assumed_addresses, plan_stack
from components.rendering.host_tree import USER_DATA, host_tree
from components.rendering.static_files import static_files
from guestconfig import wire

HERE = Path(__file__).parent
GOLDENS = HERE / "goldens"
CASES: Mapping[str, Path] = {
    stack_name(file): file
    for folder in (HERE.parents[1] / "stacks", HERE / "stacks")
    for file in sorted(folder.glob("Pulumi.*.yaml"))
}


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-goldens"))


@pytest.mark.parametrize("case", CASES)
def test_every_guest_gets_the_files_that_were_reviewed(case: str, updating: bool) -> None:
    for path, text in rendered(case).items():
        golden = GOLDENS / case / path
        if updating:
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(text)
        assert golden.exists(), f"{golden}: a file that nobody has read; run with --update-goldens, read it, commit it"
        assert text == golden.read_text(), f"{golden}: the file has changed, and with it every deployed guest"


def test_no_golden_is_left_without_a_file(updating: bool) -> None:
    wanted = {GOLDENS / case / path for case in CASES for path in rendered(case)}
    orphans = sorted(path for path in GOLDENS.rglob("*") if path.is_file() and path not in wanted)
    if updating:
        for orphan in orphans:
            orphan.unlink()
        orphans = []
    assert not orphans, "these goldens guard nothing any more; --update-goldens removes them"


@cache
def rendered(case: str) -> Mapping[str, str]:
    """Every file of every host by ``<host>/<path>``."""
    config = load_file(CASES[case])
    plan = plan_stack(case, config)
    addresses = assumed_addresses(plan)
    files: dict[str, str] = {}
    for host in plan.hosts:
        tree = host_tree(plan, host, addresses, config)
        shown = frozenset({wire.MANIFEST_PATH, *(file.path for file in static_files(host.role, host.features))})
        tree[USER_DATA] = outline(tree[USER_DATA], shown)
        files.update({f"{host.name}/{path}": text for path, text in tree.items()})
    return files


@cache
def outline(user_data: str, shown_elsewhere: frozenset[str]) -> str:
    """The user data without the contents that other files of this repository show."""
    document: dict[str, Any] = yaml.safe_load(user_data)
    for file in document["write_files"]:
        if file.pop("encoding", None):
            file["content"] = contents(file["content"])
        elif file["path"] in shown_elsewhere:
            file["content"] = "(see elsewhere)"
    return "#cloud-config\n" + yaml.safe_dump(document, sort_keys=False, width=120)


def contents(archive: str) -> str:
    """Mode and path of what an archive holds, but for the agent's modules, of which every guest has all."""
    with tarfile.open(fileobj=io.BytesIO(b64decode(archive)), mode="r:bz2") as members:
        held = [f"{member.mode:04o} /{member.name}\n" for member in members if "/guestconfig/" not in member.name]
    return "".join(held)
