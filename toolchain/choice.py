"""Which ``pulumi`` is used, and why: an installed one always, a built one where there is none."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain.build import build
from toolchain.cache import Cache, Installation
from toolchain.errors import ToolchainError
from toolchain.execution import Progress, output_of
from toolchain.pins import Pins, pins, version_of


@dataclass(frozen=True)
class Toolchain:
    """A ``pulumi`` that is there, why it is the one, and what has to be set to run it."""

    pulumi: Path
    version: str
    reason: str
    variables: dict[str, str]
    notes: tuple[str, ...] = ()

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """``base`` with what makes ``pulumi`` run as this toolchain."""
        settings = {**base, "PULUMI_SKIP_UPDATE_CHECK": "true", **self.variables}
        path = base.get("PATH", os.defpath)
        if shutil.which("pulumi", path=path) != str(self.pulumi):
            settings["PATH"] = f"{self.pulumi.parent}{os.pathsep}{path}"
        return settings


def find(variables: Mapping[str, str]) -> Toolchain | str:
    """The toolchain as it is now, or the reason why one has to be built."""
    wanted = pins()
    place = Cache.of_environment(variables).installation(wanted)
    installed = _installed(variables, wanted, Cache.of_environment(variables))
    if isinstance(installed, Toolchain):
        return installed
    if place.complete:
        return _built(place, wanted, installed, variables)
    return installed


def ensure(progress: Progress, variables: Mapping[str, str] | None = None) -> Toolchain:
    """The toolchain, built first where it is missing: minutes of work, once.

    Args:
        progress: is given lines for the operator while something is built.
        variables: stand for ``os.environ``.

    Raises:
        ToolchainError: it could not be built.
    """
    variables = os.environ if variables is None else variables
    found = find(variables)
    if isinstance(found, Toolchain):
        return found
    wanted = pins()
    place = build(Cache.of_environment(variables), wanted, variables, progress)
    return _built(place, wanted, found, variables)


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment in which ``pulumi`` is the toolchain's; builds nothing.

    Raises:
        ToolchainError: there is no toolchain yet.
    """
    variables = os.environ if variables is None else variables
    found = find(variables)
    if isinstance(found, Toolchain):
        return found.environment(variables)
    raise ToolchainError(
        where="toolchain",
        got=f"{found}, and none is built in {Cache.of_environment(variables).root}",
        allowed="the Pulumi CLI and its OpenStack provider, without which no stack runs",
        remedy="install pulumi, or run `vipstack toolchain`, which builds both from their Go modules in some minutes",
    )


def _installed(variables: Mapping[str, str], wanted: Pins, cache: Cache) -> Toolchain | str:
    """The first ``pulumi`` on PATH that was not built here, or the reason why there is none."""
    foreign = [folder for folder in _path(variables) if not Path(folder).is_relative_to(cache.root)]
    found = shutil.which("pulumi", path=os.pathsep.join(foreign))
    if found is None:
        return "no pulumi is on PATH"
    settings = {**variables, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        version = output_of([found, "version"], settings).removeprefix("v")
    except (OSError, subprocess.CalledProcessError) as error:
        return f"{found} does not run ({error})"
    older = version_of(version) < version_of(wanted.pulumi)
    note = (
        f"it is older than the Python SDK, {wanted.pulumi}: where an update fails without a good reason, renew it first"
    )
    return Toolchain(Path(found), version, "it is on PATH", {}, (note,) if older else ())


def _built(place: Installation, wanted: Pins, reason: str, variables: Mapping[str, str]) -> Toolchain:
    """A toolchain of our own, whose home holds the provider, but not the operator's credentials."""
    login = variables.get("PULUMI_CREDENTIALS_PATH") or variables.get("PULUMI_HOME") or "~/.pulumi"
    settings = {
        "PULUMI_HOME": str(place.home),
        "PULUMI_CREDENTIALS_PATH": str(Path(login).expanduser()),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    return Toolchain(place.pulumi, wanted.pulumi, f"built from its Go modules, because {reason}", settings)


def _path(variables: Mapping[str, str]) -> list[str]:
    return [folder for folder in variables.get("PATH", os.defpath).split(os.pathsep) if folder]
