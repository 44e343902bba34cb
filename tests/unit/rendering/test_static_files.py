"""The static files below cloud-init/, and the archive that carries the Python among them."""

import ast
import bz2
import io
import tarfile
from base64 import b64decode
from pathlib import Path

import pytest

from components.plan.hosts import Feature, Role
from components.rendering import static_files as module
from components.rendering.bare_python import bare
from components.rendering.bundle import bundle
from components.rendering.static_files import StaticFile, agent_modules, static_files, units


@pytest.mark.parametrize("role", Role)
def test_every_role_has_the_common_files_and_no_template(role: Role) -> None:
    paths = [file.path for file in static_files(role)]
    assert "/etc/systemd/system/vipstack-agent.service" in paths
    assert "/usr/sbin/policy-rc.d" in paths
    assert not [path for path in paths if path.endswith(".j2")], "a template is data and travels otherwise"
    assert paths == sorted(paths)


def test_a_script_can_be_executed_and_a_unit_cannot() -> None:
    modes = {file.path: file.mode for file in static_files(Role.REAL_SERVER)}
    assert modes["/usr/local/lib/vipstack/eth-vip"] == "0755"
    assert modes["/etc/systemd/system/vipstack-eth-vip.service"] == "0644"


def test_what_tools_leave_beside_a_file_is_no_part_of_a_guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("common/etc/kept", "common/__pycache__/kept.pyc", "common/.cache/kept", "observer/kept.j2"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    monkeypatch.setattr(module, "CLOUD_INIT", tmp_path)
    assert [file.path for file in static_files.__wrapped__(Role.OBSERVER)] == ["/etc/kept"]


def test_a_feature_adds_to_its_role_and_takes_nothing_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("common/a", "director/etc/b", "gateway/etc/c", "gateway/etc/d.j2", "load-balancer/e"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    monkeypatch.setattr(module, "CLOUD_INIT", tmp_path)
    read = static_files.__wrapped__
    assert [file.path for file in read(Role.DIRECTOR)] == ["/a", "/etc/b"], "only who asks for a feature has it"
    assert [file.path for file in read(Role.DIRECTOR, (Feature.GATEWAY,))] == ["/a", "/etc/b", "/etc/c"]


def test_no_feature_overwrites_a_file_of_the_role_or_of_another() -> None:
    paths = [file.path for file in static_files(Role.DIRECTOR, tuple(Feature))]
    assert len(paths) == len(set(paths)), "which of the two would be written is nobody's decision"


def test_drop_ins_for_other_units_are_not_units_of_ours() -> None:
    assert "vipstack-ipvs.service" in units(Role.DIRECTOR)
    assert not [name for name in units(Role.DIRECTOR) if "keepalived" in name]


def test_the_agent_comes_with_all_that_it_imports() -> None:
    paths = {file.path for file in agent_modules()}
    assert {
        f"/usr/local/lib/vipstack/guestconfig/{name}.py" for name in ("__init__", "wire", "agent/__main__")
    } <= paths


def test_an_archive_unpacks_to_the_same_files_owned_by_root() -> None:
    files = (StaticFile("/usr/a.py", "0644", "ä = 1\n"), StaticFile("/usr/b/c.py", "0755", "pass\n"))
    with tarfile.open(fileobj=io.BytesIO(bz2.decompress(b64decode(bundle(files))))) as archive:
        members = [(member.name, oct(member.mode), member.uid, member.mtime) for member in archive]
        contents = [(archive.extractfile(member) or io.BytesIO()).read().decode() for member in archive]
    assert members == [("usr/a.py", "0o644", 0, 0), ("usr/b/c.py", "0o755", 0, 0)]
    assert contents == ["ä = 1\n", "pass\n"]


def test_equal_files_make_an_equal_archive() -> None:
    assert bundle(agent_modules()) == bundle(agent_modules()), "another archive would be another server"


def _told(source: str) -> str:
    """What a source does, line by line, whatever its docstrings are."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            node.body[0] = ast.copy_location(ast.Expr(ast.copy_location(ast.Constant(""), docstring)), docstring)
    return "\n".join(f"{getattr(node, 'lineno', '')} {ast.dump(node)}" for node in ast.walk(tree))


def test_what_a_guest_runs_differs_from_what_is_here_by_its_words_for_readers_only() -> None:
    files = [*agent_modules(), *(file for role in Role for file in static_files(role, tuple(Feature)))]
    sources = {file.path: file.text for file in files if file.path.endswith(".py")}
    for path, source in sources.items():
        assert _told(bare(source)) == _told(source), f"{path}: a traceback would name another line, or worse"
    assert sum(map(len, map(bare, sources.values()))) < 0.8 * sum(map(len, sources.values())), "words are not free"


def test_a_comment_is_told_from_a_character_in_a_text() -> None:
    source = '#!/bin/python\n"""Of\nlines."""\n\nclass A(Exception):\n    """B."""\n\n\na = "# b"  # c\nf"{a}#"\n'
    assert bare(source) == '#!/bin/python\n""\n\n\nclass A(Exception):\n    ""\n\n\na = "# b"\nf"{a}#"\n'


def test_a_virtual_ip_never_comes_before_its_silence() -> None:
    texts = {file.path.rpartition("/")[2]: file.text.splitlines() for file in static_files(Role.REAL_SERVER)}
    unit = texts["vipstack-eth-vip.service"]
    assert "Requires=vipstack-arp-silence.service" in unit, "where the rules fail there must be no virtual IP"
    (after,) = (line for line in unit if line.startswith("After="))
    assert {"vipstack-arp-silence.service", "systemd-sysctl.service"} <= set(after.removeprefix("After=").split())
    assert "WantedBy=multi-user.target" in unit, "it must be back after a reboot"


def test_keepalived_is_started_again_whatever_ended_it() -> None:
    (drop_in,) = (file.text for file in static_files(Role.DIRECTOR) if "keepalived.service.d" in file.path)
    assert {"Restart=always", "StartLimitIntervalSec=0"} <= set(drop_in.splitlines()), "Debian's unit has no Restart="


def test_a_director_that_shuts_down_serves_until_its_virtual_ip_has_gone() -> None:
    files = static_files(Role.DIRECTOR, (Feature.LOAD_BALANCER,))
    (drop_in,) = (file.text for file in files if "haproxy.service.d" in file.path)
    assert "Before=keepalived.service" in drop_in.splitlines(), "units are stopped in the reverse of their order"
