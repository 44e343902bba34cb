"""Plans to render: a small stack, and changes to it by noun."""

from typing import Any

from components.config.stack import StackConfig
from components.config.stack_secrets import Secrets
from components.plan.stack import StackPlan, assumed_addresses, plan_stack
from components.rendering.guest_files import guest_files

NOUNS: dict[str, Any] = {
    "networks": {"web": {"cidr": "203.0.113.0/27", "allocation-pools": ["203.0.113.16-203.0.113.30"]}},
    "virtual-ips": {"www": {"network": "web", "address": "203.0.113.2"}},
    "directors": {"image": "i", "flavor": "f", "nics": [{"network": "web"}]},
    "vrrp": {"instances": {"www": {"virtual-ips": ["www"], "virtual-router-id": 51}}},
    "services": {"http": {"virtual-ip": "www", "port": 80}},
    "real-servers": {"network": "web", "image": "i", "flavor": "f", "count": 2},
    "observer": {"network": "web", "image": "i", "flavor": "f"},
}


def config(**changes: Any) -> StackConfig:
    """The small stack; ``real_servers={"count": 3}`` changes that key of the noun, ``observer=None`` drops the noun."""
    nouns = dict(NOUNS)
    for noun, change in changes.items():
        key = noun.replace("_", "-")
        nouns[key] = {**nouns[key], **change} if isinstance(change, dict) and key in nouns else change
    return StackConfig.model_validate({key: value for key, value in nouns.items() if value is not None})


def plan(**changes: Any) -> StackPlan:
    return plan_stack("s", config(**changes))


def files_of(host: str, made: StackPlan, password: str | None = None) -> dict[str, str]:
    """The files of one host, by its key."""
    chosen = next(one for one in made.hosts if one.key == host)
    return guest_files(made, chosen, assumed_addresses(made), Secrets(password))
