"""The agent's command line; the unit runs it without arguments."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from guestconfig.agent import loop
from guestconfig.agent.guest import Guest


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Run the agent until it is told to stop."""
    parser = argparse.ArgumentParser(prog="vipstack-agent", description=loop.__doc__)
    parser.add_argument("--root", type=Path, default=Path("/"), help="where the guest's file system begins")
    parser.add_argument("--metadata", default=Guest.metadata, metavar="HOST:PORT", help="the metadata service")
    parser.add_argument("--poll", type=float, default=loop.POLL, metavar="SECONDS", help="pause between busy turns")
    options = parser.parse_args()
    # A clean stop between two steps of a swap is not needed: what a kill leaves behind, the next start mends.
    signal.signal(signal.SIGTERM, _leave)
    loop.run(Guest(options.root, options.metadata), options.poll)


if __name__ == "__main__":
    main()
