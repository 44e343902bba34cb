"""Validate, plan and render stacks of many real servers: time, memory, and growth.

Run as a module it renders one stack of the given size in a process of its own and prints seconds and megabytes: peak
memory belongs to a process.
"""

import json
import resource
import subprocess
import sys
import time
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from components.config.load import load_file
from components.plan.stack import assumed_addresses, plan_stack
from components.rendering.host_tree import host_tree
from lab.bench.rows import Row

SIZE = 1000
_SECONDS, _MEGABYTES, _GROWTH = 1.0, 150.0, 2.2


def rows(template: Path) -> list[Row]:
    """The figures for 1,000 real servers, and how 2,000 compare."""
    with TemporaryDirectory() as folder:
        small, large = (_stack_file(template, Path(folder), size) for size in (SIZE, 2 * SIZE))
        pairs = [(_apart(small), _apart(large)) for _ in range(5)]
    small_best = min(pair[0][0] for pair in pairs)
    growth = sorted(large[0] / small[0] for small, large in pairs)[len(pairs) // 2]
    memory = max(pair[0][1] for pair in pairs)
    detail = f"validate, plan and render {SIZE} real servers, best of {len(pairs)}"
    return [
        Row("rendering time", small_best, _SECONDS, "s", detail),
        Row("rendering memory", memory, _MEGABYTES, "MB", "peak of the whole process, interpreter included"),
        Row("rendering growth", growth, _GROWTH, "times", f"{2 * SIZE} against {SIZE} real servers, median of pairs"),
    ]


def _stack_file(template: Path, folder: Path, size: int) -> Path:
    document = yaml.safe_load(template.read_text(encoding="utf-8"))
    config = document["config"]
    config["vipstack:networks"]["web"] = {
        "cidr": "10.64.0.0/16",
        "allocation-pools": ["10.64.128.0-10.64.255.0"],
        "router": {"external-network": "outside"},
    }
    config["vipstack:virtual-ips"]["www"]["address"] = "10.64.0.2"
    config["vipstack:directors"]["nics"] = [{"network": "web", "addresses": ["10.64.0.3", "10.64.0.6"]}]
    first = int(IPv4Address("10.64.1.0"))
    config["vipstack:real-servers"]["servers"] = {
        f"web-{number}": {"address": str(IPv4Address(first + number))} for number in range(size)
    }
    path = folder / f"Pulumi.bench-{size}.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _apart(path: Path) -> tuple[float, float]:
    words = [sys.executable, "-m", "lab.bench.rendering", str(path)]
    seconds, megabytes = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(megabytes)


def _measure(path: Path) -> None:
    began = time.perf_counter()
    config = load_file(path)
    plan = plan_stack("bench", config)
    addresses = assumed_addresses(plan)
    for host in plan.hosts:
        host_tree(plan, host, addresses, config)
    seconds = time.perf_counter() - began
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201 - read by the parent


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
