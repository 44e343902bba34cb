"""``haproxy.frontends``: where clients connect, and which backend their request goes to."""

from enum import StrEnum

from pydantic import Field

from components.config.base import AnySubnet, Name, Noun
from components.config.haproxy.modes import Mode


class Match(StrEnum):
    """What an ACL looks at."""

    PATH = "path"
    PATH_BEGINS = "path-begins"
    PATH_ENDS = "path-ends"
    HOST = "host"
    METHOD = "method"
    SOURCE = "source"
    SERVER_NAME = "server-name"


class BindConfig(Noun):
    """An address and port on which HAProxy listens."""

    virtual_ip: str = Field(description="the key of a virtual IP of this file")
    port: int = Field(ge=1, le=65535, description="where clients connect")
    certificates: tuple[str, ...] = Field(
        default=(), description="names below certificates; with any, clients connect by TLS, the first is the default"
    )


class AclConfig(Noun):
    """A condition by name; entries of one name are alternatives."""

    name: Name = Field(description="what use-backends calls it")
    match: Match = Field(description="what is looked at; server-name is the name in the TLS greeting")
    values: tuple[str, ...] = Field(min_length=1, description="any of them; for source, addresses or subnets")
    ignore_case: bool = Field(default=False, description="whether upper and lower case are the same")


class UseBackendConfig(Noun):
    """A backend for the requests that meet conditions; the first entry that does is taken."""

    backend: str = Field(description="the key of a backend")
    if_all: tuple[str, ...] = Field(default=(), description="names of ACLs that must all match")
    unless_any: tuple[str, ...] = Field(default=(), description="names of ACLs of which none may match")


class FrontendConfig(Noun):
    """Where clients connect, and what becomes of their requests."""

    mode: Mode = Field(default=Mode.HTTP, description="http: requests are read; tcp: bytes are passed on")
    bind: tuple[BindConfig, ...] = Field(min_length=1, description="where HAProxy listens")
    own_addresses: bool = Field(
        default=False,
        description="listen on the directors' own addresses too, on all their networks, at the same ports",
    )
    maxconn: int = Field(default=3000, ge=1, le=1000000, description="connections at once; the next ones wait")
    forward_for: bool = Field(
        default=True, description="http: tell the servers the client's address in X-Forwarded-For"
    )
    proxy_protocol_from: tuple[AnySubnet, ...] = Field(
        default=(), description="proxies whose connections must begin with the PROXY protocol (v1 or v2)"
    )
    acls: tuple[AclConfig, ...] = Field(default=(), description="conditions for use-backends")
    use_backends: tuple[UseBackendConfig, ...] = Field(default=(), description="exceptions from default-backend")
    default_backend: str = Field(description="the key of the backend for all other requests")
