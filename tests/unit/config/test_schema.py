"""What is made from the model and committed: the JSON Schema, the guide, and the component's annotations.

This rung decides that they are up to date, and that the schema and the model agree on single values. An editor's own
reading of the schema is not tried.
"""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from components.config.base import Ends, Noun, PortRange
from components.config.check import check
from components.config.errors import StackFileError
from components.config.schema import stack_file_schema
from components.config.shapes import fields_of
from components.config.stack import StackConfig
from vipstack.schema import generated_files

ROOT = Path(__file__).parents[3]
STACKS = ROOT / "stacks"
VALIDATOR = jsonschema.Draft202012Validator(stack_file_schema())


def as_file(nouns: dict[str, Any]) -> dict[str, Any]:
    return {"config": {f"vipstack:{key}": value for key, value in nouns.items()}}


@pytest.mark.parametrize(("name", "text"), generated_files(ROOT).items())
def test_the_committed_file_is_what_the_model_says(name: str, text: str) -> None:
    assert (ROOT / name).read_text() == text, "run `vipstack schema --write` and commit what changed"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(stack_file_schema())


@pytest.mark.parametrize("path", sorted(STACKS.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_every_example_fits_and_says_where_its_schema_is(path: Path) -> None:
    text = path.read_text()
    assert "\n# yaml-language-server: $schema=schema.json\n" in text, "else no editor checks the file"
    VALIDATOR.validate(yaml.safe_load(text))


def test_what_pulumi_writes_fits() -> None:
    document = yaml.safe_load((STACKS / "Pulumi.vrrp.yaml").read_text())
    document |= {"encryptionsalt": "v1:x", "secretsprovider": "passphrase"}
    document["config"] |= {"vipstack:ready-timeout": "300"}
    document["config"] |= {"openstack:cloud": "lab", "vipstack:vrrp-password": {"secure": "v1:x"}}
    VALIDATOR.validate(document)


@pytest.mark.parametrize(
    ("changes", "valid"),
    [
        ({"vrrp.instances.www.virtual-router-id": 256}, False),
        ({"services.http.port": 0}, False),
        ({"services.http.scheduler": "round-robin"}, False),
        ({"services.http.health-check": {"type": "http", "stauts": 200}}, False),
        ({"networks.web.allocation-pools": ["203.0.113.16..30"]}, False),
        ({"networks.web.allocation-pools": ["203.0.113.16 - 203.0.113.30"]}, True),
        ({"networks.Web": {"cidr": "10.0.0.0/24"}}, False),
        ({"directors.ssh_from": []}, False),
        ({"colour": "blue"}, False),
        ({"vrrp": "DELETE"}, False),
        ({"observer": None}, True),
    ],
)
def test_schema_and_model_agree(changed, changes: dict[str, Any], valid: bool) -> None:
    nouns = changed(changes)
    assert VALIDATOR.is_valid(as_file(nouns)) is valid, "an editor would mislead"
    try:
        check(nouns)
    except StackFileError:
        assert not valid
    else:
        assert valid


def test_the_schema_refuses_no_file_without_findings(changed) -> None:
    VALIDATOR.validate(as_file(changed({})))


def test_every_key_has_a_meaning() -> None:
    silent = [
        f"{noun.__name__}.{key}"
        for noun in (StackConfig, *_below(Noun))
        if not issubclass(noun, Ends | PortRange)
        for key, field in fields_of(noun).items()
        if not field.description
    ]
    assert silent == [], "the guide, the schema and the findings all say it"


def _below(noun: type[Noun]) -> list[type[Noun]]:
    return [found for sub in noun.__subclasses__() for found in [sub, *_below(sub)]]
