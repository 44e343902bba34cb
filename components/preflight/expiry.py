"""Is the stack's end past already? Asks nothing but the clock, which the rules of the stack file do not know.

No finding, but a remark: a stack that is over must still be looked at, and given more time.
"""

from collections.abc import Iterator
from datetime import datetime

from components.config.errors import at
from components.config.expiry import written
from components.plan.stack import StackPlan
from components.plan.tags import marks


def remarks(plan: StackPlan, now: datetime) -> Iterator[str]:
    """One where the next sweep would tear down what is made now."""
    said = marks(plan.tags)
    if said and said.expires and said.expires <= now:
        yield (
            f"{at('expires')} is {written(said.expires)}, which is past: the next `vipstack env sweep` may tear the "
            "stack down. Write a later time, or remove the key."
        )
