"""A resource as the rules see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Resource:
    """What the program asked for.

    ``inputs`` are plain data, None what is not known yet. ``needs``: by input, the URNs of the resources that it is
    made from. ``protected``: Pulumi refuses to delete or replace it.
    """

    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    protected: bool = False
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def kind(self) -> str:
        """The type's last part: ``Port``."""
        return self.type.rpartition(":")[2]
