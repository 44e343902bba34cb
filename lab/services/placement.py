"""Placement: what the compute hosts can hold."""

from lab.layout import Layout
from lab.passwords import Passwords
from lab.services.ini import Settings, merge
from lab.services.shared import database, pool, token_check


def settings(layout: Layout, passwords: Passwords) -> Settings:
    """placement.conf."""
    own: Settings = {
        "api": {"auth_strategy": "keystone"},
        "placement_database": pool(database(layout, "placement")),
    }
    return merge(token_check("placement", passwords), own)


def make_database(layout: Layout) -> list[list[str]]:
    """The commands that fill an empty database."""
    manage = str(layout.venv / "bin" / "placement-manage")
    return [[manage, f"--config-file={layout.etc / 'placement/placement.conf'}", "db", "sync"]]
