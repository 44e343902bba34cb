"""Plans of the shipped stacks, and a cloud's facts that suit them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.draft import read_noun
from components.config.load import typed
from components.config.stack import StackConfig
from components.plan.stack import StackPlan, plan_stack

STACKS = Path(__file__).parents[3] / "stacks"


@pytest.fixture
def plan_of() -> Callable[..., StackPlan]:
    """Plan a shipped stack file; keyword arguments are changes of a noun, a path of keys joined by dots."""

    def plan(name: str, changes: Mapping[str, Any] | None = None) -> StackPlan:
        content = yaml.safe_load((STACKS / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))
        texts = {key.removeprefix("vipstack:"): value for key, value in content["config"].items()}
        nouns: Any = {key: typed(key, value) for key, value in texts.items()}
        for path, value in (changes or {}).items():
            *parents, last = path.split(".")
            target = nouns
            for key in parents:
                target = target[key]
            target[last] = value
        return plan_stack(name, read_noun(StackConfig, nouns))

    return plan


@pytest.fixture
def lvs_dr(plan_of: Callable[..., StackPlan]) -> StackPlan:
    """The lvs-dr stack."""
    return plan_of("lvs-dr")


@pytest.fixture
def vrrp(plan_of: Callable[..., StackPlan]) -> StackPlan:
    """The vrrp stack."""
    return plan_of("vrrp")
