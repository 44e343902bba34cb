"""The lab's words again, on its OVN flavour: the shipped stacks with ``cloud-profile: ovn`` and the baked image.

Not part of ``make test``: ``make test-ovn`` brings that flavour up, and takes it down again.
"""

from pathlib import Path

import pytest
import yaml
from tests.lab.conftest import (  # noqa: F401 - fixtures and hooks are found by their names here
    bring_up,
    cloud,
    lab,
    pytest_runtest_makereport,
)

from lab.layout import IMAGE_BAKED, Network
from lab.stacks import shipped, with_image

KEYS_OF_OVS = {"vipstack:directors": "port-security"}  # what the profile would have to win over


@pytest.fixture(scope="session", autouse=True)
def _on_ovn(lab):  # noqa: F811 - the fixture of that name
    assert lab.layout.network is Network.OVN, "this rung says something about OVN only: `vipstack lab up --network ovn`"


@pytest.fixture(scope="session")
def for_ovn(tmp_path_factory):
    """A shipped stack file for OVN: the profile instead of keys that suit OVS, and changes by noun."""

    def write(name: str, **changes: dict[str, object]) -> Path:
        path = with_image(shipped(name), IMAGE_BAKED, tmp_path_factory.mktemp("stacks"))
        document = yaml.safe_load(path.read_text())
        config = document["config"]
        for noun, key in KEYS_OF_OVS.items():
            config[noun].pop(key, None)
        for noun, keys in changes.items():
            config[f"vipstack:{noun.replace('_', '-')}"].update(keys)
        config["vipstack:cloud-profile"] = "ovn"
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        return path

    return write
