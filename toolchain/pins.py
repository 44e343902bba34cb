"""Which versions belong together, each read from the one file that pins it.

Deliberately no version is written here: the CLI's stands in ``cli/go.mod``, the provider's is the Python SDK's in
``requirements.lock`` (the engine asks for a plugin of exactly the SDK's version), Go's is the newest that a go.mod
asks for.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CLI_MODULE = HERE / "cli"
PROVIDER_MODULE = HERE / "provider"
REQUIREMENTS = HERE.parent / "requirements.lock"
GO_LOCK = HERE / "go.lock"

Version = tuple[int, ...]


@dataclass(frozen=True)
class Pins:
    """What is to be built, and the names under which the results are kept: one digest a module."""

    pulumi: str
    provider: str
    go: Version
    cli_digest: str
    provider_digest: str


def version_of(text: str) -> Version:
    """The numbers of ``1.26.8`` and the like; whatever follows the last number is left out."""
    found = re.search(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def pins() -> Pins:
    """Read the pins, and the digests over everything that the built programs depend on."""
    cli = (CLI_MODULE / "go.mod").read_text()
    provider = (PROVIDER_MODULE / "go.mod").read_text()
    plugin = _pinned(r"^pulumi-openstack==(\S+)", REQUIREMENTS.read_text())
    return Pins(
        pulumi=_pinned(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)", cli),
        provider=plugin,
        go=max(version_of(_pinned(r"^go (\S+)", module)) for module in (cli, provider)),
        cli_digest=_digest(CLI_MODULE, ""),
        provider_digest=_digest(PROVIDER_MODULE, plugin),
    )


def _pinned(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        message = f"no line like {pattern!r} in the files that pin the toolchain"
        raise ValueError(message)
    return found.group(1)


def _digest(module: Path, salt: str) -> str:
    """Sixteen hexadecimal digits over a module's files, and over what its build is told besides."""
    digest = hashlib.sha256(salt.encode())
    for path in sorted(path for path in module.rglob("*") if path.suffix in {".go", ".mod", ".sum"}):
        digest.update(f"\n{path.relative_to(module)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
