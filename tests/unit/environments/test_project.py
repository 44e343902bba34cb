"""The orders that the SDK gets: that it has them, with these arguments. What the cloud makes of them: tests/lab."""

from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from openstack.compute.v2._proxy import Proxy as Compute
from openstack.exceptions import ConflictException, NotFoundException
from openstack.network.v2._proxy import Proxy as Network

from environments.inventory import Kind, Thing
from environments.project import Project

THING = {kind: Thing(kind, "id", "name", ("a",)) for kind in Kind}


@pytest.fixture(scope="module")
def services() -> tuple[Any, Any]:
    """The SDK's two services, which refuse what they do not have: some hundred signatures to read."""
    return mock.create_autospec(Compute, instance=True), mock.create_autospec(Network, instance=True)


@pytest.fixture
def sdk(services: tuple[Any, Any]) -> SimpleNamespace:
    """A connection with both services, of which nobody asked anything yet."""
    for service in services:
        service.reset_mock(return_value=True, side_effect=True)
    compute, network = services
    found = SimpleNamespace(compute=compute, network=network, current_project_id="ours")
    for listed in ("servers", "server_groups"):
        getattr(found.compute, listed).return_value = []
    for listed in ("ips", "ports", "routers", "subnets", "networks", "security_groups"):
        getattr(found.network, listed).return_value = []
    return found


def test_neutron_is_asked_for_the_own_project_alone(sdk: SimpleNamespace):
    assert Project(sdk).things() == ()
    for listed in ("ips", "ports", "routers", "subnets", "networks", "security_groups"):
        getattr(sdk.network, listed).assert_called_once_with(project_id="ours")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_can_be_deleted(sdk: SimpleNamespace, kind: Kind):
    assert Project(sdk).delete(THING[kind]) is None
    orders = [call[0] for call in (*sdk.compute.mock_calls, *sdk.network.mock_calls)]
    assert orders[-1].startswith("delete_")


def test_a_router_loses_its_interfaces_first(sdk: SimpleNamespace):
    sdk.network.ports.return_value = [
        SimpleNamespace(id="inside", device_owner="network:router_interface"),
        SimpleNamespace(id="outside", device_owner="network:router_gateway"),
    ]
    Project(sdk).delete(THING[Kind.ROUTER])
    assert [call[0] for call in sdk.network.mock_calls] == ["ports", "remove_interface_from_router", "delete_router"]
    sdk.network.remove_interface_from_router.assert_called_once_with("id", None, "inside")


def test_what_is_in_use_says_why_and_what_is_gone_is_fine(sdk: SimpleNamespace):
    sdk.network.delete_network.side_effect = ConflictException("one or more ports are\n in use")
    assert Project(sdk).delete(THING[Kind.NETWORK]) == "one or more ports are in use"
    sdk.network.delete_router.side_effect = NotFoundException()
    assert Project(sdk).delete(THING[Kind.ROUTER]) is None


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.SERVER_GROUP])
def test_every_kind_that_takes_tags_can_be_tagged(sdk: SimpleNamespace, kind: Kind):
    Project(sdk).retag(THING[kind], ("a", "b"))
    session = sdk.compute if kind is Kind.SERVER else sdk.network
    [asked] = {call[0] for call in session.mock_calls if "(" not in call[0]}
    getattr(session, asked).return_value.set_tags.assert_called_once_with(session, ["a", "b"])
