"""The two doors of a stack file: a file, and the configuration that Pulumi's engine hands over.

This rung decides what is wrong around the nouns, that both doors agree, and that no secret is ever shown. A running
Pulumi is another rung.
"""

import json
from pathlib import Path
from typing import Any

import pulumi  # noqa: TID251 - in place of the engine
import pytest
import yaml

from components.config.errors import StackFileError
from components.config.load import ENCRYPTED, from_pulumi, load_file, load_pulumi

STACKS = Path(__file__).parents[3] / "stacks"


def words(path: Path) -> list[str]:
    with pytest.raises(StackFileError) as caught:
        load_file(path)
    return [
        str(finding).replace(f"{path}", "FILE").replace(str(path.parent), "DIR") for finding in caught.value.findings
    ]


def written(folder: Path, nouns: dict[str, Any], **beside: Any) -> Path:
    path = folder / "Pulumi.case.yaml"
    path.write_text(yaml.safe_dump({"config": {f"vipstack:{key}": value for key, value in nouns.items()}, **beside}))
    return path


def as_pulumi_does(nouns: dict[str, Any]) -> dict[str, str]:
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in nouns.items()}


NOT_A_STACK_FILE = {
    "an empty file": ("", "FILE: the file is empty."),
    "only a comment": ("# nothing\n", "FILE: the file is empty."),
    "a list": ("- 1\n", "FILE: the file is not a mapping."),
    "no config": ("encryptionsalt: v1\n", "FILE: there is no config."),
    "a misspelt config": ("confg: {}\n", "FILE: there is no config."),
    "an empty config": ("config:\n", "FILE: there is no config."),
    "a list as config": ("config: [1]\n", "FILE: config is not a mapping."),
    "not YAML": ("config: [\n", "FILE, line 2, column 1: did not find expected node content."),
}


@pytest.mark.parametrize(("text", "start"), NOT_A_STACK_FILE.values(), ids=NOT_A_STACK_FILE)
def test_what_is_no_stack_file_is_said(tmp_path: Path, text: str, start: str) -> None:
    path = tmp_path / "Pulumi.case.yaml"
    path.write_text(text)
    assert words(path)[0].startswith(start)


def test_a_missing_file_names_the_nearest_one() -> None:
    assert words(STACKS / "Pulumi.lvsdr.yaml") == [
        "FILE: there is no such file. A stack file is a text file Pulumi.<stack>.yaml. "
        "Write DIR/Pulumi.lvs-dr.yaml, if that was meant."
    ]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert words(tmp_path)[0].endswith(
        ": is a directory. A stack file is a text file Pulumi.<stack>.yaml. Check the path and its permissions."
    )


def test_bytes_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.case.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert words(path) == [
        "FILE: it is not UTF-8 text. A stack file is a text file Pulumi.<stack>.yaml. Save it as UTF-8."
    ]


def test_keys_without_our_namespace_are_told_and_others_pass(tmp_path: Path, changed) -> None:
    path = written(tmp_path, changed({}), encryptionsalt="v1:x", secretsprovider="passphrase", tags=["x"])
    document = yaml.safe_load(path.read_text())
    document["config"] |= {"openstack:cloud": "lab", "delivery": "channel", "vipstak:tags": ["a"]}
    path.write_text(yaml.safe_dump(document))
    assert words(path) == [
        "tags: this key is unknown beside config. Known here are config, encryptionsalt, encryptedkey, "
        "secretsprovider, environment. Remove it, or move it below config.",
        "delivery: this key is not one of ours. Our keys below config begin with vipstack:. Write vipstack:delivery.",
        "vipstak:tags: this key is not one of ours. Our keys below config begin with vipstack:. Write vipstack:tags.",
    ]


def test_what_is_wrong_around_the_nouns_comes_with_what_is_wrong_in_them(tmp_path: Path, changed) -> None:
    path = written(tmp_path, changed({"services.http.port": 0}), colour="blue")
    assert [finding.split(":")[0] for finding in words(path)] == ["colour", "vipstack"]


