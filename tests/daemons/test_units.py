"""systemd's own check (``systemd-analyze verify``) of every static unit, and the shell's of every static script.

Decides that each key is known in its section, each program exists and each script parses; drop-ins are judged with the
unit they belong to. Cannot decide in which order things come up (tests/lab).
"""

import re
from pathlib import Path

import pytest
from tests.daemons.tools import Tools

from components.plan.hosts import Feature, Role
from components.rendering.static_files import UNITS, static_files, units

# $1: the units' folder as on the guest; the packages' units are found after it.
VERIFY = """
export SYSTEMD_UNIT_PATH="$1:$2/lib/systemd/system:/lib/systemd/system:/usr/lib/systemd/system"
cd "$1"
systemd-analyze verify --man=no $(ls | grep -E "[.](service|socket)$") 2>&1
"""
_KILL = re.compile(r"(?<![\w/])(/usr)?/bin/kill\b")
PACKAGED = {Role.DIRECTOR: ("keepalived.service",), Role.REAL_SERVER: ("apache2.service",), Role.OBSERVER: ()}
PACKAGED_BY_FEATURE = {Feature.LOAD_BALANCER: ("haproxy.service", "rsyslog.service", "syslog.socket")}

Kind = tuple[Role, tuple[Feature, ...]]
KINDS: tuple[Kind, ...] = (*((role, ()) for role in Role), *((Role.DIRECTOR, (feature,)) for feature in Feature))


def written(tools: Tools, kind: Kind, folder: Path) -> Path:
    """The kind's static files below the folder; units name programs there, or where the packages have them."""
    role, features = kind
    for file in static_files(role, features):
        target = folder / file.path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = file.text.replace("/usr/local/lib/vipstack", f"{folder}/usr/local/lib/vipstack")
        target.write_text(text)
        target.chmod(int(file.mode, 8))
    unit_folder = folder / UNITS.strip("/")
    for name in (*PACKAGED[role], *(name for one in features for name in PACKAGED_BY_FEATURE.get(one, ()))):
        places = [tools.root / "lib/systemd/system" / name, Path("/lib/systemd/system") / name]
        text = next(place for place in places if place.exists()).read_text()
        for program in ("keepalived", "apachectl", "haproxy", "rsyslogd"):
            text = text.replace(f"/usr/sbin/{program}", tools.find(program) if program in text else "")
        (unit_folder / name).write_text(_KILL.sub(tools.find("kill"), text))
    return unit_folder


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_systemd_accepts_every_unit(tools: Tools, kind: Kind, tmp_path: Path) -> None:
    assert units(*kind), "every guest has the agent's unit at least"
    verdict = tools.run(VERIFY, written(tools, kind, tmp_path), tools.root)
    assert verdict.returncode == 0, verdict.stdout
    assert str(tmp_path) not in verdict.stdout, f"systemd has something to say:\n{verdict.stdout}"


@pytest.mark.parametrize(
    ("whole", "broken", "words"),
    [
        ("Restart=always", "Restrat=always", "Unknown key 'Restrat'"),
        ("RestartSec=5", "RestartSec=soon", "Failed to parse sec value"),
        ("[Unit]", "[Unti]", "Unknown section 'Unti'"),
    ],
)
def test_systemd_complains_of_what_is_broken(tools: Tools, whole: str, broken: str, words: str, tmp_path: Path) -> None:
    folder = written(tools, (Role.DIRECTOR, ()), tmp_path)
    drop_in = folder / "keepalived.service.d/vipstack.conf"
    assert whole in drop_in.read_text(), "the control breaks nothing"
    drop_in.write_text(drop_in.read_text().replace(whole, broken))
    assert words in tools.run(VERIFY, folder, tools.root).stdout, "a check that accepts this decides nothing"


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_shell_accepts_every_script(tools: Tools, kind: Kind, tmp_path: Path) -> None:
    written(tools, kind, tmp_path)
    scripts = [tmp_path / file.path.lstrip("/") for file in static_files(*kind) if file.text.startswith("#!/bin/sh")]
    verdict = tools.run('for script; do sh -n "$script"; done', *scripts)
    assert verdict.returncode == 0, verdict.stdout
    scripts[0].write_text(scripts[0].read_text() + "if true; then\n")
    assert tools.run('sh -n "$1"', scripts[0]).returncode != 0, "a check that accepts this decides nothing"
