"""The guests' scripts as modules, and recordings of the probe.

The recordings were made by the probe itself against a keepalived pair in network namespaces (``tests/drill/pair.py``,
one advert a second, priorities 250 and 249); ``broke`` and ``mended`` are the wall-clock times of the fault.
"""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_CLOUD_INIT = Path(__file__).parents[3] / "cloud-init"
_RECORDINGS = Path(__file__).parent / "recordings"


def _load(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # The scripts of a guest lie in one folder and import one another by name.
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


def _script(role: str, name: str) -> ModuleType:
    return _load(_CLOUD_INIT / role / "usr/local/lib/vipstack" / f"{name}.py")


@pytest.fixture(scope="session")
def probe() -> ModuleType:
    return _script("observer", "probe")


@pytest.fixture(scope="session")
def probe_watch(probe: ModuleType) -> ModuleType:
    assert probe
    return _script("observer", "probe_watch")


@pytest.fixture(scope="session")
def recording() -> Callable[[str], dict[str, Any]]:
    return lambda name: json.loads((_RECORDINGS / f"{name}.json").read_text())


@pytest.fixture(scope="session")
def make_cloud() -> Callable[..., Any]:
    return _load(Path(__file__).parent / "fake_cloud.py").FakeCloud
