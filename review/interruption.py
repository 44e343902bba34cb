"""What each change costs the clients of the virtual IPs: ``in place``, ``rolling`` or ``outage``.

- in place: clients notice nothing.
- rolling: a part that serves goes away while another one carries on. Clients notice at most a failover within its
  promised bound, or that a connection through the part is reset.
- outage: what serves a virtual IP goes away with nobody in its place, until the update is done or for good.

Pulumi changes resources side by side, so what the update does to one director counts for all the others: two directors
that are replaced in one update are an outage, one alone is a failover. What a file's change does is what the guest's
agent does with it (``guestconfig/agent/activation.py``). docs/pull-requests.md has the whole table. Where it cannot be
told, the dearer word is chosen.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from components.plan.hosts import Role
from guestconfig import paths
from review.document import Change, Op, Preview
from review.files import FileChange, file_changes
from review.stack import CONFIGURATION, FLOATING_IP, INSTANCE, PORT, Pool, StackAround


class Level(IntEnum):
    """The dearer, the higher."""

    IN_PLACE = 0
    ROLLING = 1
    OUTAGE = 2

    def __str__(self) -> str:
        """In a reviewer's words."""
        return ("in place", "rolling", "outage")[self]


@dataclass(frozen=True)
class Interruption:
    """What a change costs, and why; in place needs no reason."""

    level: Level
    why: str = ""


IN_PLACE = Interruption(Level.IN_PLACE)

_NETWORKING = "openstack:networking"
_RULE = f"{_NETWORKING}/secGroupRule:SecGroupRule"
_VIRTUAL_IP_PARENT = "vipstack:virtualip:VirtualIp$"

# Properties whose update in place cuts off a whole network or its way out.
_CARRYING: Mapping[str, frozenset[str]] = {
    f"{_NETWORKING}/network:Network": frozenset({"adminStateUp", "mtu"}),
    f"{_NETWORKING}/subnet:Subnet": frozenset({"gatewayIp", "noGateway", "enableDhcp"}),
    f"{_NETWORKING}/router:Router": frozenset({"adminStateUp", "enableSnat", "externalNetworkId"}),
    f"{_NETWORKING}/routerInterface:RouterInterface": frozenset[str](),
}

# Properties of a server's port whose update takes the server off its network.
_PLUG = frozenset({"fixedIps", "adminStateUp", "networkId"})

# Their daemons are restarted, or interfaces are made anew, when such a file changes.
_RESTARTING = frozenset({paths.OPTIONS, paths.ROUTING, paths.BONDS, paths.NETWORKD})

# keepalived's words on which directors must agree, or neither believes the other: until all have reloaded, two of them
# may hold a virtual IP, or none that the network delivers to.
_AGREED = frozenset({"virtual_router_id", "vrrp_version", "auth_type", "auth_pass", "use_vmac", "interface"})
# And those of which a disagreement may make a director take over for a moment.
_TIMED = frozenset({"advert_int", "priority", "nopreempt", "preempt_delay", "unicast_src_ip", "state"})

Blows = Mapping[str, Mapping[str, str]]
"""By host, then by URN: what takes the host away for a time, as a clause."""


def interruptions(preview: Preview, around: StackAround) -> Mapping[str, Interruption]:
    """The interruption of every change, by URN."""
    blows = _blows(preview, around)
    by_host = {host: _of_host(host, blows, around) for host in blows}
    verdicts: dict[str, Interruption] = {}
    for change in preview.changes:
        host = around.host_of(change)
        struck = host is not None and change.urn in blows.get(host, {})
        verdicts[change.urn] = by_host[host] if host is not None and struck else _of_itself(change)
    return verdicts


def worst(verdicts: Mapping[str, Interruption]) -> Level:
    """The dearest of all."""
    return max((verdict.level for verdict in verdicts.values()), default=Level.IN_PLACE)


def _blows(preview: Preview, around: StackAround) -> Blows:
    """What takes servers away that are there now."""
    blows: dict[str, dict[str, str]] = defaultdict(dict)
    for change in preview.changes:
        host = around.host_of(change)
        if host in around.existing and (blow := _blow(change)):
            blows[host][change.urn] = blow
    return blows


def _blow(change: Change) -> str | None:
    """What a change does to its server, where that takes it away for a time."""
    if change.type in (INSTANCE, PORT) and change.op in (Op.REPLACE, Op.DELETE):
        return "replaced" if change.op is Op.REPLACE else "removed"
    if change.type == PORT and change.op is Op.CHANGE and _tops(change) & _PLUG:
        return "moved to another address"
    if change.type == CONFIGURATION and change.op is Op.CHANGE:
        return next((blow for file in file_changes(change) if (blow := _file_blow(file))), None)
    return None


