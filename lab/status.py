"""What runs in the lab: its processes, their memory, and what they are on the machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from lab.laboratory import Laboratory

_GUEST = "qemu-system"


@dataclass(frozen=True)
class Line:
    """One recorded process."""

    name: str
    pid: int
    alive: bool
    log: Path


def lines(lab: Laboratory) -> list[Line]:
    """Every process that was started, by name."""
    return [Line(r.name, r.pid, r.alive(), lab.layout.log_of(r.name)) for r in lab.processes.all()]


def memory_mib(lab: Laboratory) -> tuple[int, int]:
    """Memory of the lab's services and of its guests in MiB; pages that processes share count once (PSS)."""
    holder = lab.processes.find("holder")
    if holder is None:
        return 0, 0
    namespace = Path(f"/proc/{holder.pid}/ns/pid").readlink()
    services = guests = 0
    for process in Path("/proc").iterdir():
        try:
            if not process.name.isdigit() or (process / "ns/pid").readlink() != namespace:
                continue
            size = proportional_kib((process / "smaps_rollup").read_text().splitlines())
            if (process / "comm").read_text().startswith(_GUEST):
                guests += size
            else:
                services += size
        except OSError:
            continue  # it ended meanwhile
    return services // 1024, guests // 1024


def proportional_kib(rollup: Iterable[str]) -> int:
    """The proportional set size out of /proc/PID/smaps_rollup."""
    return next((int(line.split()[1]) for line in rollup if line.startswith("Pss:")), 0)


def table(found: list[Line]) -> Table:
    """One row a process; the log's path where it does not run."""
    shown = Table(box=None, pad_edge=False)
    for heading in ("process", "pid", "state"):
        shown.add_column(heading, overflow="fold")
    for line in found:
        shown.add_row(line.name, str(line.pid), "runs" if line.alive else f"ENDED, see {line.log}")
    return shown
