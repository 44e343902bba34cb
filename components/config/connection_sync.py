"""``connection-sync``: the directors tell one another of their connections, so that these outlive a director."""

from pydantic import Field

from components.config.base import Noun


class ConnectionSyncConfig(Noun):
    """What IPVS and the gateway know of connections, over a network of the directors' own."""

    network: str = Field(description="the key of a network on which only directors are")
