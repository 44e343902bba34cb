"""Which director holds a virtual IP, and waiting until that is as it should be.

Asked of the directors' consoles, and only of those that Nova calls ACTIVE: what a frozen or stopped guest said last is
out of date.
"""

from drill import consoles
from drill.cloud import Cloud
from drill.consoles import Announcement
from drill.outputs import Guest, StackOutputs
from drill.waiting import NotYetError, wait_for

_SETTLES_WITHIN = 60.0  # seconds: adverts, the announcement, the console's own delay, with room for slow guests


def wait_for_master(cloud: Cloud, stack: StackOutputs, address: str, *, other_than: Guest | None = None) -> Guest:
    """The one director that holds the address; ``other_than`` is the director that must have lost it.

    Raises:
        DrillError: there is none, or more than one, and that does not change.
    """

    def look() -> Guest:
        candidates = [guest for guest in stack.directors if guest != other_than]
        active = [guest for guest in candidates if cloud.status(guest.server_id) == "ACTIVE"]
        said = {guest.key: cloud.console(guest.server_id) for guest in active}
        holding = consoles.holders(said, address)
        if len(holding) == 1:
            return next(guest for guest in active if guest.key == holding[0])
        silent = [key for key, text in said.items() if not consoles.last_announcement(text)]
        whose = f"it is held by {' and '.join(holding)}" if holding else "no director says that it holds it"
        unheard = f"; not heard of: {', '.join(silent)}" if silent else ""
        raise NotYetError(f"{whose}{unheard}")

    return wait_for(
        f"virtual IP {address}",
        look,
        seconds=_SETTLES_WITHIN,
        allowed="exactly one running director holds it, and says so on its console (vipstack-addresses.service)",
        remedy="look at the directors' console logs and at keepalived on them",
    )


def announcement(cloud: Cloud, director: Guest) -> Announcement | None:
    """What the director said last."""
    return consoles.last_announcement(cloud.console(director.server_id))
