"""MariaDB: one server for all services, on a unix socket only."""

from lab.commands import run
from lab.laboratory import Laboratory
from lab.layout import CONTROL
from lab.waiting import wait_for

_NAME = "mariadb"
DATABASES = ("keystone", "glance", "placement", "nova_api", "nova_cell0", "nova_cell1", "neutron")


def make(lab: Laboratory) -> None:
    """An empty data folder with the server's own tables."""
    folder = lab.layout.state / "mysql"
    folder.mkdir(parents=True)
    run(
        [
            "mariadb-install-db",
            "--no-defaults",
            "--user=root",
            f"--datadir={folder}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        ],
        timeout=120,
    )


def start(lab: Laboratory) -> None:
    """Start the server unless it runs, and wait until it answers.

    It is tuned for starting again, not for surviving a power cut: a lab's databases can be made anew.
    """
    layout = lab.layout
    lab.start(
        CONTROL,
        _NAME,
        [
            "/usr/sbin/mariadbd",
            "--no-defaults",
            "--user=root",
            f"--datadir={layout.state / 'mysql'}",
            f"--socket={layout.socket_of(_NAME)}",
            f"--pid-file={layout.run / 'mariadb.pid'}",
            "--skip-networking",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--performance-schema=off",
            "--innodb-flush-method=nosync",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=128M",
            "--innodb-log-file-size=32M",
            "--max-connections=400",
            # Some services' composite indexes do not fit with four bytes a character.
            "--character-set-server=utf8mb3",
        ],
    )

    def look() -> str | None:
        if lab.processes.find(_NAME) is None:
            raise lab.processes.died(_NAME)
        asked = run(_client(lab, "SELECT 1"), check=False)
        return None if asked.returncode == 0 else asked.stdout.strip()

    with lab.processes.log_on_timeout(_NAME):
        wait_for(_NAME, look, timeout=60)


def create_databases(lab: Laboratory) -> None:
    """The services' databases, empty."""
    run(_client(lab, "".join(f"CREATE DATABASE IF NOT EXISTS {name};" for name in DATABASES)))


def stop(lab: Laboratory) -> None:
    """End the server in good order, so that its folder can be copied and its next start needs no recovery."""
    record = lab.processes.find(_NAME)
    if record is not None:
        record.end(grace=20)
    lab.processes.forget(_NAME)


def _client(lab: Laboratory, sql: str) -> list[str]:
    return ["mariadb", "--no-defaults", "--user=root", f"--socket={lab.layout.socket_of(_NAME)}", "-e", sql]
