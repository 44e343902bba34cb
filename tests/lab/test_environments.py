"""Two environments from one stack file on the lab: one is swept without its state, the protected one stays.

Decides what only a cloud can: that both have their own virtual IP and range, that tags alone suffice to tear one down,
that nothing is left, and that another one's resources are not touched. In the order of an operator's day.
"""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from components.plan.tags import PROTECTED
from environments.inventory import Kind, leftovers, stack_of
from environments.project import Project
from environments.teardown import tear_down
from lab.access import connection
from lab.layout import CLOUD_DEMO
from lab.outside import exec_outside
from lab.stacks import PROJECT, environment

# Four guests, side by side, for eight minutes.
pytestmark = pytest.mark.thorough

ORIGIN = Path(__file__).parent / "stacks" / "Pulumi.pair.yaml"
OVER, KEPT = "env-over", "env-kept"
PINGS = 5
# Guests that boot on a busy emulator: the bound is for what hangs.
UP_SECONDS = 900


class Operator:
    """Types `vipstack env` on the lab, with a home of their own."""

    def __init__(self, lab, folder: Path) -> None:
        self.lab = lab
        self.variables = {**environment(lab.layout), "XDG_STATE_HOME": str(folder)}
        self.project = Project(connection(lab.layout, CLOUD_DEMO))

    def env(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """`vipstack env` with these words."""
        return self.run([sys.executable, "-m", "vipstack", "env", *arguments], timeout)

    def run(self, command: list[str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """A command in the checkout."""
        return subprocess.run(
            command, cwd=PROJECT, env=self.variables, text=True, capture_output=True, timeout=timeout, check=False
        )

    def up(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Bring an environment up, with a time that is over when it is up."""
        words = ["up", "--from", str(ORIGIN), "--name", name, "--ttl", "1m", *arguments]
        return self.env(*words, timeout=UP_SECONDS)

    def address(self, name: str) -> str:
        """The environment's virtual IP, as Neutron has it."""
        [port] = self.project.connection.network.ports(name=f"{name}-ha")
        return port.fixed_ips[0]["ip_address"]

    def answers(self, address: str) -> bool:
        """Whether somebody beyond the routers reaches the address."""
        return exec_outside(self.lab, ["ping", "-c", str(PINGS), "-W", "3", address]).returncode == 0

    def servers(self, name: str) -> set[str]:
        """Nova's ids."""
        found = stack_of(name, self.project.things())
        return {thing.id for thing in found.things if thing.kind is Kind.SERVER}

    def clean(self) -> None:
        """Whatever the tests have left, whether or not it is protected."""
        for name in (OVER, KEPT):
            for thing in stack_of(name, self.project.things()).things:
                if PROTECTED in thing.tags:
                    self.project.retag(thing, tuple(tag for tag in thing.tags if tag != PROTECTED))
            tear_down(self.project, name, print)
            self.run(["pulumi", "stack", "rm", name, "--yes", "--force", "--preserve-config", "--non-interactive"])


@pytest.fixture(scope="module")
def operator(lab, tmp_path_factory) -> Iterator[Operator]:
    one = Operator(lab, tmp_path_factory.mktemp("home"))
    one.clean()
    before = sorted((PROJECT / "stacks").iterdir())
    try:
        with ThreadPoolExecutor() as pool:
            runs = [pool.submit(one.up, OVER), pool.submit(one.up, KEPT, "--protect")]
        for run in runs:
            assert run.result().returncode == 0, f"{run.result().stdout}\n{run.result().stderr}"
        assert sorted((PROJECT / "stacks").iterdir()) == before, "a stack file of an environment would be committed"
        yield one
    finally:
        one.clean()


def test_both_live_side_by_side_each_with_its_own_virtual_ip(operator):
    over, kept = operator.address(OVER), operator.address(KEPT)

    assert over != kept, "a routed range that is there twice is reached once"
    assert operator.answers(over)
    assert operator.answers(kept)
    shown = operator.env("list").stdout
    assert OVER in shown
    assert KEPT in shown


def test_a_sweep_says_what_it_would_do_and_does_nothing(operator):
    before = operator.project.things()

    swept = operator.env("sweep")

    assert swept.returncode == 0, swept.stderr
    assert f"{OVER}: would delete 2 servers" in swept.stdout
    assert f"{KEPT}: would" not in swept.stdout
    assert operator.project.things() == before


def test_a_sweep_removes_what_is_over_also_without_its_state_and_nothing_else(operator):
    forgotten = ["pulumi", "stack", "rm", OVER, "--yes", "--force", "--preserve-config", "--non-interactive"]
    assert operator.run(forgotten).returncode == 0
    kept = stack_of(KEPT, operator.project.things())

    swept = operator.env("sweep", "--yes")

    assert swept.returncode == 0, f"{swept.stdout}\n{swept.stderr}"
    assert f"{OVER}: nothing of it is left in the cloud" in swept.stdout
    assert leftovers(OVER, operator.project.things()) == ()
    assert stack_of(KEPT, operator.project.things()) == kept, "its time is over too, but it is protected"
    assert operator.answers(operator.address(KEPT))


def test_a_protected_environment_is_not_torn_down(operator):
    refused = operator.env("down", KEPT)

    assert refused.returncode == 1
    assert "it is protected" in refused.stderr
    assert operator.answers(operator.address(KEPT))


def test_an_environment_gets_another_end_and_loses_its_protection_in_place(operator):
    address, servers = operator.address(KEPT), operator.servers(KEPT)
    assert operator.env("extend", KEPT, "--ttl", "2h").returncode == 0
    extended = stack_of(KEPT, operator.project.things())

    updated = operator.up(KEPT, "--no-protect")

    assert updated.returncode == 0, f"{updated.stdout}\n{updated.stderr}"
    found = stack_of(KEPT, operator.project.things())
    assert not found.protected
    assert found.expires < extended.expires, "the new --ttl counts, on every resource"
    assert (operator.address(KEPT), operator.servers(KEPT)) == (address, servers), "nothing of it was made anew"


def test_down_leaves_nothing_and_may_be_said_twice(operator):
    down = operator.env("down", KEPT)

    assert down.returncode == 0, f"{down.stdout}\n{down.stderr}"
    assert leftovers(KEPT, operator.project.things()) == ()
    again = operator.env("down", KEPT)
    assert again.returncode == 0, again.stderr
    assert "there are no environments" in operator.env("list").stdout
