"""What each question makes of a real cloud's answer: recordings, taken while the stack lvs-dr was up."""

import json
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, cast

import pytest

from components.plan.stack import StackPlan
from components.preflight import check, directors_networks, existing_networks, quotas, servers
from components.preflight.cloud import Cloud, Json
from components.preflight.flavors import Flavor
from components.preflight.images import Image
from components.preflight.quotas import Quota, QuotaFacts

RECORDINGS = Path(__file__).parent / "recordings"
PROJECT = "569f12b618d24db885eaaae249c29d55"
NAMES = {
    "flavors/detail": "flavors",
    "servers/detail": "servers",
    "os-server-groups": "server-groups",
    "os-keypairs": "keypairs",
    "os-availability-zone": "zones",
    f"quotas/{PROJECT}/details.json": "quota",
}


class Replay:
    """Answers from the recordings; of the queries it knows the names, which the services filter by."""

    project_id = PROJECT

    def get(self, _service: str, path: str, **_query: object) -> Json:
        """A recorded page."""
        return json.loads((RECORDINGS / f"{NAMES.get(path, path)}.json").read_text(encoding="utf-8"))

    def each(self, service: str, path: str, key: str, **query: object) -> Iterator[Json]:
        """A recorded list, filtered by what the query says."""
        for item in self.get(service, path)[key]:
            filters = {name: value for name, value in query.items() if name in item and path != "servers/detail"}
            if all(item[name] == value for name, value in filters.items()):
                yield item


@pytest.fixture
def cloud() -> Cloud:
    return cast("Cloud", Replay())


def test_a_second_run_finds_nothing_to_refuse(cloud: Cloud, lvs_dr: StackPlan):
    answers = check.ask(cloud, lvs_dr)
    assert list(check.judge(lvs_dr, answers)) == []


def test_the_names_of_the_stack_file_become_ids(cloud: Cloud, lvs_dr: StackPlan):
    answers = check.ask(cloud, lvs_dr)
    facts = check.conclude(lvs_dr, answers)
    assert answers.images.by_name == {"debian-12": (Image("f139d44b-0dce-4f45-a5cc-e2ac9825c907", "active", 0, 0),)}
    assert answers.flavors == {"vip.small": Flavor("31f29489-d7cc-4b9f-ba39-b48ee951a04a", 1, 384, 2)}
    assert facts.external_networks == {"outside": "025f51ad-f016-4c44-a9c2-9f72d3b73541"}
    assert facts.images == {"debian-12": "f139d44b-0dce-4f45-a5cc-e2ac9825c907"}


def test_servers_of_the_image_that_was_there_before_are_remarked_on(cloud: Cloud, lvs_dr: StackPlan):
    (remark,) = check.conclude(lvs_dr, check.ask(cloud, lvs_dr)).remarks
    assert remark.startswith("Created before the stack file's image debian-12: lvs-dr-director-1, lvs-dr-director-2,")


class Broken(Replay):
    """The recording with its first server in ERROR, as Nova's API reference (show server details) has its fault."""

    def get(self, service: str, path: str, **query: object) -> Json:
        """A recorded page, altered where it is the servers'."""
        page = super().get(service, path, **query)
        if path == "servers/detail":
            fault = {"code": 500, "created": "2026-11-22T06:00:00Z", "message": "No valid host was found.\nDetails"}
            page["servers"][0] |= {"status": "ERROR", "fault": fault}
        return page


def test_a_server_in_error_is_read_with_the_first_line_of_its_fault(lvs_dr: StackPlan):
    found = servers.ask(cast("Cloud", Broken()), lvs_dr)
    assert [server.fault for server in found.values() if server.fault] == ["No valid host was found"]


def test_quotas_are_read_with_what_is_used(cloud: Cloud):
    found = quotas.ask(cloud).quotas
    assert found["instances"] == Quota(limit=10, used=5)
    assert found["server groups"] == Quota(limit=10, used=2)
    assert found["security group rules"] == Quota(limit=100, used=11)


def test_what_the_stack_has_is_counted_by_its_names(cloud: Cloud, lvs_dr: StackPlan):
    answers = check.ask(cloud, lvs_dr)
    present = quotas.ask_present(cloud, lvs_dr, answers.flavors, answers.servers)
    assert present == quotas.needs(lvs_dr, answers.flavors), "a stack that is up needs nothing more"


def test_a_quota_that_the_stack_itself_fills_is_no_finding(cloud: Cloud, lvs_dr: StackPlan):
    answers = check.ask(cloud, lvs_dr)
    present = quotas.ask_present(cloud, lvs_dr, answers.flavors, answers.servers)
    full = {kind: Quota(limit=quota.used, used=quota.used) for kind, quota in answers.quotas.quotas.items()}
    assert list(quotas.judge(quotas.needs(lvs_dr, answers.flavors), QuotaFacts(full, present))) == []


def test_an_existing_network_is_read_with_its_holders(cloud: Cloud, plan_of: Callable[..., StackPlan]):
    network: dict[str, Any] = {"existing": "lvs-dr-web", "cidr": "203.0.113.0/27"}
    plan = plan_of("lvs-dr", {"networks.web": network})
    (found,) = existing_networks.ask(cloud, plan)["web"]
    assert (found.owned, found.port_security) == (True, True)
    assert found.subnets.keys() == {IPv4Network("203.0.113.0/27")}
    addresses = {holder.name: holder.addresses for holder in found.holders}
    assert addresses["lvs-dr-www"] == {IPv4Address("203.0.113.2")}
    assert list(existing_networks.judge(plan, {"web": (found,)})) == [], "the ports of the stack are its own"


def test_another_stack_on_that_network_is_told_what_is_taken(cloud: Cloud, plan_of: Callable[..., StackPlan]):
    network: dict[str, Any] = {"existing": "lvs-dr-web", "cidr": "203.0.113.0/27"}
    vips = {"web": {"network": "web", "address": "203.0.113.2"}}
    instances = {"web": {"virtual-ips": ["web"], "virtual-router-id": 51}}
    services = {"http": {"virtual-ip": "web", "port": 80}}
    changes = {"networks.web": network, "virtual-ips": vips, "vrrp.instances": instances, "services": services}
    plan = plan_of("lvs-dr", changes)
    findings = [str(finding) for finding in existing_networks.judge(plan, existing_networks.ask(cloud, plan))]
    assert findings == [
        'vipstack:virtual-ips.web.address: 203.0.113.2 is taken on network "lvs-dr-web" by port lvs-dr-www. An address '
        "has one holder. Choose a free address, or delete that port."
    ]


def test_ports_of_servers_are_told_from_the_networks_own(cloud: Cloud, plan_of: Callable[..., StackPlan]):
    network: dict[str, Any] = {"existing": "lvs-dr-web", "cidr": "203.0.113.0/27"}
    plan = plan_of("lvs-gateway", {"networks.sync": network})
    (said,) = directors_networks.remarks(plan, existing_networks.ask(cloud, plan))
    assert "(5, the first is lvs-dr-observer-web)" in said, "neither the router's port nor DHCP's nor a virtual IP's"
