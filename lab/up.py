"""The order of starting: what waits for what, and nothing about how it is done."""

from collections.abc import Callable
from functools import partial

from lab import (
    cloud,
    compute_host,
    configuration,
    control,
    databases,
    emulator,
    fitness,
    fork_servers,
    identity,
    image,
    image_records,
    interpreter,
    lock,
    network,
    outside,
    packages,
    readiness,
)
from lab.flavours import flavour_of
from lab.laboratory import Laboratory
from lab.layout import CONTROL, FABRIC, NETWORK_HOST, OUTSIDE, compute_hosts
from lab.progress import Progress
from lab.services import doors, mariadb, rabbitmq, wsgi
from lab.steps import Step, run

# All at once would be ready all at last. Neutron's and Glance's take longest until they have done what they are asked,
# and need no Keystone before; what is not named waits for it.
_API_AFTER = {
    "keystone": "MariaDB",
    "neutron": "MariaDB",
    "glance": "MariaDB",
    "nova": "placement API",
    "metadata": "neutron API",
}


def up(lab: Laboratory, count: int, progress: Progress) -> None:
    """Bring the lab up with ``count`` compute hosts; what runs already is left alone. Raises ``LabError``.

    The flavour is that of the lab's layout; from now on every command knows the lab by it.
    """
    hosts = compute_hosts(count)
    fitness.require(lab.layout)
    with lock.held(lab.layout):
        fitness.refuse_another_flavour(lab)
        lab.layout.note_network()
        parts = (
            _ground(lab, hosts, progress),
            _imports(lab, hosts),
            _control(lab),
            _hosts(lab, hosts),
            _offer(lab, hosts),
        )
        run([step for part in parts for step in part], progress)


def _ground(lab: Laboratory, hosts: tuple[str, ...], progress: Progress) -> list[Step]:
    def prepare_databases() -> None:
        if not databases.present(lab) and not databases.restore(lab):
            databases.make(lab, lambda: configuration.write(lab, hosts), progress.say)
        configuration.write(lab, hosts)  # with the passwords that go with the databases

    def build_images() -> None:
        image.build(lab.layout, lambda line: progress.say(f"guest images: {line}"))

    return [
        Step("system packages", partial(packages.ensure, flavour_of(lab.layout))),
        Step("OpenStack's Python environment", partial(interpreter.ensure, lab.layout), ("system packages",)),
        Step("emulator", partial(emulator.ensure, lab.layout, progress.say), ("system packages",)),
        Step("rooms", partial(_rooms, lab, hosts), ("emulator",)),
        Step("guest images", build_images, ("system packages",)),
        Step("databases", prepare_databases, ("rooms", "OpenStack's Python environment")),
    ]


def _rooms(lab: Laboratory, hosts: tuple[str, ...]) -> None:
    configuration.write(lab, hosts)
    for room in (CONTROL, FABRIC, OUTSIDE):
        lab.rooms.ensure(room)
    network.lay_fabric(lab)
    for host in hosts:
        compute_host.make_room(lab, host)
    doors.start(lab, (None, CONTROL, *hosts))


def _imports(lab: Laboratory, hosts: tuple[str, ...]) -> list[Step]:
    flavour = flavour_of(lab.layout)
    families = (
        (control.NOVA_IMPORTS, fork_servers.NOVA, control.NOVA_PROGRAMS),
        (control.NEUTRON_IMPORTS, flavour.family, flavour.programs),
    )

    def prepare(family: fork_servers.Family, programs: tuple[str, ...]) -> None:
        fork_servers.prepare(lab, family, [*programs, *compute_host.forked_from(lab.layout, family, hosts)])

    return [Step(name, partial(prepare, family, programs), ("databases",)) for name, family, programs in families]


