"""Whom the stop of keepalived freezes, with the guest's own script and processes that stand for keepalived's.

Decides who is stopped, and for how long. Cannot decide what IPVS does meanwhile: tests/lab.
"""

from pathlib import Path

from tests.daemons.tools import Tools

SCRIPT = Path(__file__).parents[2] / "cloud-init/director/usr/local/lib/vipstack/keepalived-stop"

# A parent with two children, as keepalived with its checkers and its VRRP process, and a stranger.
SCENE = """
mount -t tmpfs tmpfs /run
sh -c 'sleep 30 & echo $! >/run/checkers.pid; sleep 30 & echo $! >/run/vrrp.pid; trap "" TERM; wait' &
main=$!
sleep 30 & stranger=$!
until [ -s /run/vrrp.pid ]; do sleep 0.02; done
checkers=$(cat /run/checkers.pid) vrrp=$(cat /run/vrrp.pid)
state() { cut -d " " -f 3 "/proc/$1/stat" | sed "s/[^T]/awake/"; }
"""
END = 'kill -KILL "$main" "$stranger" "$checkers" "$vrrp" 2>/dev/null || true'


def told(tools: Tools, script: str) -> list[str]:
    done = tools.run(f"{SCENE}{script}\n{END}", SCRIPT)
    assert done.returncode == 0, done.stdout
    return done.stdout.split()


def test_the_checkers_stand_still_until_vrrp_is_gone(tools: Tools) -> None:
    script = """
    sh "$1" "$main" & stop=$!
    until [ "$(state "$checkers")" = T ]; do sleep 0.02; done
    sleep 0.3; state "$checkers"
    kill "$vrrp"
    wait "$stop"; echo "$?"; state "$checkers"
    """
    assert told(tools, script) == ["T", "0", "awake"]


def test_a_number_of_a_keepalived_that_was_killed_freezes_nobody(tools: Tools) -> None:
    script = """
    echo "$stranger" >/run/checkers.pid
    sh "$1" "$main" & stop=$!
    for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.03; state "$stranger"; done | sort -u
    wait "$stop"; echo "$?"
    """
    assert told(tools, script) == ["awake", "0"], "that number is another process's by now"


def test_a_process_that_is_gone_holds_nothing_up(tools: Tools) -> None:
    script = 'kill -KILL "$checkers"; sh "$1" "$main" 2>/dev/null; echo "$?"'
    assert told(tools, script) == ["0"]
