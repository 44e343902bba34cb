"""Can decide: whether each token of the built provider is one that the Python SDK sends. Cannot: whether it works."""

import importlib.util
import re
from pathlib import Path

import pytest

from toolchain.pins import PROVIDER_MODULE

LINE = re.compile(r'^\t"(openstack_\w+)":\s+"(openstack:\w+/\w+:\w+)",$', re.MULTILINE)
ALL = [token for _, token in LINE.findall((PROVIDER_MODULE / "tokens.go").read_text())]


@pytest.fixture(scope="module")
def sdk() -> str:
    spec = importlib.util.find_spec("pulumi_openstack")
    assert spec, "the program's environment has no pulumi-openstack"
    folder = Path(str(spec.origin)).parent
    rooms = ("compute", "identity", "images", "networking")
    return "\n".join(path.read_text() for room in rooms for path in (folder / room).glob("*.py"))


@pytest.mark.parametrize("token", ALL)
def test_a_token_is_the_sdks(token: str, sdk: str) -> None:
    assert f"'{token}'" in sdk, "the program would ask for a type that the provider does not serve"


def test_tokens_were_found_at_all() -> None:
    assert len(ALL) > 30, "the file's form changed, and the test above judged nothing"
