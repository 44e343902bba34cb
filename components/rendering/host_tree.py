"""A host as a folder tree: what it will be given, for reading, comparing and measuring without a cloud."""

from components.config.stack import Delivery, StackConfig
from components.config.stack_secrets import secrets_of
from components.plan.hosts import Host
from components.plan.stack import Addresses, StackPlan
from components.rendering.guest_files import guest_files
from components.rendering.user_data import user_data

USER_DATA = "user-data.yaml"

# Neutron's default prefix for the MACs it chooses; the rest only it knows.
ASSUMED_MAC = "fa:16:3e:00:00:00"


def host_tree(plan: StackPlan, host: Host, addresses: Addresses, config: StackConfig) -> dict[str, str]:
    """A host's files and its user data, by the path below the host's folder."""
    files = guest_files(plan, host, addresses, secrets_of(config))
    if config.delivery is Delivery.USER_DATA:
        nics = (*(port.network for port in host.ports), *(leg.interface for leg in host.legs))
        text = user_data(plan, host, files, dict.fromkeys(nics, ASSUMED_MAC))
    else:
        text = user_data(plan, host, None, None)
    return {**{path.lstrip("/"): content for path, content in files.items()}, USER_DATA: text}
