"""The component as other programs use it: in process, and by the schema that other languages see.

Decides: what the example registers, the words for wrong arguments, and any change of the schema. Cannot decide: that
Pulumi's CLI takes the package (tests/cli/test_package.py).
"""

import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.component import ComponentProvider

from components.package.args import VipstackArgs
from components.package.component import Vipstack
from components.package.spelling import spelt
from components.preflight import check
from components.resources.refusals import EXPLAINED
from tests.program.recording import Recorder, facts_for, stack_file

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "components" / "package" / "schema.json"
EXAMPLE = ROOT / "examples" / "another-program" / "__main__.py"


def as_seen(schema: Any, *, inner: bool = False) -> Any:
    """What Pulumi's CLI goes on with: nothing that is null, and no meaning of what a list or mapping holds."""
    if isinstance(schema, list):
        return [as_seen(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: as_seen(value, inner=key in ("items", "additionalProperties"))
        for key, value in schema.items()
        if value is not None and not (inner and key == "description")
    }


def test_the_schema_is_the_one_that_was_read(request: pytest.FixtureRequest):
    schema = as_seen(json.loads(ComponentProvider([Vipstack], "vipstack").schema))
    text = json.dumps(schema, indent=1, sort_keys=True) + "\n"
    if request.config.getoption("--update-goldens"):
        SCHEMA.write_text(text)
    assert text == SCHEMA.read_text(), "programs in other languages are written against it"


def test_the_example_is_a_stack_among_other_resources(recorder: Recorder, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(check, "preflight", facts_for)
    exported: dict[str, Any] = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)

    @pulumi.runtime.test
    def program() -> pulumi.Output[Any]:
        runpy.run_path(str(EXAMPLE), run_name="__main__")
        return exported["virtual-ips"].apply(exported.update)

    program()
    by_type = {r.type: r for r in recorder.registered}
    assert by_type["vipstack:stack:Stack"].options.parent == by_type["vipstack:index:Vipstack"].urn
    names = {r.inputs["name"] for r in recorder.registered if r.type.startswith("openstack:compute/instance")}
    assert names == {"test-shop-director-1", "test-shop-director-2"}, "two stacks of a program may share a project"
    assert exported["shop"]["address"] == "10.200.61.10"
    _, code = EXAMPLE.read_text().split('"""\n\n')
    assert f"```python\n{code}```" in (ROOT / "README.md").read_text(), "who reads it copies it"


def test_wrong_arguments_end_the_program_in_words_before_the_first_resource(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", said.append)
    nouns: Any = stack_file("vrrp")
    nouns["directors"]["names"] = ["alone"]
    with pytest.raises(SystemExit) as caught:
        Vipstack("shop", nouns)
    assert caught.value.code == EXPLAINED
    assert len(said) == 1
    assert "vipstack:directors.names: " in said[0]
    assert recorder.registered == []


def test_pythons_words_for_keys_become_the_operators_at_every_depth():
    args: Any = VipstackArgs(
        networks={"the_web": {"cidr": "10.0.0.0/24", "allocation_pools": ["10.0.0.9-10.0.0.20"]}},
        virtual_ips={},
        directors={"image": "i", "flavor": "f", "nics": [{"network": "the_web", "ipv6_addresses": []}]},
        vrrp={"instances": {}, "notification": {"to": [], "sender": "me", "smtp_server": "192.0.2.1"}},
        services={"http": {"health_check": {"type": "http", "stauts": 200}}},
    )
    assert spelt(args) == {
        "networks": {"the_web": {"cidr": "10.0.0.0/24", "allocation-pools": ["10.0.0.9-10.0.0.20"]}},
        "virtual-ips": {},
        "directors": {"image": "i", "flavor": "f", "nics": [{"network": "the_web", "ipv6-addresses": []}]},
        "vrrp": {"instances": {}, "notification": {"to": [], "from": "me", "smtp-server": "192.0.2.1"}},
        "services": {"http": {"health-check": {"type": "http", "stauts": 200}}},
    }


def test_a_whole_number_from_another_language_is_whole():
    args: Any = {"vrrp": {"advert_interval": 0.1, "instances": {"www": {"virtual_router_id": 61.0}}}}
    assert spelt(args) == {"vrrp": {"advert-interval": 0.1, "instances": {"www": {"virtual-router-id": 61}}}}
    assert repr(spelt(args)).count("61.0") == 0, "the model takes 61.0 for a fraction"
