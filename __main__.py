"""The program that ``pulumi up`` runs: load the stack file, plan, ask the cloud, build, export."""

import gc

import pulumi  # noqa: TID251 - the program itself

from components.resources.refusals import refusals
from guestconfig.waking import wake

# What is made here is needed to the end: the collector would only walk over it, again and again.
gc.disable()
with refusals():
    wake()
    # Imported when the provider is on its way.
    from components.config.load import load_pulumi
    from components.config.stack_secrets import secrets_of
    from components.plan.stack import plan_stack
    from components.preflight.check import begin

    config = load_pulumi()
    plan = plan_stack(pulumi.get_stack(), config)
    cloud = begin(plan)
    # The provider's SDK is slow to import, and user data to render: the cloud answers meanwhile.
    from components.rendering.user_data import prepare
    from components.resources.outputs import export
    from components.resources.stack import Stack, StackArgs

    prepare(plan)
    stack = Stack(plan.stack, StackArgs(plan, cloud.result(), secrets_of(config)))
    export(plan, stack)
# Nor need the interpreter look through all of it before it ends, which takes as long as importing half of it.
gc.freeze()
