"""``virtual-ips``: outside DHCP's reach, in exactly one VRRP instance, on a network that the directors are on."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.subnets import pool_holding


def address_is_outside_the_pools(draft: Draft) -> Iterator[Finding]:
    """DHCP must never hand out a virtual IP. The pools of an existing network are the cloud's to know."""
    for name, vip in draft.virtual_ips.items():
        network = draft.networks.get(vip.network)
        subnet = network.subnet_of(vip.address.version) if network and network.existing is None else None
        pool = pool_holding(subnet.pools, vip.address) if subnet else None
        if subnet is None or pool is None:
            continue
        given = bool(subnet.allocation_pools)
        remedy = "Choose an address outside the pools, or cut the pool" if given else f"Exclude {vip.address}"
        key = at("networks", vip.network, *subnet.path, "allocation-pools" if given else "excluded-ranges")
        who = "Neutron" if subnet.path else "DHCP"
        yield Finding(
            at("virtual-ips", name, "address"),
            f"{vip.address} is in the allocation pool {pool} of network {vip.network}",
            f"A virtual IP must lie outside every pool, or {who} may hand it to some server",
            f"{remedy} in {key}",
        )


def one_instance_each(draft: Draft) -> Iterator[Finding]:
    """A virtual IP that nobody moves is down; one that two instances move is fought over."""
    owner: dict[str, str] = {}
    for name, instance in draft.instances.items():
        for index, vip in enumerate(instance.virtual_ips):
            first = owner.setdefault(vip, at("vrrp", "instances", name, "virtual-ips", index))
            here = at("vrrp", "instances", name, "virtual-ips", index)
            if first != here:
                yield Finding(
                    here,
                    f"virtual IP {vip} is at {first} already",
                    "A virtual IP belongs to one VRRP instance, once, or two masters fight over it",
                    "Remove it from one of them",
                )
    if not draft.is_complete("vrrp"):
        return
    for name in draft.virtual_ips:
        if name not in owner:
            yield Finding(
                at("virtual-ips", name),
                "no VRRP instance has this virtual IP",
                "Only an instance puts a virtual IP on a director; without one it never answers",
                f"Name it in the virtual-ips of an instance below {at('vrrp', 'instances')}, or remove it",
            )


def directors_are_on_the_network(draft: Draft) -> Iterator[Finding]:
    """A director can only answer where it has a port."""
    if draft.directors is None:
        return
    networks = {nic.network for nic in draft.directors.nics}
    if not networks.issubset(draft.names("networks")):  # the unknown one may be meant
        return
    for name, vip in draft.virtual_ips.items():
        if vip.network in draft.networks and vip.network not in networks:
            yield Finding(
                at("virtual-ips", name, "network"),
                f"the directors have no NIC on network {vip.network}",
                "A director answers for a virtual IP only on a network where it has a port",
                f"Add {{ network: {vip.network} }} to {at('directors', 'nics')}",
            )
