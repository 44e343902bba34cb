"""Can decide: that Pulumi's CLI starts the component's host, reads its schema, and shows a refusal in words.

Cannot: anything about a cloud.
"""

import json
from collections.abc import Callable

import pytest
from tests.cli.conftest import CHECKOUT, Project

PACKAGE = CHECKOUT / "components" / "package"

# What an SDK in another language sends.
PROGRAM = """
import pulumi

nouns = {
    "networks": {"shop": {"cidr": "10.200.61.0/24", "excludedRanges": ["10.200.61.2-10.200.61.31"]}},
    "virtualIps": {"shop": {"network": "shop", "address": "10.200.61.10"}},
    "directors": {"image": "i", "flavor": "f", "nics": [{"network": "shop"}], "names": ["alone"]},
    "vrrp": {"version": 3, "instances": {"shop": {"virtualIps": ["shop"], "virtualRouterId": 61}}},
    "vrrpPassword": "never-seen",
}
pulumi.ComponentResource("vipstack:index:Vipstack", "shop", nouns, None, remote=True)
"""


@pytest.fixture
def shop(program: Callable[..., Project]) -> Project:
    """A project that has the component as a plugin."""
    return program(PROGRAM, {"vipstack": PACKAGE})


def test_the_cli_reads_the_schema_that_is_committed(shop: Project):
    answer = shop.checked("package", "get-schema", str(PACKAGE), seconds=180)
    committed = json.loads((PACKAGE / "schema.json").read_text(encoding="utf-8"))
    read = json.loads(answer)
    for part in ("name", "types", "resources"):
        assert read[part] == committed[part], f"{part}: programs in other languages see what nobody has read"


def test_a_program_in_another_language_is_refused_in_words(shop: Project):
    seen = shop.run("preview", seconds=180)
    assert seen.returncode != 0
    assert "- vipstack:directors.names: only alone is named." in seen.stdout
    assert "it is refused; the findings say why" in seen.stdout
    # The program's own SDK may say, with a traceback of its files, that Pulumi went away before it had an answer.
    assert f'File "{CHECKOUT}/components' not in seen.stdout, "no traceback of ours"
    assert "never-seen" not in seen.stdout, "no input's value may be shown: some are secrets"
    assert "fraction" not in seen.stdout, "on Pulumi's wire every number is a fraction"
