"""One drill from end to end: for each fault and repetition order the probe, break, hold, mend, collect, judge.

Everything has a deadline. What a repetition leaves behind is a stack as it was found: every director running, one of
them master, no order and no mark in any metadata. A repetition that shows neither a promise kept nor one broken, since
the prober was blind, is done again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from drill import prober
from drill.breaking import Say, broken_director, mend_leftovers
from drill.cloud import Cloud
from drill.faults import CONTROL, Fault
from drill.mastership import boot_of, wait_for_master, wait_until_ready
from drill.outputs import Guest, StackOutputs
from drill.records import ProbeRecord
from drill.timeline import CLOCK_TOLERANCE, Judgement, Verdict, Window, judge

LEAD = 5.0  # seconds of quiet before the fault: longer than the clocks may differ
CONTROL_SECONDS = 30.0
_TRIES = 3  # of a repetition that stays unsure


@dataclass(frozen=True)
class Repetition:
    """One run: what was done (``fault`` None: nothing), to whom, and how it is judged.

    ``unsure_before`` counts the runs before this one that were done for the same repetition and decided nothing.
    """

    fault: Fault | None
    number: int
    at: float
    victim: Guest | None
    successor: Guest | None
    record: ProbeRecord
    window: Window | None
    judgement: Judgement
    unsure_before: int = 0

    @property
    def name(self) -> str:
        """The fault as the operator calls it."""
        return self.fault.name if self.fault else CONTROL


@dataclass(frozen=True)
class Drill:
    """A drill of one stack. ``virtual_ip`` is the one whose master is broken."""

    cloud: Cloud
    stack: StackOutputs
    virtual_ip: str
    say: Say

    @property
    def _address(self) -> str:
        return self.stack.addresses[self.virtual_ip]

    def run(self, plan: Sequence[tuple[Fault | None, int]]) -> Iterator[Repetition]:
        """The repetitions of the plan, (fault or None for control, number) each, as they are decided.

        Raises:
            DrillError: the stack cannot be drilled, or something did not happen in its time.
        """
        mend_leftovers(self.cloud, self.stack.directors, self.say)
        try:
            for fault, number in plan:
                yield self._decided(fault, number)
        finally:
            prober.withdraw(self.cloud, self.stack.observer)

    def _decided(self, fault: Fault | None, number: int) -> Repetition:
        """The repetition, done again while it is unsure and that may be chance; unsure where it stays so."""
        done = self._once(fault, number)
        while done.judgement.verdict is Verdict.UNSURE and done.unsure_before + 1 < _TRIES:
            self.say(f"{done.name} {number} is done again: {'; '.join(done.judgement.reasons)}")
            done = replace(self._once(fault, number), unsure_before=done.unsure_before + 1)
        return done

    def _once(self, fault: Fault | None, number: int) -> Repetition:
        return self._break(fault, number) if fault else self._control(number)

    def _control(self, number: int) -> Repetition:
        self._settle()
        at, run = time.time(), self._start(CONTROL_SECONDS)
        record = prober.collect(self.cloud, self.stack.observer, run)
        judgement = judge(record, None, self._promises(lambda key: self.stack.bounds[key].clean_stop))
        return Repetition(None, number, at, None, None, record, None, judgement)

    def _break(self, fault: Fault, number: int) -> Repetition:
        victim = self._settle()
        boot = boot_of(self.cloud, victim)
        promises = self._promises(lambda key: fault.promise(self.stack.bounds[key]))
        hold = max(promises.values()) + 2 * CLOCK_TOLERANCE
        at, run = time.time(), self._start(LEAD + fault.takes + hold + fault.watch)
        time.sleep(LEAD)
        network = self.stack.networks[self.virtual_ip]
        with broken_director(self.cloud, victim, fault, network, self.say) as times:
            other_than = victim if fault.moves else None
            if fault.moves:
                successor = wait_for_master(self.cloud, self.stack, self._address, other_than=victim)
                self.say(f"{fault.name}: {successor.name} has taken {self._address} over")
            # The next loss, should the return bring one, must stand clear of the last.
            time.sleep(max(2 * CLOCK_TOLERANCE, times.begun + hold - time.time()))
            successor = wait_for_master(self.cloud, self.stack, self._address, other_than=other_than)
        window = Window(times.broke + run.ahead, times.mended + run.ahead)
        record = prober.collect(self.cloud, self.stack.observer, run)
        wait_until_ready(self.cloud, victim, not_since=boot if fault.reboots else None)
        self._settle()
        judgement = judge(record, window, promises, fault.at_least(self.stack.bounds[self.virtual_ip]))
        return Repetition(fault, number, at, victim, successor, record, window, judgement)

    def _settle(self) -> Guest:
        """Wait until every director takes part and one of them is master: that one."""
        for director in self.stack.directors:
            wait_until_ready(self.cloud, director)
        return wait_for_master(self.cloud, self.stack, self._address)

    def _start(self, seconds: float) -> prober.Run:
        run = prober.start(self.cloud, self.stack.observer, seconds, self.stack.targets)
        self.say(f"the probe runs for {seconds:.0f} s, {len(self.stack.targets)} targets every {prober.INTERVAL} ms")
        return run

    def _promises(self, bound: Callable[[str], float]) -> dict[str, float]:
        return {str(target): bound(target.virtual_ip) for target in self.stack.targets}
