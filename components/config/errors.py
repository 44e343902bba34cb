"""Findings: what is wrong with what the operator wrote, in words of one shape.

Owns the shape and the helpers that every wording uses. Deliberately knows no rule and no cloud: the rules
(``rules/``), the model's own findings (``wording.py``) and the questions to the cloud (components/preflight) word
theirs.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, what we got, what is allowed and why, and what to do.

    The parts are clauses without a final stop; ``allowed`` and ``remedy`` begin with a capital letter.
    """

    where: str
    got: str
    allowed: str
    remedy: str

    def __str__(self) -> str:
        return _one_line(f"{self.where}: {self.got}. {self.allowed}. {self.remedy}.")


def _one_line(text: str) -> str:
    """The text with every line break and control character escaped: the file's own words must not steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class StackFileError(Exception):
    """All findings of one stage, in the order of the stack file's nouns; its text lists each."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(dict.fromkeys(findings))
        count = len(self.findings)
        head = "1 finding" if count == 1 else f"{count} findings"
        super().__init__("\n".join([f"The stack file has {head}:", *(f"- {finding}" for finding in self.findings)]))


def at(*parts: str | int) -> str:
    """The YAML path of a key: ``at("directors", "nics", 0)`` is ``vipstack:directors.nics[0]``."""
    path = "vipstack:"
    for index, part in enumerate(parts):
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += part if index == 0 else f".{part}"
    return path


def shown(value: object) -> str:
    """A value as the operator wrote it, one line, shortened; lists and mappings are named, not shown."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}... (shortened)"


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word that was most likely meant, if any is near (1 is the word itself)."""
    matches = get_close_matches(word.lower().replace("_", "-"), list(known), n=1, cutoff=likeness)
    return matches[0] if matches else None


def choose(word: str, known: Iterable[str]) -> str:
    """The remedy for a word that is unknown: the nearest known one, else all of them."""
    names = list(known)
    near = nearest(word, names)
    if near:
        return f"Write {near}, if that was meant"
    return f"Choose one of {', '.join(names)}" if names else "Remove it"
