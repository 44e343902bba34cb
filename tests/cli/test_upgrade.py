"""States that the previous release made: the program as it is now replaces and deletes nothing of them.

``states/`` are exports of the example stacks as version 0.1.0 brought them up on the lab, without their source
positions, and with a stand-in for the bootstrap, which an update leaves as it was. The preview is the real engine's and
the real providers'; nothing is asked of a cloud. Not here: ``vrrp``, whose files are in its user data, so that their
change replaces its servers, as the stack file says.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import CHECKOUT, HERE, Project, files, project

STATES = sorted((HERE / "states").glob("*.json"))
# The cloud is for the provider's configuration: nobody listens there, and nobody is asked.
VARIABLES = {
    "CHECKOUT": str(CHECKOUT),
    "PULUMI_CONFIG_PASSPHRASE": "lab",  # as the states were made
    "OS_AUTH_URL": "http://127.0.0.1:9/v3",
    "OS_USERNAME": "nobody",
    "OS_PASSWORD": "none",
    "OS_PROJECT_NAME": "none",
    "OS_USER_DOMAIN_NAME": "Default",
    "OS_PROJECT_DOMAIN_NAME": "Default",
}


@pytest.fixture(params=STATES, ids=lambda path: path.stem)
def recorded(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Project, str, Path]:
    """A project at a state that was recorded, with the stack file as it is now."""
    state: Path = request.param
    program = (HERE / "upgrade/__main__.py").read_text()
    providers = {"guestconfig": CHECKOUT / "guestconfig"}
    made = project(tmp_path / "project", program, files(tmp_path / "backend"), "vipstack", providers)
    made = replace(made, variables={"RECORDED_STATE": str(state), **VARIABLES})
    shutil.copy(CHECKOUT / "stacks" / f"Pulumi.{state.stem}.yaml", made.folder)
    made.checked("stack", "init", state.stem)
    return made, state.stem, state


def preview(made: Project, stack: str, state: Path) -> tuple[dict[str, int], set[str]]:
    """How many resources of a state have what happen to them, and which are replaced."""
    made.checked("stack", "import", "--stack", stack, "--file", str(state))
    done = made.run("preview", "--json", "--stack", stack)
    assert done.returncode == 0, done.stdout
    seen = json.loads(done.stdout[done.stdout.index("{") :])
    return seen["changeSummary"], {step["urn"].rpartition("::")[2] for step in seen["steps"] if step["op"] == "replace"}


def test_an_upgrade_replaces_and_deletes_nothing(recorded: tuple[Project, str, Path]):
    made, stack, state = recorded
    counts, _ = preview(made, stack, state)
    assert set(counts) <= {"same", "update"}, f"live directors would be replaced: {counts}"
    resources = json.loads(state.read_text())["deployment"]["resources"]
    own = [one for one in resources if not one["type"].startswith("pulumi:providers:")]
    assert sum(counts.values()) == len(own), "the preview must have seen the whole state"


@pytest.mark.parametrize("recorded", [HERE / "states" / "lvs-dr.json"], ids=["lvs-dr"], indirect=True)
def test_a_replacement_would_be_seen(recorded: tuple[Project, str, Path]):
    made, stack, state = recorded
    file = made.folder / "Pulumi.lvs-dr.yaml"
    document = yaml.safe_load(file.read_text())
    document["config"]["vipstack:directors"]["availability-zone"] = "elsewhere"
    file.write_text(yaml.safe_dump(document))
    _, replaced = preview(made, stack, state)
    assert {"director-1", "director-2"} <= replaced, "a server does not change its zone"
