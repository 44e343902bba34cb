"""conntrackd's own reading of every golden conntrackd.conf, by the check that the guest's agent makes.

There is no option that only checks. The client for statistics reads the whole file before it looks for a daemon, so
the agent judges by what that one complains of. Decides that every keyword exists and that addresses and interfaces are
ones. Cannot decide what the daemon does with it (test_gateway_pair.py).
"""

from pathlib import Path

import pytest
from tests.daemons.goldens import goldens, interfaces, on_guest
from tests.daemons.tools import Tools

CONFIGURATIONS = goldens("etc/conntrackd/conntrackd.conf")
ONE = CONFIGURATIONS["gateway-both-families/gateway-both-families-director-01/etc/conntrackd/conntrackd.conf"]

AGENT = """
import sys
from pathlib import Path
from guestconfig import paths
from guestconfig.agent import checking
from guestconfig.agent.guest import StepError
try:
    checking.check("/etc/conntrackd/conntrackd.conf", Path(sys.argv[1]), paths.CONNTRACKD)
except StepError as error:
    sys.exit("\\n".join(error.log))
"""


def judged(tools: Tools, text: str, folder: Path) -> str:
    """What the agent says against the file, in a network that has its interfaces; nothing where it accepts it."""
    configuration = folder / "conntrackd.conf"
    configuration.write_text(on_guest(text))
    links = "".join(f"ip link add {name} type bridge; ip link set {name} up; " for name in interfaces(text))
    checkout = Path(__file__).parents[2]
    verdict = tools.run(f'{links} cd {checkout}; python3 -c "$2" "$1"', configuration, AGENT)
    assert (verdict.returncode == 0) == (not verdict.stdout), verdict.stdout
    return verdict.stdout


@pytest.mark.parametrize("golden", CONFIGURATIONS)
def test_conntrackd_accepts_every_golden(tools: Tools, golden: str, tmp_path: Path) -> None:
    assert not judged(tools, CONFIGURATIONS[golden].read_text(), tmp_path)


@pytest.mark.parametrize(
    ("whole", "broken", "words"),
    [
        ("Mode FTFW", "Mode FTWF", "symbol 'FTWF': syntax error"),
        ("Port 3780", "Prot 3780", "symbol 'Prot': syntax error"),
        ("IPv4_address 127.0.0.1", "IPv4_address 127.0.0.1000", "127.0.0.1000 is not a valid IPv4"),
        ("IPv6_address fd00:10::10", "IPv6_address fd00::10::10", "symbol ':': syntax error"),
        ("IPv6-ICMP", "IPv6-IMCP", "IPv6-IMCP"),
        ("Interface @nic:", "Interface absent-@nic:", "is an invalid interface"),
        ("General {", "General", "syntax error"),
    ],
)
def test_conntrackd_refuses_what_is_broken(tools: Tools, whole: str, broken: str, words: str, tmp_path: Path) -> None:
    text = ONE.read_text()
    assert whole in text, "the control breaks nothing"
    said = judged(tools, text.replace(whole, broken), tmp_path)
    assert words in said, f"a check that accepts this decides nothing: {said}"
