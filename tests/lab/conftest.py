"""The lab, the stacks on it, and the words in which the tests look at them.

Every stack is brought up by the real CLI as the demo project and torn down at the end of its module; where a test
fails, what the guests said on their consoles is printed beside it.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import openstack
import pytest
from tests.lab import evidence
from tests.lab.ahead import Ahead, Wanted, in_turn

from environments.inventory import leftovers
from environments.project import Project
from lab import guests, traffic
from lab.access import connection
from lab.errors import LabError
from lab.guest_agent import GuestAgent
from lab.laboratory import Laboratory
from lab.layout import CLOUD_ADMIN, CLOUD_DEMO, Layout
from lab.shares import measured
from lab.stacks import PROJECT, LabStack, environment

_TURN = pytest.StashKey[list[Wanted]]()
# Nothing runs beside the first stack's boot, nothing boots beside the last tests: few guests first, short tests last.
_FIRST, _LAST = "tests.lab.test_vrrp", "tests.lab.test_dual_stack"


def _answers(agent: GuestAgent) -> bool:
    try:
        agent.ping()
    except LabError:
        return False
    return True


@dataclass(frozen=True)
class Running:
    """A stack that is up."""

    lab: Laboratory
    cloud: openstack.connection.Connection
    stack: LabStack
    outputs: dict[str, Any]
    agents: dict[str, GuestAgent] = field(default_factory=dict[str, GuestAgent])

    @property
    def vip(self) -> dict[str, Any]:
        """The first virtual IP's outputs."""
        return next(iter(self.outputs["virtual-ips"].values()))

    def keys(self, role: str) -> list[str]:
        """The keys of the hosts of a role."""
        return [key for key, host in self.outputs["hosts"].items() if host["role"] == role]

    def server(self, host: str) -> str:
        """The server's name, by the host's key."""
        return self.outputs["hosts"][host]["name"]

    def address(self, host: str) -> str:
        """The host's first address."""
        return next(iter(self.outputs["hosts"][host]["addresses"].values()))

    def agent(self, host: str) -> GuestAgent:
        """The host's guest agent: the one that answered last, where it still does, for Nova takes long to find it."""
        known = self.agents.get(host)
        if known is None or not _answers(known):
            self.agents[host] = guests.await_agent(self.lab, self.server(host))
        return self.agents[host]

    def shell(self, host: str, command: str, timeout: float = 60) -> str:
        """What a command in the guest prints; it must succeed."""
        return self.agent(host).run(["sh", "-c", command], timeout=timeout, check=True).stdout

    def place(self, host: str) -> traffic.Place:
        """The host as a place from which requests come."""
        return traffic.guest(self.lab, self.server(host), self.address(host))

    def holders(self) -> list[str]:
        """The directors that hold the first virtual IP, seen in the guests themselves."""
        look = f"ip -o -4 address show | grep -c -F ' {self.vip['address']}/' || true"
        return [key for key in self.keys("director") if int(self.shell(key, look))]

    def drill(self, faults: str) -> str:
        """One repetition of each fault, as an operator asks for it; what it said. All must keep their promises."""
        with measured(self.lab.layout, self.stack.name):
            finished = self.vipstack("drill", self.stack.name, "--faults", faults, "--repeat", "1")
        assert finished.returncode == 0, f"beyond the promise, or not measured:\n{finished.stdout}\n{finished.stderr}"
        return finished.stdout

    def vipstack(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of vipstack, in the environment of the lab's stacks."""
        return self._run([sys.executable, "-m", "vipstack", *words])

    def openstack(self, *words: str) -> None:
        """A command of the OpenStack client, as a member of the project types it; it must succeed."""
        finished = self._run([str(self.lab.layout.venv / "bin" / "openstack"), *words])
        assert finished.returncode == 0, finished.stdout + finished.stderr

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=environment(self.lab.layout),
            cwd=PROJECT,
            text=True,
            capture_output=True,
            timeout=900,
            check=False,
        )

    def servers(self) -> list[Any]:
        """The stack's servers, as Nova's admin sees them."""
        return [server for server in self.cloud.compute.servers(all_projects=True) if self._is_ours(server.name)]

    def leftovers(self) -> list[str]:
        """What is left of the stack as `vipstack env down` looks for it, and floating IPs that are nobody's."""
        things = Project(connection(self.lab.layout, CLOUD_DEMO)).things()
        lost = [ip for ip in self.cloud.network.ips() if not (ip.tags or ip.port_id)]
        return [*map(str, leftovers(self.stack.name, things)), *(f"lost {ip.floating_ip_address}" for ip in lost)]

    def _is_ours(self, name: str | None) -> bool:
        return name == self.stack.name or (name or "").startswith(f"{self.stack.name}-")

    def consoles(self) -> str:
        """The end of every guest's console."""
        return "\n".join(
            f"--- console of {host['name']}\n{evidence.console(self.cloud, host['server-id'])}"
            for host in self.outputs["hosts"].values()
        )

    def journals(self) -> str:
        """What the directors' daemons said last."""
        servers = [self.server(key) for key in self.keys("director")]
        return "\n".join(f"--- journal of {server}\n{evidence.journal(self.lab, server)}" for server in servers)


@pytest.fixture(autouse=True, scope="session")
def _stack_files_stay_as_they_are():
    """The CLI writes its salt into a stack's file where none is; the checkout's files are not the tests'."""
    before = {file: file.read_bytes() for file in (PROJECT / "stacks").glob("Pulumi.*.yaml")}
    yield
    for file, text in before.items():
        if file.read_bytes() != text:
            file.write_bytes(text)


@pytest.fixture(scope="session")
def lab() -> Laboratory:
    """The running lab; the rung's make target has brought it up."""
    return Laboratory.at(Layout.of_environment())


@pytest.fixture(scope="session")
def cloud(lab) -> openstack.connection.Connection:
    """The cloud as its administrator sees it."""
    return connection(lab.layout, CLOUD_ADMIN)


@pytest.fixture(scope="session")
def bring_up(lab, cloud, request, tmp_path_factory):
    """Bring a stack up; it is torn down afterwards, also where bringing it up failed half-way."""
    ahead = Ahead(lab.layout, request.config.stash.get(_TURN, []), tmp_path_factory.mktemp("stacks"))

    @contextmanager
    def running(wanted: Wanted) -> Iterator[Running]:
        stack = ahead.take(wanted)
        try:
            yield Running(lab, cloud, stack, stack.outputs())
        finally:
            stack.destroy()

    yield running
    ahead.abandon()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Modules whose stacks have the same addresses do not follow one another: see ahead.py.

    Last, when what is not asked for has been left out.
    """
    wanted = {item.module.__name__: getattr(item.module, "STACK", None) for item in items}
    turn = in_turn(sorted(wanted.items(), key=lambda one: (one[0] != _FIRST, one[0] == _LAST)))
    items.sort(key=lambda item: turn.index(item.module.__name__))
    config.stash[_TURN] = [one for one in (wanted[name] for name in turn) if one]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Print beside a failure what the guests said."""
    report = yield
    stacks = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Running)]
    if report.failed and call.when == "call":
        for stack in stacks:
            report.sections.append((f"consoles of {stack.stack.name}", stack.consoles()))
            report.sections.append((f"journals of {stack.stack.name}", stack.journals()))
    return report
