"""A guest's configuration as a resource of the program.

It exists when the guest has reported that this configuration is applied and verified. Deliberately knows nothing of how
it gets there: that is the provider's, in another process.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

TYPE_TOKEN = "guestconfig:guest:Configuration"  # noqa: S105 - a type token, not a password


@dataclass(frozen=True)
class ConfigurationArgs:
    """What the provider needs.

    ``host`` is the guest's name in the cloud, ``files`` its contents by path, ``interfaces`` the MAC of its interface
    on each network by the network's key, ``delivery`` ``channel`` or ``user-data``, ``deadline`` in seconds.
    """

    host: str
    role: str
    server_id: pulumi.Input[str]
    delivery: str
    files: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    interfaces: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    deadline: int


class Configuration(pulumi.CustomResource):
    """The configuration of one guest. ``digest`` and ``generation`` say which one it reported as applied."""

    digest: pulumi.Output[str]
    generation: pulumi.Output[int]

    def __init__(self, name: str, args: ConfigurationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Register the resource; ``name`` is the host's key."""
        inputs = {
            "host": args.host,
            "role": args.role,
            "server_id": args.server_id,
            "delivery": args.delivery,
            "files": args.files,
            "interfaces": args.interfaces,
            "deadline": args.deadline,
        }
        super().__init__(TYPE_TOKEN, name, {**inputs, "digest": None, "generation": None}, opts)
