"""The rules: each gives the resources that break it, with the words for the operator."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_address

from components.config.errors import Finding
from components.plan.declarations import DECLARED, opening
from components.plan.firewall import ANYWHERE, ANYWHERE6
from policies.declared import Declared
from policies.resource import Resource

Violation = tuple[Resource, Finding]
Rule = Callable[[Sequence[Resource], Declared], Iterator[Violation]]

_WORLD = ("", str(ANYWHERE), str(ANYWHERE6))


def port_security_is_off_for_a_reason(resources: Sequence[Resource], declared: Declared) -> Iterator[Violation]:
    """A port without port security sends and takes whatever it likes: only the plan may ask for one, and says why."""
    for port in _of("Port", resources):
        if port.inputs.get("portSecurityEnabled") is False and port.name not in declared.port_security_off:
            yield (
                port,
                Finding(
                    f"port {port.name}",
                    "its port security is off, and no stack says why",
                    "Only directors that send packets with others' addresses and the legs of bonds need that",
                    "Leave port security on, or give the port to a stack",
                ),
            )


def nothing_is_open_that_was_not_declared(resources: Sequence[Resource], declared: Declared) -> Iterator[Violation]:
    """What is let in from everywhere is a service, ping, or what the stack file names."""
    for rule in _of("SecGroupRule", resources):
        inputs = rule.inputs
        if inputs.get("remoteIpPrefix", "") not in _WORLD or "remoteGroupId" in inputs:
            continue
        low, high = inputs.get("portRangeMin"), inputs.get("portRangeMax")
        what = opening(str(inputs.get("protocol") or "everything"), (int(low), int(high)) if low and high else None)
        if inputs.get("direction") == "ingress" and what not in declared.openings:
            yield (
                rule,
                Finding(
                    f"security group rule {rule.name}",
                    f"{what} is open to the world, and no stack declares that",
                    "Open may be what a stack file names: services, frontends, ping, and where ssh-from says so",
                    "Say from where it is wanted, or declare it in the stack file",
                ),
            )


def virtual_ips_are_reserved(resources: Sequence[Resource], declared: Declared) -> Iterator[Violation]:
    """A virtual IP is nobody's address but its own port's, and no pool hands it out."""
    held = {ip.get("ipAddress") for port in _of("Port", resources) for ip in port.inputs.get("fixedIps") or ()}
    stacks = [one for one in _of("Stack", resources) if DECLARED in one.inputs]
    for key, address in declared.virtual_ips.items():
        if address not in held:
            yield (
                stacks[0],
                Finding(
                    f"virtual IP {key}",
                    f"no port reserves {address}",
                    "A port of its own keeps Neutron from giving the address to somebody else",
                    "Leave the virtual IP's port in the program",
                ),
            )
        for subnet in _of("Subnet", resources):
            for pool in subnet.inputs.get("allocationPools") or ():
                if _within(address, pool):
                    yield (
                        subnet,
                        Finding(
                            f"subnet {subnet.name}",
                            f"its pool {pool['start']}-{pool['end']} holds {address}, the virtual IP {key}",
                            "What DHCP may hand out is no virtual IP: somebody else would get it",
                            "Leave the address out of the allocation pools",
                        ),
                    )


def directors_are_placed_apart(resources: Sequence[Resource], declared: Declared) -> Iterator[Violation]:
    """Two directors on one compute host die together."""
    groups = {group.urn for group in _of("ServerGroup", resources) if _strict(group.inputs.get("policies"))}
    for server in _of("Instance", resources):
        if server.name in declared.directors and not groups.intersection(server.needs.get("schedulerHints", ())):
            yield (
                server,
                Finding(
                    f"server {server.name}",
                    "nothing keeps this director off the other's compute host",
                    "Directors are placed by anti-affinity: a host that dies must not take them all",
                    "Write placement: anti-affinity, or have the rule advise only, with the reason beside it",
                ),
            )


def protected_directors_stay(resources: Sequence[Resource], declared: Declared) -> Iterator[Violation]:
    """A protected stack cannot lose a director: Pulumi itself refuses, where it was told to."""
    for server in _of("Instance", resources):
        if server.name in declared.protected and not server.protected:
            yield (
                server,
                Finding(
                    f"server {server.name}",
                    "a director of a protected stack without Pulumi's protection",
                    "Deleting or replacing it must be refused, also by who tears the whole program down",
                    "Take away what unprotects it, or write protected: false and say so in review",
                ),
            )


RULES: Mapping[str, Rule] = {
    "port-security-is-off-for-a-reason": port_security_is_off_for_a_reason,
    "nothing-is-open-that-was-not-declared": nothing_is_open_that_was_not_declared,
    "virtual-ips-are-reserved": virtual_ips_are_reserved,
    "directors-are-placed-apart": directors_are_placed_apart,
    "protected-directors-stay": protected_directors_stay,
}


def _of(kind: str, resources: Sequence[Resource]) -> Iterator[Resource]:
    return (resource for resource in resources if resource.kind == kind)


def _strict(policies: object) -> bool:
    return policies in ("anti-affinity", ["anti-affinity"])


def _within(address: str, pool: Mapping[str, str]) -> bool:
    wanted, first, last = ip_address(address), ip_address(pool["start"]), ip_address(pool["end"])
    return wanted.version == first.version and int(first) <= int(wanted) <= int(last)
