"""The stack of the next module, brought up while this module's tests run.

Emulated guests take minutes to boot, and tests mostly wait. The guests of a stack that comes up ahead stand behind the
others until their module asks for them, so that nobody's failover takes much longer for it.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

import yaml

from lab import priority
from lab.errors import LabError
from lab.layout import Layout
from lab.stacks import LabStack, shipped, with_image


@dataclass(frozen=True)
class Wanted:
    """A stack that a module's tests work on: ``file`` instead of the shipped one, ``image`` instead of the file's."""

    name: str
    image: str | None = None
    file: Path | None = None

    def stack(self, layout: Layout, folder: Path) -> LabStack:
        """The stack, its file in a folder where it is not the one in the checkout."""
        if self.image is None:
            return LabStack(self.name, layout, self.file)
        return LabStack(self.name, layout, with_image(self._source, self.image, folder))

    def meets(self, other: "Wanted") -> bool:
        """Whether the two have addresses in common, so that the client beyond the routers could reach one only."""
        return any(one.overlaps(two) for one in self.cidrs for two in other.cidrs)

    @property
    def _source(self) -> Path:
        return self.file or shipped(self.name)

    @property
    def cidrs(self) -> list[IPv4Network]:
        """The addresses of its networks."""
        config = yaml.safe_load(self._source.read_text(encoding="utf-8"))["config"]
        return [IPv4Network(network["cidr"]) for network in config["vipstack:networks"].values()]


def in_turn(modules: Sequence[tuple[str, Wanted | None]]) -> list[str]:
    """The modules in an order in which stacks that follow one another have no addresses in common, where there is one.

    Otherwise as they come.
    """
    left, turn, last = list(modules), list[str](), None
    while left:
        name, wanted = next((one for one in left if not (last and one[1] and one[1].meets(last))), left[0])
        left.remove((name, wanted))
        turn.append(name)
        last = wanted or last
    return turn


class _Begun:
    """A stack on its way up, behind the one under test."""

    def __init__(self, wanted: Wanted, stack: LabStack) -> None:
        self.wanted, self.stack = wanted, stack
        self._share = priority.BEHIND
        self._up: Future[object] = ThreadPoolExecutor(max_workers=1).submit(stack.up, share=lambda: self._share)

    def finish(self) -> None:
        """Go on behind nobody, and wait until it is up. Raises ``LabError`` where it does not come up."""
        self._share = priority.COMING_UP
        self._up.result()


class Ahead:
    """Brings up the stacks of the modules in turn, each while its predecessor's tests run."""

    def __init__(self, layout: Layout, turn: Sequence[Wanted], folder: Path) -> None:
        self._layout, self._turn, self._folder = layout, list(turn), folder
        self._begun: _Begun | None = None

    def take(self, wanted: Wanted) -> LabStack:
        """The stack, up; the next one is on its way. Where it does not come up it is torn down: ``LabError``."""
        if self._begun and self._begun.wanted == wanted:
            begun, self._begun = self._begun, None
        else:
            begun = self._begin(wanted)
        try:
            begun.finish()
        except LabError:
            begun.stack.destroy()
            raise
        self._go_on_from(wanted)
        return begun.stack

    def abandon(self) -> None:
        """Tear down what nobody asked for."""
        if self._begun:
            begun, self._begun = self._begun, None
            try:
                begun.finish()
            finally:
                begun.stack.destroy()

    def _begin(self, wanted: Wanted) -> _Begun:
        stack = wanted.stack(self._layout, self._folder)
        stack.init()
        return _Begun(wanted, stack)

    def _go_on_from(self, wanted: Wanted) -> None:
        behind = self._turn[self._turn.index(wanted) + 1 :] if wanted in self._turn else []
        if behind and self._begun is None and not behind[0].meets(wanted):
            self._begun = self._begin(behind[0])
