"""The program against Pulumi's mocks: every resource is registered, none is created.

Decides: which resources there are, with which inputs, parents, dependencies and options, and that the program registers
every stack file. Cannot decide: what the provider and the cloud make of them (tests/lab).
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.config.check import check
from components.config.stack_secrets import secrets_of
from components.plan.stack import plan_stack
from components.resources.outputs import outputs
from components.resources.stack import Stack, StackArgs
from tests.program.recording import ALL_EXTENSIONS, Program, Recorder, facts_for, stack_file


@pytest.fixture(autouse=True, scope="session")
def no_word_of_abandoned_tasks() -> Iterator[None]:
    """A refused program leaves Pulumi's tasks behind, whose tracebacks asyncio would log when they are collected.

    Formatting one parses source, and where the collector runs while somebody else parses source, Python before 3.11.9
    and 3.12.3 fails the other (CPython issue 106905).
    """
    logger = logging.getLogger("asyncio")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


@pytest.fixture
def recorder() -> Recorder:
    """A monitor in the engine's place."""
    return Recorder.installed()


@pytest.fixture(scope="session")
def run() -> Callable[..., Program]:
    """Run the program on the nouns of a stack file."""

    def run_stack(
        name: str,
        nouns: Mapping[str, Any],
        password: str | None = None,
        extensions: frozenset[str] = ALL_EXTENSIONS,
    ) -> Program:
        recorder = Recorder.installed()
        config = check(nouns)
        plan, secrets = plan_stack(name, config), secrets_of(config)
        secrets = replace(secrets, vrrp_password=password or secrets.vrrp_password)
        exported: dict[str, Any] = {}

        @pulumi.runtime.test
        def program() -> pulumi.Output[None]:
            stack = Stack(plan.stack, StackArgs(plan, facts_for(plan, extensions), secrets))
            return pulumi.Output.from_input(outputs(plan, stack)).apply(exported.update)

        program()
        return Program(plan, tuple(recorder.registered), exported)

    return run_stack


@pytest.fixture(scope="session")
def lvs_dr(run: Callable[..., Program]) -> Program:
    """The lvs-dr stack, run once: nobody changes what was recorded."""
    return run("lvs-dr", stack_file("lvs-dr"))


@pytest.fixture(scope="session")
def vrrp(run: Callable[..., Program]) -> Program:
    """The vrrp stack, run once."""
    return run("vrrp", stack_file("vrrp"))
