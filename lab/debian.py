"""Debian's packages by the way this machine gets them: its own apt sources, whichever they are.

So that no address is written down here, and a machine behind a proxy or a mirror of its own works unchanged.
Not here: the packages' names (guest_image/*.packages), and anything that installs on this machine.
"""

from collections.abc import Sequence
from pathlib import Path

from lab.commands import run
from lab.errors import LabError

RELEASE = "bookworm"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_FORMAT = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(CODENAME)|$(COMPONENT)"


def parse_index_targets(text: str) -> tuple[str, ...]:
    """The one-line sources of Debian 12 among what ``apt-get indextargets`` prints in our format.

    Sources of other vendors, and of other releases, are left out.
    """
    lines: dict[str, None] = {}
    for row in text.splitlines():
        fields = row.split("|")
        if len(fields) == len(_FORMAT.split("|")):
            origin, uri, release, codename, component = fields
            if origin == "Debian" and codename.partition("-")[0] == RELEASE and component == "main":
                lines[f"deb [signed-by={_KEYRING}] {uri} {release} {component}"] = None
    return tuple(lines)


def sources() -> tuple[str, ...]:
    """The sources of Debian 12 that this machine's apt uses, as lines of a sources.list.

    Raises ``LabError`` when it has none, or never fetched their lists.
    """
    listed = run(["apt-get", "indextargets", "--format", _FORMAT, "Created-By: Packages"], timeout=30)
    found = parse_index_targets(listed.stdout)
    if not found:
        raise LabError(
            "Debian packages",
            f"apt on this machine lists no source of Debian's {RELEASE}",
            "Debian 12 with its own apt sources: the guests are Debian 12 and their packages come the same way",
            "run `apt-get update`; if it names no Debian source, add one to /etc/apt/sources.list.d",
        )
    return found


def backports() -> tuple[str, ...]:
    """Where this machine's sources would have Debian's backports; not every mirror has them."""
    return tuple(line.replace(f" {RELEASE} ", f" {RELEASE}-backports ") for line in sources() if f" {RELEASE} " in line)


def private_apt(work: Path, sources: Sequence[str], *options: str) -> list[str]:
    """The beginning of a command line of apt-get that neither reads nor writes this machine's own apt state.

    Args:
        work: a folder for its state; it stays the caller's.
        sources: lines of a sources.list.
        options: more of apt.conf(5), as ``Dir::Cache::archives=/a/folder``.
    """
    (work / "lists/partial").mkdir(parents=True, exist_ok=True)
    listed = work / "sources.list"
    listed.write_text("\n".join(sources) + "\n", encoding="utf-8")
    settings = (
        # Sandboxing to the _apt user needs a world-readable path, which the lab's folder is not.
        "APT::Sandbox::User=root",
        "APT::Install-Recommends=false",
        "APT::Get::List-Cleanup=false",
        "Acquire::Languages=none",
        "Dir::Etc::sourceparts=/dev/null",
        f"Dir::Etc::sourcelist={listed}",
        f"Dir::State={work}",
        f"Dir::State::lists={work / 'lists'}",
        f"Dir::Cache={work}",
        *options,
    )
    return ["apt-get", "--quiet", "--yes", *(word for setting in settings for word in ("-o", setting))]


def read_packages(file: Path) -> tuple[str, ...]:
    """The package names in a list file: one a line, ``#`` lines are comments."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
