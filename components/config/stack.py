"""The stack file as a whole: its nouns, each a key under ``vipstack:``."""

from enum import StrEnum

from pydantic import Field, SecretStr

from components.config.base import CloudName, Name, Noun
from components.config.cloud_profile import CloudProfile
from components.config.connection_sync import ConnectionSyncConfig
from components.config.expiry import Moment
from components.config.gateway import GatewayConfig
from components.config.guests import DirectorsConfig, ObserverConfig
from components.config.haproxy.load_balancer import HaproxyConfig
from components.config.networks import NetworkConfig
from components.config.policy_routing import PolicyRoutingConfig
from components.config.real_servers import RealServersConfig
from components.config.services import ServiceConfig
from components.config.virtual_ips import VirtualIpConfig
from components.config.vrrp import VrrpConfig


class Delivery(StrEnum):
    """How a role's files reach the guest."""

    CHANNEL = "channel"
    USER_DATA = "user-data"


class StackConfig(Noun):
    """Everything an operator says in ``stacks/Pulumi.<stack>.yaml``."""

    networks: dict[Name, NetworkConfig] = Field(min_length=1, description="the networks by name")
    virtual_ips: dict[Name, VirtualIpConfig] = Field(min_length=1, description="the virtual IPs by name")
    directors: DirectorsConfig = Field(description="the servers among which the virtual IPs move")
    vrrp: VrrpConfig = Field(description="how the directors agree on who answers")
    services: dict[Name, ServiceConfig] = Field(
        default_factory=dict[str, ServiceConfig], description="the virtual servers by name; none: VRRP alone"
    )
    real_servers: RealServersConfig | None = Field(default=None, description="the servers behind the services")
    policy_routing: PolicyRoutingConfig | None = Field(
        default=None, description="a routing table for each address of the directors; none: one default route for all"
    )
    haproxy: HaproxyConfig | None = Field(
        default=None, description="the load balancer on the directors; none: IPVS or VRRP alone"
    )
    gateway: GatewayConfig | None = Field(
        default=None, description="the directors as the way out of a network that has no router"
    )
    connection_sync: ConnectionSyncConfig | None = Field(
        default=None, description="open connections outlive a director; none: they are reset"
    )
    observer: ObserverConfig | None = Field(default=None, description="the server that watches the virtual IPs")
    cloud_profile: CloudProfile | None = Field(
        default=None,
        description="what carries the cloud's networks; ovn makes virtual-mac: false and port-security: stateless the "
        "defaults",
    )
    delivery: Delivery = Field(
        default=Delivery.CHANNEL,
        description="how files reach the guests: by metadata, so that a change replaces no server, or in user data",
    )
    keypair: CloudName | None = Field(default=None, description="name of a key pair in the cloud")
    package_mirror: str | None = Field(
        default=None,
        pattern=r"^https?://[!-~]+$",
        description="http(s) URL of a flat apt repository for guests of the debian family",
    )
    tags: tuple[str, ...] = Field(default=(), description="put on every resource of the stack that can have tags")
    protected: bool = Field(
        default=False,
        description="Pulumi deletes no director, and `vipstack env` tears nothing of the stack down",
    )
    expires: Moment | None = Field(
        default=None, description="from then on `vipstack env sweep` may tear the stack down; none: never"
    )
    ready_timeout: int = Field(
        default=900, ge=60, le=86400, description="seconds that a guest may take to report ready"
    )
    certificates: dict[Name, SecretStr] = Field(
        default_factory=dict[str, SecretStr],
        description="for HAProxy, by name: PEM text of certificate, chain and private key, each set with "
        "`pulumi config set --secret --path`",
    )
    vrrp_password: SecretStr | None = Field(
        default=None,
        description="VRRPv2 only, at most 8 characters; set it with `pulumi config set --secret`",
    )
