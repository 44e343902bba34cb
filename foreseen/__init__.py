"""Trouble that was foreseen, as a sentence of four parts: the one error that rooms below the command line share.

Add here: nothing but the sentence. Each room that raises it has a name of its own for it (``errors.py``), so that a
reader sees whose trouble it is. Do not add here: what is wrong with a stack file, of which all findings are told at
once (components/config/errors.py). Deliberately nothing but the standard library: the toolchain loads before all else.
"""

from dataclasses import dataclass


@dataclass(eq=False)
class ForeseenError(Exception):
    """Something the operator can act on; a traceback would hide it.

    ``where`` names the part that it is about, ``got`` what was seen there, ``allowed`` what would be right and why,
    ``remedy`` what to do next.
    """

    where: str
    got: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        """A line for the place, and one each for what would be right and what to do."""
        return f"{self.where}: {self.got}\n  expected: {self.allowed}\n  do: {self.remedy}"
