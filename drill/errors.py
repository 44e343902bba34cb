"""Foreseeable trouble of a drill, in the four parts that every finding has."""

from dataclasses import dataclass


@dataclass
class DrillError(Exception):
    """Something the operator can act on.

    ``where`` names the guest, item or output, ``got`` what was seen, ``allowed`` what would be right and why,
    ``remedy`` what to do next.
    """

    where: str
    got: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.got}\n  expected: {self.allowed}\n  do: {self.remedy}"
