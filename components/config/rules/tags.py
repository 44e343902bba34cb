"""The operator's tags beside ours."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at, shown

# What ours begin with (components/plan/tags.py); a tag decides whom `vipstack env sweep` tears down.
_OURS = ("vipstack:", "vipstack-")


def tags_are_the_operators_own(draft: Draft) -> Iterator[Finding]:
    """A tag like ours could make a resource another stack's."""
    for index, tag in enumerate(draft.tags):
        if tag.startswith(_OURS):
            yield Finding(
                at("tags", index),
                f"{shown(tag)} looks like a tag of vipstack's own",
                "Those name a resource's stack and its end, and are put there by the program",
                f"Choose another, or write {at('expires')} or {at('protected')}",
            )
