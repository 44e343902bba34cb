"""Where a stack file comes from: a file, or the configuration of the running Pulumi program.

Both doors lead to ``check.py``. Deliberately imports Pulumi only where its door is used: the command line checks files
without it, and it is slow to import.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pydantic import SecretStr

from components.config.check import check
from components.config.errors import Finding, StackFileError, at, choose, nearest
from components.config.shapes import field_shape, fields_of
from components.config.stack import StackConfig
from components.config.stack_secrets import ENCRYPTED
from components.config.wording import secret_nouns
from components.config.yaml_text import parse

NAMESPACE = "vipstack"

# Beside config, a stack file holds only what Pulumi itself writes there.
_PULUMI_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")


def load_file(path: Path) -> StackConfig:
    """Read and check a stack file; a secret that is encrypted there becomes ``ENCRYPTED``.

    Raises:
        StackFileError: with all findings.
    """
    document, findings = parse(_text(path), str(path))
    if findings:
        raise StackFileError(findings)
    nouns, findings = _nouns(document, str(path))
    secret = frozenset(key for key, value in nouns.items() if _is_encrypted(value))
    _refuse_secrets(secret)
    values = {key: _hidden(value) if key in secret else typed(key, value) for key, value in nouns.items()}
    return check(values, tuple(findings))


def load_pulumi() -> StackConfig:
    """Read and check the configuration of the running Pulumi program.

    Raises:
        StackFileError: with all findings.
    """
    from pulumi.runtime import config as runtime  # noqa: PLC0415 - see the module's docstring

    held = runtime.CONFIG.get() or runtime.get_config_env()
    prefix = f"{NAMESPACE}:"
    texts = {key.removeprefix(prefix): str(value) for key, value in held.items() if key.startswith(prefix)}
    secret = frozenset(key for key in texts if runtime.is_config_secret(f"{prefix}{key}"))
    return from_pulumi(texts, secret)


def from_pulumi(texts: Mapping[str, str], secret: frozenset[str]) -> StackConfig:
    """Check what Pulumi's engine hands over: every value is text, JSON where it was more than text in the file.

    Raises:
        StackFileError: with all findings.
    """
    _refuse_secrets(secret)
    return check({key: typed(key, text) for key, text in texts.items()})


def from_preview(texts: Mapping[str, str]) -> StackConfig:
    """Check the configuration as the document of a preview has it: text by whole key, secrets blinded.

    What is secret by nature becomes ``ENCRYPTED``, also where the operator left it in plain text.

    Raises:
        StackFileError: with all findings.
    """
    prefix = f"{NAMESPACE}:"
    ours = {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}
    nouns = {key: typed(key, text) for key, text in ours.items()}
    secret = secret_nouns()
    return check({key: _blinded(value) if key in secret else value for key, value in nouns.items()})


def typed(key: str, value: object) -> object:
    """A value directly below config, by the noun's type: Pulumi takes every scalar there for text, and writes it so."""
    if isinstance(value, dict | list | None):
        return cast("object", value)
    text = value if isinstance(value, str) else json.dumps(value)
    field = fields_of(StackConfig).get(key)
    core = field_shape(field).core if field else str
    if isinstance(core, type) and issubclass(core, str | SecretStr):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(path: Path) -> str:
    allowed = "A stack file is a text file Pulumi.<stack>.yaml"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        names = [str(file) for file in sorted(path.parent.glob("Pulumi.*.yaml"))] if path.parent.is_dir() else []
        remedy = choose(str(path), names) if names else "Check the path"
        trouble = "there is no such file"
    except UnicodeDecodeError:
        trouble, remedy = "it is not UTF-8 text", "Save it as UTF-8"
    except OSError as error:
        trouble, remedy = (error.strerror or "it cannot be read").lower(), "Check the path and its permissions"
    raise StackFileError([Finding(str(path), trouble, allowed, remedy)])


def _nouns(document: object, where: str) -> tuple[dict[str, object], list[Finding]]:
    """The nouns of a document, and what is wrong around them.

    Raises:
        StackFileError: there is nothing to look at.
    """
    expected = f"A stack file is a mapping with the key config, which holds {at('networks')} and its like"
    remedy = "Begin with the README's example, or copy a file from stacks/"
    if not isinstance(document, dict):
        trouble = "the file is empty" if document is None else "the file is not a mapping"
        raise StackFileError([Finding(where, trouble, expected, remedy)])
    top = cast("dict[str, object]", document)
    findings = [_unknown_at_top(key) for key in top if key not in _PULUMI_KEYS]
    config = top.get("config")
    if not isinstance(config, dict):
        trouble = "config is not a mapping" if config is not None else "there is no config"
        raise StackFileError([Finding(where, trouble, expected, remedy), *findings])
    nouns: dict[str, object] = {}
    for key, value in cast("dict[str, object]", config).items():
        namespace, colon, noun = key.partition(":")
        if namespace == NAMESPACE and colon:
            nouns[noun] = value
        elif not colon or nearest(namespace, [NAMESPACE], likeness=0.8):
            findings.append(_without_namespace(key, noun or namespace))
    return nouns, findings


def _unknown_at_top(key: str) -> Finding:
    known = ", ".join(_PULUMI_KEYS)
    near = nearest(key, _PULUMI_KEYS)
    remedy = f"Write {near}, if that was meant" if near else "Remove it, or move it below config"
    return Finding(key, "this key is unknown beside config", f"Known here are {known}", remedy)


def _without_namespace(key: str, noun: str) -> Finding:
    near = nearest(noun, fields_of(StackConfig))
    remedy = f"Write {at(near or noun)}"
    return Finding(key, "this key is not one of ours", f"Our keys below config begin with {NAMESPACE}:", remedy)


def _is_encrypted(value: object) -> bool:
    """Whether Pulumi encrypted the value, or a part of it: it writes ``secure: <ciphertext>``."""
    if isinstance(value, dict):
        mapping = cast("dict[str, object]", value)
        return list(mapping) == ["secure"] or any(_is_encrypted(item) for item in mapping.values())
    return isinstance(value, list) and any(_is_encrypted(item) for item in cast("list[object]", value))


def _hidden(value: object) -> object:
    """The value with ``ENCRYPTED`` for each secret."""
    mapping = cast("dict[str, object]", value) if isinstance(value, dict) else {"secure": value}
    if list(mapping) == ["secure"]:
        return ENCRYPTED
    return {key: _hidden(item) if _is_encrypted(item) else item for key, item in mapping.items()}


def _blinded(value: object) -> object:
    return dict.fromkeys(cast("dict[str, object]", value), ENCRYPTED) if isinstance(value, dict) else ENCRYPTED


def _refuse_secrets(secret: frozenset[str]) -> None:
    """A finding shows what it found, so what may be shown and what may not are kept apart, noun by noun.

    Raises:
        StackFileError: a noun is encrypted, or a part of it, that is not secret by nature.
    """
    allowed = " and ".join(at(noun) for noun in sorted(secret_nouns()))
    findings = [
        Finding(
            at(key),
            "this value is encrypted, or a part of it",
            f"Only {allowed} may be, so that a stack file can be checked without its passphrase",
            "Write it in plain text: pulumi config set without --secret",
        )
        for key in sorted(secret - secret_nouns())
    ]
    if findings:
        raise StackFileError(findings)


def stack_name(file: Path) -> str:
    """The stack that a file is of: ``lvs-dr`` for Pulumi.lvs-dr.yaml, as Pulumi reads it."""
    return file.stem.removeprefix("Pulumi.")
