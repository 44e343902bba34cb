"""Names that would collide in Nova, Neutron or Pulumi."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at

OBSERVER = "observer"


def _hosts(draft: Draft) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each host: where its name is said, the name, and the networks on which it has a port."""
    if draft.directors:
        networks = tuple(nic.network for nic in draft.directors.nics)
        for index, key in enumerate(draft.directors.keys):
            named = bool(draft.directors.names)
            yield at("directors", "names", index) if named else at("directors"), key, networks
    servers = draft.real_servers
    if servers:
        for key in servers.own_keys:
            where = at("real-servers", "servers", key) if servers.servers else at("real-servers")
            yield where, key, (servers.network,)
    if draft.observer:
        yield at("observer"), OBSERVER, (draft.observer.network,)


def hosts_have_their_own_names(draft: Draft) -> Iterator[Finding]:
    """Directors, real servers and the observer share one name space."""
    owner: dict[str, str] = {}
    for where, key, _ in _hosts(draft):
        first = owner.setdefault(key, where)
        if first != where:
            yield Finding(
                where,
                f"a host is called {key} already at {first}",
                "Directors, real servers and the observer are told apart by name",
                "Rename one of them",
            )


def ports_have_their_own_names(draft: Draft) -> Iterator[Finding]:
    """A port is called host-network, a virtual IP's port by the virtual IP; two may meet in one name."""
    owner: dict[str, str] = {name: at("virtual-ips", name) for name in draft.virtual_ips}
    hosts: set[str] = set()
    for where, key, networks in _hosts(draft):
        if key in hosts:
            continue
        hosts.add(key)
        for network in dict.fromkeys(networks):
            port = f"{key}-{network}"
            first = owner.setdefault(port, f"{key} on {network}")
            if first != f"{key} on {network}":
                yield Finding(
                    where,
                    f"the port of {key} on network {network} would be called {port} like that of {first}",
                    "A host's port is called by host and network, a virtual IP's by the virtual IP, each once",
                    "Rename the host or the other",
                )
