"""The draft: the stack file as far as it could be read, so that the rules judge it although something else is wrong.

Each entry of a mapping by name, and each other noun, stands or falls alone. What could not be read is remembered by
name: a reference to it is not unknown, and nothing is concluded from its absence.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from pydantic import SecretStr, ValidationError

from components.config.base import Noun
from components.config.cloud_profile import KEY, CloudProfile
from components.config.connection_sync import ConnectionSyncConfig
from components.config.errors import nearest
from components.config.gateway import GatewayConfig
from components.config.guests import DirectorsConfig, ObserverConfig
from components.config.haproxy.backends import BackendConfig
from components.config.haproxy.frontends import FrontendConfig
from components.config.haproxy.load_balancer import HaproxyConfig
from components.config.networks import NetworkConfig
from components.config.policy_routing import PolicyRoutingConfig
from components.config.real_servers import HIGHEST_WEIGHT, RealServersConfig
from components.config.services import ServiceConfig
from components.config.shapes import fields_of
from components.config.stack import StackConfig
from components.config.virtual_ips import VirtualIpConfig
from components.config.vrrp import VrrpConfig, VrrpInstanceConfig

AnyNoun = TypeVar("AnyNoun", bound=Noun)

# Keys that no rule looks at, beside image and flavor: whatever is wrong with them, the rest of their noun is judged.
_WITHOUT_RULES = frozenset(
    {
        "availability-zone",
        "placement",
        "preempt",
        "router-id",
        "arp-silence",
        "vip-interface",
        "web-server",
        "scheduler",
    }
)
# What stands in for an unreadable value: required ones, and a weight with which no quorum is too high.
_STAND_INS: Mapping[str, object] = {"image": "unreadable", "flavor": "unreadable", "weight": HIGHEST_WEIGHT}
# What says nothing without the other.
_TOGETHER = {"scheduler": "scheduler-flags"}


@dataclass(frozen=True)
class Draft:
    """What could be read. A single noun is None where it is absent or unreadable; ``unreadable`` tells which."""

    networks: Mapping[str, NetworkConfig]
    virtual_ips: Mapping[str, VirtualIpConfig]
    directors: DirectorsConfig | None
    vrrp: VrrpConfig | None
    instances: Mapping[str, VrrpInstanceConfig]
    services: Mapping[str, ServiceConfig]
    real_servers: RealServersConfig | None
    policy_routing: PolicyRoutingConfig | None
    gateway: GatewayConfig | None
    connection_sync: ConnectionSyncConfig | None
    observer: ObserverConfig | None
    haproxy: HaproxyConfig | None
    certificates: Mapping[str, SecretStr]
    vrrp_password: SecretStr | None
    package_mirror: str | None = None
    tags: tuple[str, ...] = ()
    cloud_profile: CloudProfile | None = None
    unreadable: frozenset[str] = field(default=frozenset())

    @property
    def frontends(self) -> Mapping[str, FrontendConfig]:
        """HAProxy's frontends by name."""
        return self.haproxy.frontends if self.haproxy else {}

    @property
    def backends(self) -> Mapping[str, BackendConfig]:
        """HAProxy's backends by name."""
        return self.haproxy.backends if self.haproxy else {}

    def names(self, noun: str) -> tuple[str, ...]:
        """The names below ``networks`` or ``virtual-ips`` as written, readable or not."""
        readable = self.networks if noun == "networks" else self.virtual_ips
        prefix = f"{noun}."
        return (*readable, *(path.removeprefix(prefix) for path in sorted(self.unreadable) if path.startswith(prefix)))

    def is_complete(self, noun: str) -> bool:
        """Whether the noun and everything below it could be read."""
        return not any(path == noun or path.startswith(f"{noun}.") for path in self.unreadable)


def draft_of(config: StackConfig) -> Draft:
    """The draft of a stack file in which the model found nothing."""
    observer = config.observer if config.observer and config.observer.enabled else None
    return Draft(
        networks=config.networks,
        virtual_ips=config.virtual_ips,
        directors=config.directors,
        vrrp=config.vrrp,
        instances=config.vrrp.instances,
        services=config.services,
        real_servers=config.real_servers,
        policy_routing=config.policy_routing,
        gateway=config.gateway,
        connection_sync=config.connection_sync,
        observer=observer,
        haproxy=config.haproxy,
        certificates=config.certificates,
        vrrp_password=config.vrrp_password,
        package_mirror=config.package_mirror,
        tags=config.tags,
        cloud_profile=config.cloud_profile,
    )


