"""Connections to the lab's cloud as one of its users, by the file that every client reads."""

from openstack.config import OpenStackConfig
from openstack.connection import Connection

from lab.layout import Layout


def connection(layout: Layout, cloud: str) -> Connection:
    """A connection as ``cloud`` of the lab's clouds.yaml; nothing is asked yet."""
    return Connection(config=OpenStackConfig(config_files=[str(layout.clouds_yaml)]).get_one(cloud))
