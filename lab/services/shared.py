"""What several services have in common: their database, the queue, Keystone's middleware, how an agent is started."""

from pathlib import Path

from lab.layout import API_PORTS, RABBIT_PORT, REGION, Layout
from lab.passwords import Passwords
from lab.services.ini import Settings

KEYSTONE_URL = f"http://127.0.0.1:{API_PORTS['keystone']}/v3"
SERVICE_PROJECT = "service"

_START = Path(__file__).parents[1] / "inside" / "start.py"


def database(layout: Layout, name: str) -> str:
    """The address of a service's database: a unix socket in a folder only root enters, hence no password."""
    return f"mysql+pymysql://root@localhost/{name}?unix_socket={layout.socket_of('mariadb')}&charset=utf8mb4"


def pool(connection: str) -> dict[str, str | int]:
    """A database section; pools are small because every process has few threads."""
    return {"connection": connection, "max_pool_size": 5, "max_overflow": 20}


def queue(passwords: Passwords) -> str:
    """The message queue's address, the same in every room."""
    return f"rabbit://lab:{passwords.queue}@127.0.0.1:{RABBIT_PORT}/"


def credentials(user: str, passwords: Passwords) -> dict[str, str]:
    """How a service speaks to another one as its own service user."""
    return {
        "auth_type": "password",
        "auth_url": KEYSTONE_URL,
        "username": user,
        "password": passwords.service,
        "project_name": SERVICE_PROJECT,
        "user_domain_name": "Default",
        "project_domain_name": "Default",
        "region_name": REGION,
    }


def token_check(user: str, passwords: Passwords) -> Settings:
    """Keystone's middleware, which asks Keystone about every token it has not seen lately."""
    return {
        "keystone_authtoken": {
            "www_authenticate_uri": KEYSTONE_URL,
            "service_token_roles": "service",
            "service_token_roles_required": True,
            **credentials(user, passwords),
        },
        "oslo_policy": {"enforce_scope": True, "enforce_new_defaults": True},
    }


def agent_words(layout: Layout, program: str) -> list[str | Path]:
    """The first words of a process that makes privileged calls; its own arguments follow."""
    return [layout.venv / "bin" / "python", _START, program]
