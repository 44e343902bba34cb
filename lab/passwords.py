"""The lab's passwords: made once for each lab, kept with its databases, never printed."""

import json
import secrets
from dataclasses import asdict, dataclass

from lab.layout import Layout


@dataclass(frozen=True, repr=False)
class Passwords:
    """Every password of one lab."""

    admin: str
    demo: str
    service: str
    queue: str
    metadata: str


def load_or_make(layout: Layout) -> Passwords:
    """The passwords in the lab's state, made on first use."""
    path = layout.state / "secrets.json"
    if path.exists():
        return Passwords(**json.loads(path.read_text()))
    made = Passwords(*(secrets.token_hex(12) for _ in range(5)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(made)))
    return made
