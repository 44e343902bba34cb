"""A benchmark's row and table. Pure."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, what is promised at the most, in the same unit."""

    name: str
    seen: float
    promised: float
    unit: str
    detail: str

    @property
    def kept(self) -> bool:
        """Whether the promise holds."""
        return self.seen <= self.promised


def ratio(name: str, ours: Sequence[float], others: Sequence[float], promised: float, detail: str) -> Row:
    """The median of the ratios pair by pair, which a machine's drift leaves alone."""
    ratios = [a / b for a, b in zip(ours, others, strict=True)]
    medians = f"median {statistics.median(ours):.2f} s against {statistics.median(others):.2f} s, {len(ratios)} pairs"
    return Row(name, statistics.median(ratios), promised, "times", f"{detail}; {medians}")


def markdown(rows: Sequence[Row], conditions: str) -> str:
    """The table as docs/benchmarks.md has it."""
    lines = ["| what | seen | promised at most | kept | detail |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.seen:.2f} {row.unit} | {row.promised:g} {row.unit} | {'yes' if row.kept else '**no**'} "
        f"| {row.detail} |"
        for row in rows
    ]
    return f"# Benchmarks\n\n{conditions}\n\n" + "\n".join(lines) + "\n"
