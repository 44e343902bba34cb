"""Which director holds a virtual IP, which are ready, and waiting until that is as it should be.

Asked of the directors' consoles, and only of those that Nova calls ACTIVE: what a frozen or stopped guest said last is
out of date.
"""

from drill import consoles
from drill.cloud import Cloud
from drill.outputs import Guest, StackOutputs
from drill.waiting import NotYetError, wait_for
from guestconfig import report

_SETTLES_WITHIN = 60.0  # seconds: adverts, the announcement, the console's own delay, with room for slow guests
_READY_WITHIN = 600.0  # seconds: a boot of an emulated guest, beside others that boot


def wait_for_master(cloud: Cloud, stack: StackOutputs, address: str, *, other_than: Guest | None = None) -> Guest:
    """The one director that holds the address; ``other_than`` is the director that must have lost it.

    Raises:
        DrillError: there is none, or more than one, and that does not change.
    """

    def look() -> Guest:
        candidates = [guest for guest in stack.directors if guest != other_than]
        active = [guest for guest in candidates if cloud.state(guest.server_id)[0] == "ACTIVE"]
        said = {guest.key: cloud.whole_console(guest.server_id) for guest in active}
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


def boot_of(cloud: Cloud, director: Guest) -> str:
    """The boot of the director's last report; empty where it has none."""
    found = report.parse(cloud.whole_console(director.server_id))
    return found[-1].boot if found else ""


def wait_until_ready(cloud: Cloud, director: Guest, *, not_since: str | None = None) -> None:
    """Wait until the director's agent calls it ready, in another boot than ``not_since``: keepalived takes part.

    Raises:
        DrillError: it does not become ready.
    """

    def look() -> None:
        found = report.parse(cloud.whole_console(director.server_id))
        if not found:
            raise NotYetError("its agent has not reported")
        if found[-1].boot == not_since:
            raise NotYetError("its agent has not reported since its boot")
        if found[-1].status != report.READY:
            raise NotYetError(f"its agent reports {found[-1].status}: {found[-1].step}")

    wait_for(
        director.name,
        look,
        seconds=_READY_WITHIN,
        allowed="a report of its agent that it is ready",
        remedy="see the director's console log; a fault on top of another proves nothing",
        interval=3.0,  # a boot takes a minute, and each look reads a whole console
    )
