"""The manifest and its way through metadata. Pure: decides nothing about a real Nova, whose limits are constants."""

import ast
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guestconfig import wire
from guestconfig.wire import Manifest

REPOSITORY = Path(__file__).parents[3]

TEXTS = st.dictionaries(st.text(min_size=1, max_size=30), st.text(max_size=400), max_size=6)


def incompressible(length: int) -> str:
    return "".join(random.Random(1).choices("0123456789abcdef", k=length))  # noqa: S311 - only hard to compress


MANIFEST = Manifest("director", {"/etc/a": "text\n", "/etc/b": incompressible(3000)}, {"lan": "fa:16:3e:00:00:01"}, 7)


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXTS, st.integers(min_value=0))
def test_what_goes_into_metadata_comes_out_of_it(files: dict[str, str], interfaces: dict[str, str], generation: int):
    manifest = Manifest("observer", files, interfaces, generation)
    assert wire.assemble({**manifest.to_items(), "somebody": "else", "vipstack.probe": "{}"}) == manifest


def test_every_item_fits_nova():
    items = MANIFEST.to_items()
    assert all(len(value) <= 255 for value in items.values()), "Nova refuses values over 255 characters"
    assert len(items) > 5, "otherwise this shows nothing"


def test_the_digest_is_of_contents_and_not_of_the_generation():
    assert MANIFEST.digest == Manifest("director", MANIFEST.files, MANIFEST.interfaces, 8).digest
    assert MANIFEST.digest != Manifest("director", {"/etc/a": "text"}, MANIFEST.interfaces, 7).digest
    assert MANIFEST.digest != Manifest("director", MANIFEST.files, {}, 7).digest


def test_a_missing_piece_is_waited_for():
    items = MANIFEST.to_items()
    del items["vipstack.003"]
    with pytest.raises(wire.IncompleteError, match=r"1 of \d+ pieces of generation 7 are missing"):
        wire.assemble(items)


def test_pieces_of_two_manifests_are_waited_for():
    other = Manifest("director", {"/etc/b": incompressible(3000)[::-1]}, MANIFEST.interfaces, 8)
    mixed = {**MANIFEST.to_items(), "vipstack.002": other.to_items()["vipstack.002"]}
    with pytest.raises(wire.IncompleteError):
        wire.assemble(mixed)


def test_no_head_means_that_nothing_was_delivered():
    with pytest.raises(wire.AbsentError):
        wire.assemble({"vipstack.000": "left over"})


@pytest.mark.parametrize("head", ["", "[]", '{"v":2}', '{"v":1,"g":"1","d":"x","n":1,"s":1}', '{"v":1,"g":1,"d":"x"}'])
def test_a_head_of_another_form_is_refused(head: str):
    with pytest.raises(wire.CorruptError):
        wire.assemble({"vipstack.m": head})


def test_too_large_names_what_takes_the_room():
    manifest = Manifest("director", {"/etc/small": "x", "/etc/vipstack/huge.conf": incompressible(60_000)}, {}, 1)
    with pytest.raises(wire.TooLargeError) as refusal:
        manifest.to_items()
    assert str(refusal.value) == (
        "the configuration takes 184 metadata items, 124 are free on a server (128 of 255 characters, less what others "
        "use); the largest files, compressed: /etc/vipstack/huge.conf (34719 bytes), /etc/small (9 bytes)"
    )


def test_the_items_of_others_count():
    items = MANIFEST.to_items()
    with pytest.raises(wire.TooLargeError):
        MANIFEST.to_items(reserved=wire.MAX_ITEMS - len(items) + 1)
    assert MANIFEST.to_items(reserved=wire.MAX_ITEMS - len(items)) == items


def test_a_manifest_survives_a_file():
    assert Manifest.from_json(MANIFEST.to_json()) == MANIFEST
    with pytest.raises(wire.CorruptError, match="manifest version 2; this agent knows version 1"):
        Manifest.from_json(MANIFEST.to_json().replace('"version": 1', '"version": 2'))


@pytest.mark.parametrize(("key", "ours"), [("vipstack.m", True), ("vipstack.012", True), ("vipstack.probe", False)])
def test_the_drills_items_are_not_ours(key: str, ours: bool):
    assert wire.is_ours(key) is ours


def test_the_guest_gets_every_module_of_its_agent():
    agent = {str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "guestconfig/agent").glob("*.py")}
    shared = {f"guestconfig/{name}.py" for name in ("__init__", "wire", "frames", "orders", "report", "paths")}
    assert set(wire.GUEST_MODULES) == agent | shared


@pytest.mark.parametrize("module", wire.GUEST_MODULES)
def test_what_a_guest_runs_is_python_3_9_and_its_standard_library(module: str):
    tree = ast.parse((REPOSITORY / module).read_text(), feature_version=(3, 9))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    ours = {name for name in names if name.startswith("guestconfig")}
    assert not {
        name for name in ours if name.split(".")[1:2] and name.split(".")[1] not in ("agent", "orders", "wire")
    }, ours
    assert not {"pulumi", "openstack", "yaml", "requests"} & {name.split(".")[0] for name in names}