@pytest.mark.parametrize("name", ["lvs-dr", "vrrp"])
def test_both_doors_read_the_examples_alike(name: str) -> None:
    path = STACKS / f"Pulumi.{name}.yaml"
    nouns = {key.removeprefix("vipstack:"): value for key, value in yaml.safe_load(path.read_text())["config"].items()}
    assert from_pulumi(as_pulumi_does(nouns), frozenset()) == load_file(path), "what is validated is what is created"


def test_the_engines_text_is_read_by_the_nouns_type(changed) -> None:
    texts = as_pulumi_does(changed({"ready-timeout": 300, "keypair": "1234", "tags": ["a"]}))
    config = from_pulumi(texts, frozenset())
    assert config.ready_timeout == 300
    assert config.keypair == "1234", "text stays text, though it looks like a number"
    assert config.tags == ("a",)


@pytest.fixture
def engine():
    """Sets a configuration as Pulumi's engine does, and takes it away again."""
    yield pulumi.runtime.set_all_config
    pulumi.runtime.set_all_config({}, [])


def test_a_file_that_pulumi_has_rewritten_is_read_alike(tmp_path: Path, changed) -> None:
    plain = load_file(written(tmp_path, changed({"ready-timeout": 300, "keypair": 1234})))
    rewritten = load_file(written(tmp_path, changed({"ready-timeout": "300", "keypair": "1234"})))
    assert plain == rewritten, "`pulumi config set` writes every scalar directly below config as text"
    assert (plain.ready_timeout, plain.keypair) == (300, "1234")


def test_the_running_program_reads_what_the_engine_set(changed, engine) -> None:
    texts = {f"vipstack:{key}": text for key, text in as_pulumi_does(changed({})).items()}
    engine({**texts, "openstack:cloud": "lab"}, [])
    assert load_pulumi().directors.count == 2
    engine({**texts, "vipstack:colour": "blue"}, [])
    with pytest.raises(StackFileError, match=r"vipstack:colour: this key is unknown\."):
        load_pulumi()


def test_an_encrypted_password_passes_unseen(tmp_path: Path, changed) -> None:
    config = load_file(written(tmp_path, changed({"vrrp.version": 2, "vrrp-password": {"secure": "v1:abc"}})))
    assert config.vrrp_password is not None
    assert config.vrrp_password.get_secret_value() == ENCRYPTED, "its length is unknown, so no rule may complain"


def test_an_encrypted_part_of_another_noun_is_refused(tmp_path: Path, changed) -> None:
    assert words(written(tmp_path, changed({"directors.image": {"secure": "v1:abc"}}))) == [
        "vipstack:directors: this value is encrypted, or a part of it. Only vipstack:certificates and "
        "vipstack:vrrp-password may be, so that a stack file can be checked without its passphrase. Write it in plain "
        "text: pulumi config set without --secret."
    ]
    with pytest.raises(StackFileError, match="vipstack:directors: this value is encrypted"):
        from_pulumi(as_pulumi_does(changed({})), frozenset({"directors"}))


def test_each_certificate_may_be_encrypted_by_itself(tmp_path: Path, changed) -> None:
    config = load_file(written(tmp_path, changed({"certificates": {"shop": {"secure": "v1:abc"}}})))
    assert config.certificates["shop"].get_secret_value() == ENCRYPTED, "what cannot be read, no rule may judge"


@pytest.mark.parametrize("password", ["hunter2000", "a#bc", "", 12345678, ["hunter2"], {"is": "hunter2"}])
def test_no_finding_ever_shows_the_password(changed, password: object) -> None:
    nouns = changed({"vrrp.version": 4, "vrrp-password": password, "vrrp-pasword": "hunter2"})
    with pytest.raises(StackFileError) as caught:
        from_pulumi(as_pulumi_does(nouns), frozenset({"vrrp-password"}))
    said = str(caught.value) + repr(caught.value) + repr(caught.value.__context__)
    assert "hunter" not in said
    assert not password or str(password) not in said, "logs keep what an error says"
