"""Keystone: its settings, its keys, its first administrator."""

from lab.layout import PROJECT_ADMIN, REGION, Layout
from lab.passwords import Passwords
from lab.services.ini import Settings
from lab.services.shared import KEYSTONE_URL, database, pool


def settings(layout: Layout) -> Settings:
    """keystone.conf."""
    return {
        "DEFAULT": {"public_endpoint": KEYSTONE_URL.removesuffix("/v3")},
        "database": pool(database(layout, "keystone")),
        # The cheapest hash bcrypt allows: the passwords are random and live as long as the lab.
        "identity": {"password_hash_rounds": 4},
        "token": {"provider": "fernet", "expiration": 86400},
        # There is one process, so its own memory will do; without it each token's check is a dozen queries. Pickled,
        # for Keystone changes what it takes out.
        "cache": {"enabled": True, "backend": "dogpile.cache.memory_pickle"},
        # Receipts too: their keys would be the host's own otherwise, in /etc/keystone.
        "fernet_tokens": {"key_repository": layout.state / "keys" / "fernet"},
        "fernet_receipts": {"key_repository": layout.state / "keys" / "fernet"},
        "credential": {"key_repository": layout.state / "keys" / "credential"},
    }


def make_database(layout: Layout, passwords: Passwords) -> list[list[str]]:
    """The commands that fill an empty database and make the keys, in order."""
    manage = [str(layout.venv / "bin" / "keystone-manage"), f"--config-file={layout.etc / 'keystone/keystone.conf'}"]
    owner = ["--keystone-user", "root", "--keystone-group", "root"]
    return [
        [*manage, "db_sync"],
        [*manage, "fernet_setup", *owner],
        [*manage, "credential_setup", *owner],
        [
            *manage,
            "bootstrap",
            f"--bootstrap-password={passwords.admin}",
            "--bootstrap-username=admin",
            f"--bootstrap-project-name={PROJECT_ADMIN}",
            f"--bootstrap-region-id={REGION}",
            f"--bootstrap-public-url={KEYSTONE_URL}",
            f"--bootstrap-internal-url={KEYSTONE_URL}",
        ],
    ]
