"""What a flavour must say; the rest of the lab knows flavours by this alone."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from lab.fork_servers import Family
from lab.laboratory import Laboratory
from lab.layout import Layout
from lab.passwords import Passwords
from lab.services.ini import Settings
from lab.steps import Step


@dataclass(frozen=True)
class Agent:
    """A process of a compute host; ``binary`` is Neutron's name for it among its agents."""

    name: str  # below the host's name, as in ``status``
    binary: str
    words: Sequence[str | Path]
    family: Family | None = None  # of a Python program's: its fork server starts it


class Flavour(ABC):
    """An ML2 driver with everything that it brings."""

    packages: ClassVar[tuple[str, ...]] = ()  # of the machine, beside those that every flavour needs
    services: ClassVar[tuple[str, ...]] = ()  # of these packages: none may start on the machine
    state: ClassVar[tuple[str, ...]] = ()  # folders of the lab's state that go with the databases
    vswitchd_options: ClassVar[tuple[str, ...]] = ()
    service_plugins: ClassVar[str]
    family: ClassVar[Family]  # Neutron's programs beside its API, and the agents that are written in Python
    programs: ClassVar[tuple[str, ...]]  # those beside the API
    before_api: ClassVar[tuple[str, ...]] = ()  # steps that Neutron's API waits for
    before_agents: ClassVar[tuple[str, ...]] = ()  # steps that the hosts' agents wait for

    @abstractmethod
    def ml2_settings(self, layout: Layout) -> Settings:
        """ml2.ini, read by everything of Neutron's in the control room."""

    @abstractmethod
    def agent_settings(self, layout: Layout, passwords: Passwords, host: str) -> Settings:
        """The settings of every agent on one host."""

    @abstractmethod
    def control_steps(self, lab: Laboratory) -> list[Step]:
        """The steps that start what the driver runs in the control room beside Neutron's API."""

    @abstractmethod
    def lay_bridges(self, lab: Laboratory, host: str) -> None:
        """Connect a host's running switch: its bridges, and what the driver's agents read there."""

    @abstractmethod
    def agents(self, layout: Layout, host: str) -> tuple[Agent, ...]:
        """The driver's agents on one host."""
