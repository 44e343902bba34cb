"""Settings as oslo.config reads them: sections of plain values."""

from collections.abc import Mapping
from pathlib import Path

Value = str | int | float | bool | Path
Settings = Mapping[str, Mapping[str, Value]]


def render(settings: Settings) -> str:
    """The file's text; sections and keys keep their order."""
    sections = (
        f"[{section}]\n" + "".join(f"{key} = {_text(value)}\n" for key, value in values.items())
        for section, values in settings.items()
    )
    return "\n".join(sections)


def merge(*parts: Settings) -> Settings:
    """One set of settings out of several; a later part's keys win within a section."""
    merged: dict[str, dict[str, Value]] = {}
    for part in parts:
        for section, values in part.items():
            merged.setdefault(section, {}).update(values)
    return merged


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
