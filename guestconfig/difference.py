"""What differs between the configuration a guest has and the one it shall have, file by file.

Each file under its own path, so that ``pulumi preview --diff`` shows the changed lines. Deliberately not among the
differences: ``deadline``, which concerns only the waiting.
"""

from collections.abc import Mapping

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import PropertyDiff, PropertyDiffKind

from guestconfig.inputs import plain, read_inputs, text_map

_WHOLE = ("host", "role", "server_id", "delivery")
_BY_KEY = ("files", "interfaces")


def difference(old: Mapping[str, PropertyValue], new: Mapping[str, PropertyValue]) -> dict[str, PropertyDiff]:
    """The differing properties by their path in Pulumi's notation.

    Args:
        old: the state.
        new: the inputs.
    """
    before = {name: plain(value) for name, value in old.items()}
    after = {name: plain(value) for name, value in new.items()}
    found = {
        name: PropertyDiff(PropertyDiffKind.UPDATE, input_diff=True)
        for name in _WHOLE
        if before.get(name) != after.get(name)
    }
    for name in _BY_KEY:
        found.update(_by_key(name, before.get(name), after.get(name)))
    if not found and before.get("digest") != read_inputs(new).manifest(0).digest:
        # The guest never reported this configuration as applied: the last update failed, or somebody took it away.
        found["digest"] = PropertyDiff(PropertyDiffKind.UPDATE, input_diff=False)
    return found


def _by_key(name: str, before: object, after: object) -> dict[str, PropertyDiff]:
    olds, news = text_map(before), text_map(after)
    if olds is None or news is None:
        return {} if before == after else {name: PropertyDiff(PropertyDiffKind.UPDATE, input_diff=True)}
    kinds = {key: _kind(key, olds, news) for key in sorted({*olds, *news}) if olds.get(key) != news.get(key)}
    return {f'{name}["{key}"]': PropertyDiff(kind, input_diff=True) for key, kind in kinds.items()}


def _kind(key: str, olds: dict[str, str], news: dict[str, str]) -> PropertyDiffKind:
    if key not in olds:
        return PropertyDiffKind.ADD
    return PropertyDiffKind.UPDATE if key in news else PropertyDiffKind.DELETE
