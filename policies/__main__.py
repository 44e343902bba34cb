"""The pack: what Pulumi runs for ``--policy-pack policies``."""
# pulumi-policy brings no types, and stands in the pack's own environment alone.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownParameterType=false, reportUnknownArgumentType=false

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the rooms, of this checkout

from policies.declared import declared
from policies.resource import Resource
from policies.rules import RULES, Rule


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a resource was given
    """The value without the proxies that raise where something is not known yet: that is None."""
    if isinstance(value, Mapping):
        return {key: known(cast("Mapping[str, Any]", value), key) for key in cast("Mapping[str, Any]", value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [known(value, index) for index in range(len(value))]
    return value


def known(holder: Any, key: Any) -> Any:  # noqa: ANN401 - as above
    """A part of the value."""
    try:
        return plain(holder[key])
    except UnknownValueError:
        return None


ASKED: dict[str, Mapping[str, Any]] = {}
"""What the program asked for, by URN: a stack's rules are shown what the cloud answered, its defaults among it."""


def remember(args: ResourceValidationArgs, _: Callable[[str, str], None]) -> None:
    """Take note of a resource; it is judged with all others."""
    ASKED[args.urn] = plain(args.props)


def validation(rule: Rule) -> Callable[[StackValidationArgs, Callable[[str, str], None]], None]:
    """The rule as Pulumi calls it."""

    def validate(args: StackValidationArgs, report: Callable[[str, str], None]) -> None:
        resources = [
            Resource(
                urn=one.urn,
                type=one.resource_type,
                name=one.name,
                inputs=ASKED.get(one.urn, {}),
                protected=one.opts.protect,
                needs={key: tuple(need.urn for need in needs) for key, needs in one.property_dependencies.items()},
            )
            for one in args.resources
        ]
        for resource, finding in rule(resources, declared(resources)):
            report(str(finding), resource.urn)

    return validate


PolicyPack(
    "vipstack",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy("remember", "Remembers what is asked for.", remember),
        *(
            StackValidationPolicy(name, " ".join((rule.__doc__ or "").split()), validation(rule))
            for name, rule in RULES.items()
        ),
    ],
)
