"""The services' databases and keys: made once, saved, and copied whenever a lab starts from nothing.

Making them takes longer than all other starts together; a copy takes a second. What is saved holds the schemas and
Keystone's users, and nothing that a compute host, an image or a flavour of the network left there: one set serves all.
"""

import hashlib
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab import identity
from lab.commands import run
from lab.flavours import flavour_of
from lab.laboratory import Laboratory
from lab.services import glance, keystone, mariadb, neutron, nova, placement, wsgi

_SYNC_TIMEOUT = 600.0  # seconds for all migrations of one service; 10 to 25 on an idle core
_KEPT = ("mysql", "keys", "secrets.json")
_DONE = "complete"
_HERE = Path(__file__).parent


def recipe() -> str:
    """What the saved set depends on, as a digest: the services' versions and the code that fills the databases."""
    digest = hashlib.sha256()
    sources = ["requirements.lock", "identity.py", "layout.py", "databases.py"]
    services = ["glance", "keystone", "mariadb", "neutron", "nova", "placement", "shared"]
    for name in [*sources, *(f"services/{service}.py" for service in services)]:
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()[:12]


def present(lab: Laboratory) -> bool:
    """Whether the lab has databases of its own."""
    return (lab.layout.state / _DONE).exists()


def restore(lab: Laboratory) -> bool:
    """Copy the saved set into the lab's state; False where there is none that fits."""
    source = lab.layout.saved / recipe()
    if not source.exists():
        return False
    _clear(lab)
    _copy(source, lab.layout.state)
    (lab.layout.state / _DONE).touch()
    return True


def make(lab: Laboratory, configure: Callable[[], None], say: Callable[[str], None]) -> None:
    """Make databases from nothing and save them; the doors must be open.

    ``configure`` writes the settings again: the passwords are new.
    """
    _clear(lab)
    configure()
    say("making databases (first use; later starts copy them)")
    mariadb.make(lab)
    mariadb.start(lab)
    mariadb.create_databases(lab)
    layout = lab.layout
    chains = [
        nova.make_database(layout),
        neutron.make_database(layout),
        keystone.make_database(layout, lab.passwords),
        glance.make_database(layout),
        placement.make_database(layout),
    ]
    with ThreadPoolExecutor(len(chains)) as pool:
        for chain in [pool.submit(_run_chain, lab, chain) for chain in chains]:
            chain.result()
    say("filling Keystone")
    service = wsgi.api("keystone")
    wsgi.start(lab, service)
    wsgi.await_ready(lab, service)
    with identity.asking(layout):
        identity.fill(lab)
    _quiesce(lab)
    _save(lab)
    (layout.state / _DONE).touch()


def _run_chain(lab: Laboratory, commands: list[list[str]]) -> None:
    for command in commands:
        run(command, timeout=_SYNC_TIMEOUT, env=lab.environment())


def _quiesce(lab: Laboratory) -> None:
    """End who uses the databases, also what an interrupted run left."""
    record = lab.processes.find("keystone-api")
    if record is not None:
        record.end()
    mariadb.stop(lab)


def _clear(lab: Laboratory) -> None:
    _quiesce(lab)
    for name in (_DONE, *_KEPT, *flavour_of(lab.layout).state):
        path = lab.layout.state / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    lab.layout.state.mkdir(parents=True, exist_ok=True)


def _save(lab: Laboratory) -> None:
    shutil.rmtree(lab.layout.saved, ignore_errors=True)
    partial = lab.layout.saved / "partial"
    partial.mkdir(parents=True)
    lab.layout.saved.chmod(0o700)
    _copy(lab.layout.state, partial)
    partial.rename(lab.layout.saved / recipe())


def _copy(source: Path, target: Path) -> None:
    run(["cp", "-a", "--reflink=auto", "--sparse=auto", *(source / name for name in _KEPT), target], timeout=120)
