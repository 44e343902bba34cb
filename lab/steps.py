"""Runs steps as soon as the steps they wait for are done, side by side; the first failure ends the rest.

A failure or an interrupt is the end of the whole command: nothing can be run in this process afterwards.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from lab import commands
from lab.progress import Progress


@dataclass(frozen=True)
class Step:
    """A piece of work with a name; ``after`` names the steps that must be done before."""

    name: str
    work: Callable[[], None]
    after: tuple[str, ...] = ()


def run(steps: list[Step], progress: Progress) -> None:
    """Run all steps; raises what the first failed step raised, when those that ran beside it have ended."""
    _refuse_unknown(steps)
    pending = {step.name: step for step in steps}
    done: set[str] = set()
    running: dict[Future[None], str] = {}
    failure: BaseException | None = None
    with ThreadPoolExecutor(len(steps)) as pool:
        try:
            while pending or running:
                if failure is None:
                    for step in [s for s in pending.values() if done.issuperset(s.after)]:
                        running[pool.submit(_work, step, progress)] = step.name
                        del pending[step.name]
                if not running:
                    break
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    done.add(running.pop(future))
                    if failure is None and (failure := future.exception()) is not None:
                        commands.interrupt()  # what runs beside it would only delay the bad news
        except KeyboardInterrupt:
            commands.interrupt()
            raise
    if failure is not None:
        raise failure


def _work(step: Step, progress: Progress) -> None:
    with progress.step(step.name):
        step.work()


def _refuse_unknown(steps: list[Step]) -> None:
    names = {step.name for step in steps}
    for step in steps:
        if unknown := set(step.after) - names:
            message = f"step {step.name!r} waits for {sorted(unknown)}, which nobody does"
            raise ValueError(message)
