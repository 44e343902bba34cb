"""An engine that records: what the program asked for, without a cloud."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml
from pulumi.runtime import mocks
from pulumi.runtime.settings import SETTINGS

from components.config.load import typed
from components.plan.stack import StackPlan
from components.preflight.cloud_facts import PORT_SECURITY, STATELESS_GROUPS, CloudFacts, ExistingNetwork
from guestconfig.waking import WAKE, WAKE_OPENSTACK

STACKS = Path(__file__).parents[2] / "stacks"
GOLDEN_STACKS = Path(__file__).parents[1] / "golden" / "stacks"


@dataclass(frozen=True)
class Registered:
    """A resource as the program asked for it; ``options`` is the request itself."""

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    options: Any = field(repr=False)


class Cloud(mocks.Mocks):
    """Answers as Neutron and Nova would, as far as the program goes on with the answer.

    ``families`` are 4 or 6 by the id of each subnet that was made.
    """

    def __init__(self) -> None:
        self.families: dict[str, int] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """An id, and the inputs with the outputs that the program reads."""
        state = dict(args.inputs)
        if args.typ == "openstack:networking/port:Port":
            number = len(args.name) + sum(args.name.encode())
            free = {4: f"198.51.100.{number % 250}", 6: f"2001:db8::{number:x}"}
            # IPv6 first: Neutron promises no order.
            chosen = [
                ip.get("ipAddress", free[self.family_of(ip["subnetId"])])
                for ip in reversed(args.inputs.get("fixedIps", []))
            ]
            state |= {"allFixedIps": chosen, "macAddress": f"fa:16:3e:00:{number // 256:02x}:{number % 256:02x}"}
        if args.typ == "openstack:networking/floatingIp:FloatingIp":
            state["address"] = f"192.0.2.{100 + sum(args.name.encode()) % 100}"
        made = str(uuid.uuid5(uuid.NAMESPACE_URL, args.typ + args.name))
        if args.typ == "openstack:networking/subnet:Subnet":
            self.families[made] = int(args.inputs["ipVersion"])
        return made, state

    def family_of(self, subnet: str) -> int:
        """The family of a subnet, one of the facts' included."""
        return self.families.get(subnet, 6 if subnet.startswith("subnet6-") else 4)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        """A look-up, which fails the test."""
        raise AssertionError(f"the program looks up {args.token}, which preflight has found already")


class Recorder(mocks.MockMonitor):
    """Remembers every request of the program."""

    def __init__(self) -> None:
        super().__init__(Cloud())
        self.registered: list[Registered] = []
        self.woken: set[str] = set()

    @classmethod
    def installed(cls) -> Self:
        """A new one in the engine's place, with an event loop of its own."""
        asyncio.set_event_loop(asyncio.new_event_loop())
        recorder = cls()
        mocks.set_mocks(recorder.mocks, project="vipstack", stack="test", monitor=recorder)
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
        return recorder

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - as below
        """Take note of who is woken; the program asks for nothing else."""
        known = (WAKE, WAKE_OPENSTACK)
        assert request.tok in known, f"the program asks for {request.tok}, which preflight has found already"
        self.woken.add(request.tok)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the monitor's own name
        """Remember the request and answer it."""
        answer = super().RegisterResource(request)
        state = self.resources.get(answer.urn)
        inputs = state.state if state else {}
        self.registered.append(Registered(answer.urn, request.type, request.name, inputs, request))
        return answer


@dataclass(frozen=True)
class Program:
    """A program that ran: its plan, what it registered and exported."""

    plan: StackPlan
    registered: tuple[Registered, ...]
    outputs: Mapping[str, Any]

    def of(self, kind: str) -> dict[str, Registered]:
        """The resources of a type, named by its last part, by their names."""
        return {r.name: r for r in self.registered if r.type.rpartition(":")[2] == kind}


ALL_EXTENSIONS = frozenset({PORT_SECURITY, STATELESS_GROUPS})


def facts_for(plan: StackPlan, extensions: frozenset[str] = ALL_EXTENSIONS) -> CloudFacts:
    """A cloud that has all that the plan names."""
    external = [network.router.external_network for network in plan.networks if network.router]
    return CloudFacts(
        images={host.image: f"image-{host.image}" for host in plan.hosts},
        flavors={host.flavor: f"flavor-{host.flavor}" for host in plan.hosts},
        external_networks={name: f"network-{name}" for name in external},
        networks={
            network.key: ExistingNetwork(f"network-{network.key}", f"subnet-{network.key}", f"subnet6-{network.key}")
            for network in plan.networks
            if network.existing
        },
        extensions=extensions,
    )


def stack_file(name: str, folder: Path = STACKS) -> dict[str, Any]:
    """The nouns of a stack file as its YAML holds them, scalars as their nouns have them."""
    content = yaml.safe_load((folder / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))
    texts = {key.removeprefix("vipstack:"): value for key, value in content["config"].items()}
    return {key: typed(key, value) for key, value in texts.items()}
