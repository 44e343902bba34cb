"""Can decide: that Pulumi's analyzer runs the pack of policies, and what it says. Cannot: anything about a cloud."""

from collections.abc import Callable

from tests.cli.conftest import CHECKOUT, Project

PACK = CHECKOUT / "policies"
PROGRAM = """
import pulumi

# A component with a port's type: the rules see the type and the inputs, and no provider is asked.
pulumi.ComponentResource("openstack:networking/port:Port", "tap", {"portSecurityEnabled": False})
"""


def test_a_preview_is_refused_in_the_rules_words(program: Callable[..., Project]):
    project = program(PROGRAM)
    installed = project.run("install", folder=PACK, seconds=300)
    assert installed.returncode == 0, installed.stdout
    seen = project.run("preview", "--policy-pack", str(PACK), seconds=300)
    assert seen.returncode != 0, "a mandatory rule was broken"
    assert "[mandatory]  port-security-is-off-for-a-reason" in seen.stdout
    assert "port tap: its port security is off, and no stack says why." in seen.stdout
