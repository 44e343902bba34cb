"""How findings of this room name a key that all hosts of a role share, and the names that the cloud knows."""

from collections.abc import Iterable
from difflib import get_close_matches

from components.config.errors import at
from components.plan.hosts import Host, Role

_NOUNS = {Role.DIRECTOR: "directors", Role.REAL_SERVER: "real-servers", Role.OBSERVER: "observer"}

# More names than this help nobody.
_SHOWN = 8


def path_of(host: Host, key: str) -> str:
    """The YAML path of a key of the host's noun."""
    return at(_NOUNS[host.role], key)


def known_names(wanted: str, names: Iterable[str]) -> str:
    """The names that there are; the nearest ones where there are many."""
    every = sorted(set(names))
    if not every:
        return "none that this project may see"
    if len(every) <= _SHOWN:
        return ", ".join(every)
    near = get_close_matches(wanted, every, n=_SHOWN, cutoff=0.3) or every[:_SHOWN]
    return f"{', '.join(near)} and {len(every) - len(near)} more"
