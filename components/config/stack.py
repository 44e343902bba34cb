"""The stack file as a whole: its nouns, each a key under ``vipstack:``."""

from enum import StrEnum

from pydantic import Field, SecretStr

from components.config.base import Name, Noun
from components.config.guests import DirectorsConfig, ObserverConfig
from components.config.networks import NetworkConfig
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

    networks: dict[Name, NetworkConfig]
    virtual_ips: dict[Name, VirtualIpConfig]
    directors: DirectorsConfig
    vrrp: VrrpConfig
    services: dict[Name, ServiceConfig] = Field(default_factory=dict[str, ServiceConfig])
    real_servers: RealServersConfig | None = None
    observer: ObserverConfig | None = None
    delivery: Delivery = Delivery.CHANNEL
    keypair: str | None = Field(default=None, description="name of a key pair in the cloud")
    package_mirror: str | None = Field(
        default=None, pattern=r"^https?://[!-~]+$", description="URL of a flat apt repository for the guests"
    )
    tags: tuple[str, ...] = ()
    ready_timeout: int = Field(default=900, ge=60, description="seconds that a guest may take to report ready")
    vrrp_password: SecretStr | None = Field(
        default=None,
        description="VRRPv2 only, at most 8 characters; set it with `pulumi config set --secret`",
    )
