"""All questions at once, all findings at once: the only door into this room."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from components.config.errors import Finding
from components.plan.stack import StackPlan
from components.preflight import (
    address_pairs,
    availability_zones,
    directors_networks,
    existing_networks,
    expiry,
    extensions,
    external_networks,
    flavors,
    host_names,
    images,
    keypairs,
    network_driver,
    quotas,
    servers,
)
from components.preflight.cloud import Cloud
from components.preflight.cloud_facts import CloudFacts, ExistingNetwork
from components.preflight.credentials import find_credentials
from components.preflight.errors import CloudError

# As many questions as there are; each waits for a service, none for another.
_AT_ONCE = 10


@dataclass(frozen=True)
class Answers:
    """What the cloud answered, question by question."""

    images: images.ImageFacts
    flavors: flavors.FlavorFacts
    external_networks: external_networks.ExternalNetworkFacts
    networks: existing_networks.ExistingNetworkFacts
    extensions: frozenset[str] | None
    network_driver: network_driver.DriverFacts
    keypairs: frozenset[str]
    zones: frozenset[str]
    servers: servers.ServerFacts
    quotas: quotas.QuotaFacts


def begin(plan: StackPlan) -> Future[CloudFacts]:
    """Start to ask, and leave the caller to what it can do meanwhile; the result is that of ``preflight``."""
    pool = ThreadPoolExecutor(1)
    facts = pool.submit(preflight, plan)
    pool.shutdown(wait=False)
    return facts


def preflight(plan: StackPlan) -> CloudFacts:
    """Ask the cloud of the environment whether it can carry the plan.

    Raises:
        CloudError: it cannot, with every finding.
    """
    answers = ask(Cloud(find_credentials()), plan)
    findings = list(judge(plan, answers))
    if findings:
        raise CloudError(findings)
    return conclude(plan, answers)


def ask(cloud: Cloud, plan: StackPlan) -> Answers:
    """Ask everything, side by side."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        image = pool.submit(images.ask, cloud, plan)
        flavor = pool.submit(flavors.ask, cloud)
        external = pool.submit(external_networks.ask, cloud)
        network = pool.submit(existing_networks.ask, cloud, plan)
        extension = pool.submit(extensions.ask, cloud)
        driver = pool.submit(network_driver.ask, cloud)
        keypair = pool.submit(keypairs.ask, cloud, plan)
        zone = pool.submit(availability_zones.ask, cloud, plan)
        server = pool.submit(servers.ask, cloud, plan)
        quota = pool.submit(quotas.ask, cloud)
        facts = quota.result()
        if not quotas.fits(quotas.needs(plan, flavor.result()), facts):
            present = quotas.ask_present(cloud, plan, flavor.result(), server.result())
            facts = quotas.QuotaFacts(facts.quotas, present)
        return Answers(
            images=image.result(),
            flavors=flavor.result(),
            external_networks=external.result(),
            networks=network.result(),
            extensions=extension.result(),
            network_driver=driver.result(),
            keypairs=keypair.result(),
            zones=zone.result(),
            servers=server.result(),
            quotas=facts,
        )


def judge(plan: StackPlan, answers: Answers) -> Iterator[Finding]:
    """Every finding, in the order of the stack file's nouns."""
    yield from existing_networks.judge(plan, answers.networks)
    yield from external_networks.judge(plan, answers.external_networks)
    yield from images.judge(plan, answers.images)
    yield from flavors.judge(plan, answers.flavors, answers.images)
    yield from host_names.judge(plan)
    yield from availability_zones.judge(plan, answers.zones)
    yield from keypairs.judge(plan, answers.keypairs)
    yield from extensions.judge(plan, answers.extensions)
    yield from network_driver.judge(plan, _sign_of_ovn(answers))
    yield from address_pairs.judge(plan)
    yield from quotas.judge(quotas.needs(plan, answers.flavors), answers.quotas)


def conclude(plan: StackPlan, answers: Answers) -> CloudFacts:
    """The ids that the program goes on with, where nothing was found."""
    image_ids = {name: found[0].id for name, found in answers.images.by_name.items()}
    return CloudFacts(
        images=image_ids,
        flavors={name: flavor.id for name, flavor in answers.flavors.items()},
        external_networks=answers.external_networks,
        networks=_existing(plan, answers.networks),
        extensions=answers.extensions or frozenset(),
        remarks=(
            *expiry.remarks(plan, datetime.now(UTC)),
            *directors_networks.remarks(plan, answers.networks),
            *servers.remarks(plan, answers.servers, image_ids),
            *network_driver.remarks(plan, _sign_of_ovn(answers)),
        ),
    )


def _existing(plan: StackPlan, facts: existing_networks.ExistingNetworkFacts) -> Mapping[str, ExistingNetwork]:
    return {
        network.key: ExistingNetwork(
            found.id, found.subnets[network.cidr], network.ipv6 and found.subnets[network.ipv6.cidr]
        )
        for network in plan.networks
        if network.existing
        for found in [facts[network.key][0]]
    }


def _sign_of_ovn(answers: Answers) -> str | None:
    return network_driver.sign_of_ovn(answers.network_driver, answers.extensions)
