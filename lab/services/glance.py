"""Glance: images as files in one folder."""

from lab.layout import Layout
from lab.passwords import Passwords
from lab.services.ini import Settings, merge
from lab.services.shared import database, pool, token_check


def settings(layout: Layout, passwords: Passwords) -> Settings:
    """glance-api.conf."""
    folder = layout.state / "glance"
    own: Settings = {
        "DEFAULT": {
            "enabled_backends": "files:file",
            "enabled_import_methods": "[]",
            "public_endpoint": "http://127.0.0.1:9292",
        },
        "database": pool(database(layout, "glance")),
        "glance_store": {"default_backend": "files"},
        "files": {"filesystem_store_datadir": folder / "images"},
        "os_glance_staging_store": {"filesystem_store_datadir": folder / "staging"},
        "os_glance_tasks_store": {"filesystem_store_datadir": folder / "tasks"},
        "paste_deploy": {
            "flavor": "keystone",
            "config_file": layout.venv / "etc" / "glance" / "glance-api-paste.ini",
        },
    }
    return merge(token_check("glance", passwords), own)


def make_database(layout: Layout) -> list[list[str]]:
    """The commands that fill an empty database."""
    manage = str(layout.venv / "bin" / "glance-manage")
    return [[manage, f"--config-file={layout.etc / 'glance/glance-api.conf'}", "db_sync"]]
