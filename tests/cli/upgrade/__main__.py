"""The program as it is, told what the cloud of a recorded state has instead of asking one."""

import json
import os
import runpy
import sys
from concurrent.futures import Future
from pathlib import Path

CHECKOUT = Path(os.environ["CHECKOUT"])
sys.path.insert(0, str(CHECKOUT))

from components.plan.stack import StackPlan  # noqa: E402 - it is found only now
from components.preflight import check  # noqa: E402
from components.preflight.cloud_facts import PORT_SECURITY, STATELESS_GROUPS, CloudFacts  # noqa: E402


def recorded(plan: StackPlan) -> Future[CloudFacts]:
    """What the recorded resources say of images, flavors and external networks."""
    resources = json.loads(Path(os.environ["RECORDED_STATE"]).read_text())["deployment"]["resources"]
    seen = [resource.get("inputs", {}) for resource in resources]
    image, flavor, external = (
        next((inputs[key] for inputs in seen if key in inputs), "none")
        for key in ("imageId", "flavorId", "externalNetworkId")
    )
    names = {network.router.external_network for network in plan.networks if network.router}
    facts: Future[CloudFacts] = Future()
    facts.set_result(
        CloudFacts(
            images={host.image: image for host in plan.hosts},
            flavors={host.flavor: flavor for host in plan.hosts},
            external_networks=dict.fromkeys(names, external),
            networks={},
            extensions=frozenset({PORT_SECURITY, STATELESS_GROUPS}),
        )
    )
    return facts


check.begin = recorded
runpy.run_path(str(CHECKOUT / "__main__.py"), run_name="__main__")