def salvage(raw: Mapping[str, object]) -> Draft:
    """The draft of a stack file in which the model found something."""
    salvager = _Salvager()
    vrrp = raw.get("vrrp")
    instances = cast("dict[str, object]", vrrp).get("instances") if isinstance(vrrp, dict) else None
    password, mirror = raw.get("vrrp-password"), raw.get("package-mirror")
    observer = salvager.one(ObserverConfig, "observer", raw)
    return Draft(
        networks=salvager.many(NetworkConfig, "networks", raw.get("networks")),
        virtual_ips=salvager.many(VirtualIpConfig, "virtual-ips", raw.get("virtual-ips")),
        directors=salvager.one(DirectorsConfig, "directors", raw),
        vrrp=salvager.one(VrrpConfig, "vrrp", raw),
        instances=salvager.many(VrrpInstanceConfig, "vrrp.instances", instances),
        services=salvager.many(ServiceConfig, "services", raw.get("services", {})),
        real_servers=salvager.one(RealServersConfig, "real-servers", raw),
        policy_routing=salvager.one(PolicyRoutingConfig, "policy-routing", raw),
        gateway=salvager.one(GatewayConfig, "gateway", raw),
        connection_sync=salvager.one(ConnectionSyncConfig, "connection-sync", raw),
        observer=observer if observer and observer.enabled else None,
        haproxy=salvager.one(HaproxyConfig, "haproxy", raw),
        certificates=salvager.texts("certificates", raw.get("certificates", {})),
        vrrp_password=SecretStr(password) if isinstance(password, str) else None,
        package_mirror=mirror if isinstance(mirror, str) else None,
        tags=_texts(raw.get("tags")),
        cloud_profile=next((profile for profile in CloudProfile if profile == raw.get(KEY)), None),
        unreadable=frozenset(salvager.unreadable),
    )


def _texts(entries: object) -> tuple[str, ...]:
    items = cast("list[object]", entries) if isinstance(entries, list) else []
    return tuple(item for item in items if isinstance(item, str))


class _Salvager:
    """Reads piece by piece and notes what could not be read."""

    def __init__(self) -> None:
        self.unreadable: set[str] = set()

    def one(self, noun: type[AnyNoun], key: str, raw: Mapping[str, object]) -> AnyNoun | None:
        return self._read(noun, key, raw[key]) if raw.get(key) is not None else self._absent(key, raw)

    def many(self, noun: type[AnyNoun], path: str, entries: object) -> dict[str, AnyNoun]:
        if not isinstance(entries, dict) or (not entries and path != "services"):
            self.unreadable.add(path)
            return {}
        mapping = cast("dict[str, object]", entries)
        read = {name: self._read(noun, f"{path}.{name}", value) for name, value in mapping.items()}
        return {name: value for name, value in read.items() if value is not None}

    def texts(self, path: str, entries: object) -> dict[str, SecretStr]:
        if not isinstance(entries, dict):
            self.unreadable.add(path)
            return {}
        mapping = cast("dict[str, object]", entries)
        self.unreadable |= {f"{path}.{name}" for name, value in mapping.items() if not isinstance(value, str)}
        return {name: SecretStr(value) for name, value in mapping.items() if isinstance(value, str)}

    def _absent(self, key: str, raw: Mapping[str, object]) -> None:
        if key in raw or key in ("directors", "vrrp"):
            self.unreadable.add(key)

    def _read(self, noun: type[AnyNoun], path: str, value: object) -> AnyNoun | None:
        try:
            return read_noun(noun, value)
        except ValidationError as error:
            try:
                return read_noun(noun, _without(error, noun, value))
            except ValidationError:
                self.unreadable.add(path)
                return None


def _without(error: ValidationError, noun: type[Noun], value: object) -> object:
    """The value without the trouble that concerns no rule; what concerns one is left, so that it is refused again."""
    rest = copy.deepcopy(value)
    for details in error.errors(include_url=False, include_input=False, include_context=False):
        *above, key = details["loc"] or ("",)
        holder = _holder(rest, above)
        if key in _STAND_INS:
            holder[key] = _STAND_INS[str(key)]
        elif key in _WITHOUT_RULES or (details["type"] == "extra_forbidden" and not nearest(str(key), fields_of(noun))):
            holder.pop(key, None)
            holder.pop(_TOGETHER.get(str(key), key), None)
    return rest


def _holder(value: object, path: list[int | str]) -> dict[int | str, object]:
    """The mapping at a path; one of its own where there is none, so that a change there changes nothing."""
    for part in path:
        value = cast("dict[object, object]", value).get(part) if isinstance(value, dict) else None
    return cast("dict[int | str, object]", value) if isinstance(value, dict) else {}


def read_noun(noun: type[AnyNoun], value: object) -> AnyNoun:
    """Validate a value as JSON would hold it.

    JSON's strictness is what we want of YAML: "80" is no number, 1 is no boolean, 5 is no address, while text may be an
    address and a list a tuple.

    Raises:
        pydantic.ValidationError: the value does not fit.
    """
    return noun.model_validate_json(json.dumps(value), strict=True, by_alias=True, by_name=False)
