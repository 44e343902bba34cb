"""The component's host: what Pulumi runs for programs in other languages, and for ``pulumi package get-schema``."""

import sys
from pathlib import Path

import pulumi
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider

# Python runs this folder, so what is beside it comes first; the rooms are found from the checkout.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from components.package.component import Vipstack  # noqa: E402 - see above


class Host(ComponentProvider):
    """What ``component_provider_host`` serves, but for refusals: these end a program, and must not end its host."""

    def construct(
        self, name: str, resource_type: str, inputs: pulumi.Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Make the component; the words of a refusal have been shown already."""
        try:
            return super().construct(name, resource_type, inputs, options)
        except SystemExit:
            # Without naming an input, whose value would be shown: secrets may be in it.
            raise pulumi.InputPropertiesError("it is refused; the findings say why", []) from None


if __name__ == "__main__":
    main(Host([Vipstack], "vipstack"), sys.argv[1:])
