"""The one error the lab raises for foreseeable trouble, in four parts."""

from dataclasses import dataclass


@dataclass
class LabError(Exception):
    """Something the operator can act on; a traceback would hide it.

    ``where`` names the part of the lab, ``got`` what was seen, ``allowed`` what would be right and why,
    ``remedy`` what to do next.
    """

    where: str
    got: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        """Four lines, the place first."""
        return f"{self.where}: {self.got}\n  expected: {self.allowed}\n  do: {self.remedy}"