def _file_blow(file: FileChange) -> str | None:
    rule = paths.rule_for(file.path)
    kind = rule.kind if rule else None
    if kind in _RESTARTING:
        return "interrupted by a restart"
    if file.kind == "delete" and kind in (paths.KEEPALIVED, paths.HAPROXY):
        return "stopped"
    if kind == paths.KEEPALIVED and file.kind == "update":
        if file.lines is None:
            return _SECRET_RELOAD
        words = {line.split()[0] for line in file.touched if line.split()}
        return _DISAGREES if words & _AGREED else _SLIPS if words & _TIMED else None
    return None


_DISAGREES = "at odds with the others"
_SLIPS = "given other timers or priorities"
_SECRET_RELOAD = "given a configuration that is secret, so that it cannot be told whether directors disagree"  # noqa: S105 - words


def _of_host(host: str, blows: Blows, around: StackAround) -> Interruption:
    """What it costs that a host goes away, together with all that go away in the same update."""
    pools = [pool for pool in around.pools if host in pool.hosts]
    if not pools:
        return IN_PLACE  # it serves nobody
    return max((_of_pool(pool, blows) for pool in pools), key=lambda verdict: verdict.level)


def _of_pool(pool: Pool, blows: Blows) -> Interruption:
    struck = {host: set(blows[host].values()) for host in pool.hosts if host in blows}
    hard = [host for host, words in struck.items() if words - {_SLIPS, _SECRET_RELOAD}]
    standing = [host for host in pool.hosts if host not in hard]
    vips = ", ".join(f"`{vip}`" for vip in pool.virtual_ips) or "a service"
    if not hard:
        words = sorted({word for those in struck.values() for word in those})
        return Interruption(
            Level.ROLLING, f"{_names(list(struck))} {_are(len(struck))} {words[0]}; a failover may happen"
        )
    what = sorted({word for host in hard for word in struck[host] - {_SLIPS, _SECRET_RELOAD}})
    done = f"{_names(hard)} {_are(len(hard))} {' and '.join(what)}"
    if standing:
        return Interruption(Level.ROLLING, f"{done}; {_names(standing)} carr{'y' if len(standing) > 1 else 'ies'} on")
    noun = "director" if pool.role is Role.DIRECTOR else "real server"
    together = " in one update" if len(hard) > 1 else ""
    return Interruption(Level.OUTAGE, f"{done}{together}: {vips} {_has(len(pool.virtual_ips))} no other {noun}")


def _of_itself(change: Change) -> Interruption:
    """What a change costs that takes no server away."""
    if change.op in (Op.SAME, Op.CREATE):
        return IN_PLACE
    for judge in _JUDGES:
        if verdict := judge(change):
            return verdict
    return IN_PLACE


def _virtual_ip(change: Change) -> Interruption | None:
    if _VIRTUAL_IP_PARENT not in change.urn:
        return None
    vip = f"`{change.name}`"
    gone = change.op in (Op.REPLACE, Op.DELETE)
    if change.type == PORT and (gone or "fixedIps" in _tops(change)):
        how = "is taken away" if change.op is Op.DELETE else "gets another address"
        return Interruption(Level.OUTAGE, f"the virtual IP {vip} {how}")
    if change.type == FLOATING_IP and (gone or _tops(change) & {"portId", "fixedIp", "address", "pool"}):
        how = {Op.DELETE: "is given back and cannot be counted on again", Op.REPLACE: "is replaced by another one"}
        what = how.get(change.op, "is cut from its port for a moment")
        return Interruption(Level.OUTAGE, f"the floating IP by which the outside reaches {vip} {what}")
    return None


def _network(change: Change) -> Interruption | None:
    if change.type not in _CARRYING:
        return None
    if change.op in (Op.REPLACE, Op.DELETE) or _tops(change) & _CARRYING[change.type]:
        return Interruption(Level.OUTAGE, f"the network `{change.name}` is interrupted for all that is on it")
    return None


def _rule(change: Change) -> Interruption | None:
    if change.type != _RULE or change.op is not Op.REPLACE:
        return None
    return Interruption(
        Level.ROLLING, "what the rule lets in is refused from its deletion to its creation, about a second"
    )


_JUDGES: tuple[Callable[[Change], Interruption | None], ...] = (_virtual_ip, _network, _rule)


def _tops(change: Change) -> set[str]:
    """The differing properties, without what is below them."""
    return {path.partition(".")[0].partition("[")[0] for path in change.paths}


def _names(hosts: list[str]) -> str:
    quoted = [f"`{host}`" for host in hosts]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _are(count: int) -> str:
    return "are" if count > 1 else "is"


def _has(count: int) -> str:
    return "have" if count > 1 else "has"