def _control(lab: Laboratory) -> list[Step]:
    steps = [
        Step("MariaDB", partial(mariadb.start, lab), ("databases",)),
        Step("RabbitMQ", partial(_rabbitmq, lab), ("databases",)),
        Step(
            "conductor and scheduler",
            partial(_nova, lab),
            ("RabbitMQ", "keystone API", "placement API", control.NOVA_IMPORTS),
        ),
        *flavour_of(lab.layout).control_steps(lab),
    ]
    more = {"neutron": flavour_of(lab.layout).before_api}
    for service in wsgi.APIS:
        after = (_API_AFTER.get(service.name, "keystone API"), *more.get(service.name, ()))
        steps.append(Step(f"{service.name} API", partial(_api, lab, service), after))
    return steps


def _rabbitmq(lab: Laboratory) -> None:
    rabbitmq.start(lab)
    rabbitmq.await_ready(lab)


def _nova(lab: Laboratory) -> None:
    control.start_nova(lab)
    control.await_consumers(lab, "conductor", "scheduler")


def _api(lab: Laboratory, service: wsgi.Api) -> None:
    wsgi.start(lab, service)
    wsgi.await_ready(lab, service)


def _hosts(lab: Laboratory, hosts: tuple[str, ...]) -> list[Step]:
    steps: list[Step] = []
    for host in hosts:
        steps += [
            Step(f"{host} switch", partial(compute_host.start_switch, lab, host), ("databases",)),
            Step(f"{host} hypervisor", partial(compute_host.start_hypervisor, lab, host), ("databases",)),
            Step(
                f"{host} agents",
                partial(compute_host.start_agents, lab, host),
                (f"{host} switch", *flavour_of(lab.layout).before_agents, control.NEUTRON_IMPORTS),
            ),
            Step(
                f"{host} compute",
                partial(compute_host.start_compute, lab, host),
                (f"{host} hypervisor", f"{host} switch", "conductor and scheduler"),
            ),
        ]
    return steps


def _offer(lab: Laboratory, hosts: tuple[str, ...]) -> list[Step]:
    def as_administrator(work: Callable[[identity.Connection], None]) -> Callable[[], None]:
        def speak() -> None:
            with identity.asking(lab.layout):
                work(identity.administrator(lab))

        return speak

    def register_images(admin: identity.Connection) -> None:
        image_records.ensure(admin, image.records(lab.layout))

    def await_hosts(admin: identity.Connection) -> None:
        control.await_consumers(lab, *(f"compute.{host}" for host in hosts))
        readiness.await_hosts(admin, compute_host.computes(lab, hosts))

    def keep_house() -> None:
        control.start_neutron(lab, flavour_of(lab.layout).family, control.HOUSEKEEPING)

    def end_fork_servers() -> None:
        for family in (fork_servers.NOVA, flavour_of(lab.layout).family):
            fork_servers.end(lab, family)

    started = [f"{host} {part}" for host in hosts for part in ("agents", "compute")]
    report = ("compute hosts report", "network agents report")
    return [
        Step("clouds.yaml", partial(cloud.write_clouds_yaml, lab), ("databases",)),
        Step("flavor", as_administrator(cloud.ensure_flavor), ("nova API",)),
        Step("outside network", as_administrator(cloud.ensure_outside), ("neutron API", "keystone API")),
        Step("images in Glance", as_administrator(register_images), ("guest images", "glance API", "keystone API")),
        Step("outside", partial(outside.ensure, lab), (f"{NETWORK_HOST} switch", "guest images", "clouds.yaml")),
        Step(
            report[0],
            as_administrator(await_hosts),
            ("nova API", *started),
        ),
        Step(
            report[1],
            as_administrator(lambda admin: readiness.await_agents(admin, compute_host.agents(lab, hosts))),
            ("neutron API", *started),
        ),
        # It mends and cleans, hours later: nothing waits for it, and before it would only slow down what is waited for.
        Step("Neutron's housekeeping", keep_house, report),
        Step("fork servers end", end_fork_servers, ("Neutron's housekeeping",)),
    ]
