"""What a drill must know of a stack: its outputs (``components/resources/outputs.py``), asked of Pulumi and parsed."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drill.errors import DrillError

_PROGRAM = Path(__file__).parents[1]
_PULUMI_SECONDS = 120


@dataclass(frozen=True)
class Guest:
    """A server of the stack: its key, its name, its id in Nova, its MACs by network, and its features."""

    key: str
    name: str
    server_id: str
    macs: Mapping[str, str] = field(default_factory=dict[str, str])
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """What the probe asks: a service's port by TCP, or (``port`` None) the virtual IP by ICMP."""

    virtual_ip: str
    address: str
    port: int | None

    def __str__(self) -> str:
        """As in the probe's order."""
        if self.port is None:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True)
class Bounds:
    """For how many seconds a virtual IP may be away; ``allowance`` is part of each.

    ``link_down`` is for a director's own link to the virtual IP's network.
    """

    crash: float
    clean_stop: float
    allowance: float
    link_down: float

    @property
    def advert_interval(self) -> float:
        """In seconds: crash is three of them and the skew, clean stop the skew alone."""
        return (self.crash - self.clean_stop) / 3


@dataclass(frozen=True)
class StackOutputs:
    """The stack: its observer, its directors, where each virtual IP is and what is promised of it.

    ``networks`` has each virtual IP's network, ``peer_networks`` the one that carries the adverts for it.
    """

    observer: Guest
    directors: tuple[Guest, ...]
    addresses: Mapping[str, str]
    networks: Mapping[str, str]
    peer_networks: Mapping[str, str]
    bounds: Mapping[str, Bounds]
    targets: tuple[Target, ...]


def read(stack: str, environment: Mapping[str, str]) -> StackOutputs:
    """The outputs of a stack that is up.

    Args:
        stack: its name.
        environment: in which ``pulumi`` is the one to use.

    Raises:
        DrillError: Pulumi does not know the stack, or it is not one that can be drilled.
    """
    command = ["pulumi", "stack", "output", "--json", "--stack", stack, "--non-interactive"]
    try:
        found = subprocess.run(
            command,
            cwd=_PROGRAM,
            env=dict(environment),
            capture_output=True,
            text=True,
            check=True,
            timeout=_PULUMI_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()
        raise DrillError(
            f"stack {stack}",
            f"`pulumi stack output` failed: {said}",
            "a stack that is up, in the backend that pulumi is logged in to",
            f"see `pulumi stack ls`; bring the stack up with `pulumi up -s {stack}`",
        ) from None
    return parse(stack, found.stdout)


def parse(stack: str, text: str) -> StackOutputs:
    """Read the outputs.

    Raises:
        DrillError: they are not those of a complete stack of ours, or it has no observer.
    """
    try:
        outputs: dict[str, Any] = json.loads(text)
        hosts = [(_guest(key, host), host["role"]) for key, host in outputs["hosts"].items()]
        virtual_ips: dict[str, Any] = outputs["virtual-ips"]
        observer = next(guest for guest, role in hosts if role == "observer")
        found = StackOutputs(
            observer=observer,
            directors=tuple(guest for guest, role in hosts if role == "director"),
            addresses={key: vip["address"] for key, vip in virtual_ips.items()},
            networks={key: vip["network"] for key, vip in virtual_ips.items()},
            peer_networks={key: vip["peer-network"] for key, vip in virtual_ips.items()},
            bounds={
                key: Bounds(bound["crash"], bound["clean-stop"], bound["allowance"], bound["link-down"])
                for key, bound in outputs["failover-bounds"].items()
            },
            targets=tuple(_targets(virtual_ips, outputs["services"], observer)),
        )
    except StopIteration:
        raise DrillError(
            f"stack {stack}",
            "it has no observer",
            "a drill probes the virtual IPs from inside their network, and the observer is where the probe runs",
            "give the stack file an `observer`, run `pulumi up`, then drill again",
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DrillError(
            f"stack {stack}",
            f"its outputs cannot be used ({error!r})",
            "the outputs of a finished `pulumi up`: hosts, virtual-ips, failover-bounds, services",
            f"run `pulumi up -s {stack}` to its end, then drill again",
        ) from None
    return found


def _guest(key: str, host: Mapping[str, Any]) -> Guest:
    return Guest(
        key=key,
        name=host["name"],
        server_id=host["server-id"],
        macs=host["macs"],
        features=tuple(host["features"]),
    )


def _targets(virtual_ips: Mapping[str, Any], services: Mapping[str, Any], observer: Guest) -> list[Target]:
    """Every TCP service, then every virtual IP on a network of the observer's: others may be out of its reach.

    UDP has no answer to wait for without knowing the service.
    """
    connects = [
        Target(service["virtual-ip"], service["address"], service["port"])
        for service in services.values()
        if service["protocol"] == "tcp"
    ]
    near = ((key, vip) for key, vip in virtual_ips.items() if vip["network"] in observer.macs)
    return [*connects, *(Target(key, vip["address"], None) for key, vip in near)]
