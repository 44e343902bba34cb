"""The component's host: what Pulumi runs for programs in other languages, and for ``pulumi package get-schema``."""

import sys
from pathlib import Path

from pulumi.provider.experimental import component_provider_host

# Python runs this folder, so what is beside it comes first; the rooms are found from the checkout.
sys.path[0] = str(Path(__file__).resolve().parents[2])

from components.package.component import Vipstack  # noqa: E402 - see above

if __name__ == "__main__":
    component_provider_host([Vipstack], "vipstack")
