"""The real CLI with backends of this machine: files, a PostgreSQL and an S3 gateway of the test's own. No cloud.

Decides what states go through (who may change one at a time, how one moves, whether an older one is still understood),
and what an operator sees of the toolchain, the component package and the rules. Cannot decide what a cloud makes of an
update (tests/lab).
"""

import contextlib
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml
from tests.daemons.go_tools import build
from tests.daemons.tools import unpacked
from tests.waiting import until

import toolchain

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
PASSPHRASE = "correct horse"  # noqa: S105 - it guards nothing
SECONDS = 120
S3_KEYS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "none-in-particular"}
# As docs/state.md says: else the CLI warns of each object that a gateway answers without a checksum.
S3_SETTINGS = {**S3_KEYS, "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required"}
S3_PROGRAM = "github.com/versity/versitygw/cmd/versitygw"


@dataclass(frozen=True)
class Project:
    """A folder with a program, and the CLI in it at a backend."""

    folder: Path
    backend: str
    variables: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """What the CLI runs with; no cloud of the operator's."""
        ours = {name: value for name, value in toolchain.environment().items() if not name.startswith("OS_")}
        own = {"PULUMI_BACKEND_URL": self.backend, "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE, **S3_SETTINGS}
        return {**ours, **own, **self.variables}

    def command(self, *arguments: str) -> list[str]:
        """A command line of the CLI."""
        return ["pulumi", *arguments, "--non-interactive", "--color", "never"]

    def run(
        self, *arguments: str, folder: Path | None = None, seconds: float = SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Run the CLI to its end, in the project's folder or another; output and errors together."""
        return subprocess.run(
            self.command(*arguments),
            cwd=folder or self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )

    def checked(self, *arguments: str, seconds: float = SECONDS) -> str:
        """What the CLI says; it must succeed."""
        done = self.run(*arguments, seconds=seconds)
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout}"
        return done.stdout

    def up(self, stack: str) -> subprocess.CompletedProcess[str]:
        """`pulumi up` without questions."""
        return self.run("up", "--yes", "--skip-preview", "--stack", stack)

    def elsewhere(self, backend: str) -> "Project":
        """The same project at another backend."""
        return replace(self, backend=backend)


# PostgreSQL refuses to run as root: nobody does, who may use root's folders. Where programs are looked at before they
# are started that right does not count, so they are in a place that is open to all. $1: the packages, then the command.
AS_NOBODY = """
mount --bind "$1" /mnt; shift
exec setpriv --reuid=65534 --regid=65534 --clear-groups \\
    --inh-caps=+dac_override,+dac_read_search --ambient-caps=+dac_override,+dac_read_search "$@"
"""


def project(
    folder: Path, program: str, backend: str, name: str = "tiny", providers: Mapping[str, Path] | None = None
) -> Project:
    """A project with a program's text, and with providers that are plugins of the checkout."""
    folder.mkdir(exist_ok=True)
    (folder / "__main__.py").write_text(program)
    document = {
        "name": name,
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}},
        "plugins": {"providers": [{"name": key, "path": str(path)} for key, path in (providers or {}).items()]},
    }
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(document))
    return Project(folder, backend, {})


def files(folder: Path) -> str:
    """A backend of files in a folder."""
    folder.mkdir(exist_ok=True)
    return f"file://{folder}"


@pytest.fixture(scope="session")
def database(tmp_path_factory) -> Iterator[str]:
    """A fresh PostgreSQL on a unix socket, as the URL of a backend."""
    tools = unpacked(HERE / "packages.txt")
    programs = tools.folder("usr/lib/postgresql/*/bin/postgres")
    folder = tmp_path_factory.mktemp("postgresql")
    nobody: list[str | Path] = []
    if os.geteuid() == 0:
        nobody = ["unshare", "--mount", "sh", "-euc", AS_NOBODY, "sh", tools.root]
        if programs.is_relative_to(tools.root):
            programs = Path("/mnt") / programs.relative_to(tools.root)
    settings = {**os.environ, **tools.environment}
    initdb = [*nobody, programs / "initdb", "--pgdata", folder / "data", "--username", "vipstack"]
    initdb += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
    subprocess.run(initdb, env=settings, check=True, capture_output=True, timeout=SECONDS)
    server = [*nobody, programs / "postgres", "-D", folder / "data", "-k", folder]
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen([*server, "-c", "listen_addresses=", "-c", "fsync=off"], env=settings, stderr=file)
    try:
        ready = "ready to accept connections"
        until(lambda: ready in log.read_text(), "it is ready", seconds=SECONDS, process=process, said=log.read_text)
        yield f"postgres://vipstack@/postgres?host={folder}&sslmode=disable"
    finally:
        process.terminate()  # "smart" to PostgreSQL: it ends when its clients are gone, and they are
        process.wait(SECONDS)


@pytest.fixture(scope="session")
def bucket(tmp_path_factory) -> Iterator[str]:
    """A bucket of an S3 gateway on loopback, as the URL of a backend; its objects are files."""
    folder = tmp_path_factory.mktemp("s3")
    program = folder / "versitygw"
    build(HERE / "s3", S3_PROGRAM, program)
    (folder / "buckets/pulumi").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    keys = ["--access", S3_KEYS["AWS_ACCESS_KEY_ID"], "--secret", S3_KEYS["AWS_SECRET_ACCESS_KEY"]]
    server = [str(program), "--port", address, *keys, "posix", "--nometa", str(folder / "buckets")]
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(server, stdout=file, stderr=file)
    try:
        until(lambda: _listens(address), "it listens", seconds=SECONDS, process=process, said=log.read_text)
        yield f"s3://pulumi?endpoint=http://{address}&s3ForcePathStyle=true&region=us-east-1"
    finally:
        process.terminate()
        process.wait(SECONDS)


def _listens(address: str) -> bool:
    host, _, port = address.partition(":")
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection((host, int(port)), 1):
        return True
    return False


@pytest.fixture(params=["files", "postgresql", "s3"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of backend in turn."""
    made = {"postgresql": "database", "s3": "bucket"}
    return request.getfixturevalue(made[request.param]) if request.param in made else files(tmp_path / "states")


@pytest.fixture
def tiny(tmp_path: Path, backend: str) -> Project:
    """A project with a secret, at each kind of backend; of a name of its own, for the database is shared."""
    gate = tmp_path / "gate"
    gate.mkdir()
    made = project(tmp_path / "project", (HERE / "tiny/__main__.py").read_text(), backend, f"tiny-{tmp_path.name}")
    return replace(made, variables={"GATE": str(gate)})


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Project]:
    """Makes a project of a program's text, with an empty stack ``dev``; its backend is files."""

    def make(text: str, providers: Mapping[str, Path] | None = None) -> Project:
        made = project(tmp_path / "project", textwrap.dedent(text), files(tmp_path / "states"), providers=providers)
        made.checked("stack", "init", "dev")
        return made

    return make


@pytest.fixture
def stack(tiny: Project) -> str:
    """A stack of it that is up."""
    tiny.checked("stack", "init", "one")
    tiny.checked("config", "set", "--secret", "answer", "42", "--stack", "one")
    assert tiny.up("one").returncode == 0
    return "one"
