"""The nouns of a stack file as annotated Python classes: text for ``args.py``, made from the model.

Pulumi reads a package's schema off annotations, and knows fewer of them than the model does: no ``Annotated``, no
union, no literal, a list only of what is no enumeration. What these said of a value is said in its docstring.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import takewhile
from typing import Any, Literal, cast, get_args, get_origin

from pydantic.fields import FieldInfo

from components.config.base import Noun
from components.config.shapes import Shape, field_shape, in_words, is_noun, is_union, shape_of, tags_of
from components.config.stack import StackConfig

ARGS = "VipstackArgs"

_HEAD = '''"""What the component takes: a stack file's nouns, annotated for Pulumi's schema and for type checkers.

Written by `vipstack schema --write` from the model in components/config; not to be edited by hand.
"""

from typing import NotRequired, TypedDict

'''

_SIMPLE = (str, int, float, bool)
_WIDTH = 120
# What a type's words say of these, the annotation says already.
_SAID = ("text", "true or false", "a whole number", "a number", "a mapping", "a mapping by name")


def annotations() -> str:
    """The text of ``args.py``."""
    writer = _Writer()
    writer.annotate((StackConfig,), ARGS)
    imports = (f"from {module} import {', '.join(sorted(names))}\n" for module, names in sorted(writer.imports.items()))
    return _HEAD + "".join(imports) + "".join(f"\n\n{text}" for text in writer.classes.values())


@dataclass
class _Writer:
    """``classes`` are texts by name, each after those that it names; ``imports`` are enumerations by their module."""

    classes: dict[str, str] = field(default_factory=dict[str, str])
    imports: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def annotate(self, nouns: tuple[type[Noun], ...], name: str) -> str:
        """Write a class that takes what any of the nouns does; its name."""
        if name not in self.classes:
            fields = _fields(nouns)
            always = _required(nouns)
            lines = [line for key, info in fields.items() for line in self._field(key, info, key in always)]
            self.classes[name] = f'class {name}(TypedDict):\n    """{_title(nouns)}"""\n\n' + "".join(lines)
        return name

    def _field(self, name: str, info: FieldInfo, required: bool) -> Iterator[str]:
        shape = field_shape(info)
        annotation = self._annotation(shape)
        yield f"    {name}: {annotation if required else f'NotRequired[{annotation}]'}\n"
        words = in_words(shape)
        meaning = f"{info.description} ({words})" if words not in _SAID else str(info.description)
        yield (
            textwrap.indent("\n".join(textwrap.wrap(f'"""{meaning}"""', _WIDTH - 4, break_on_hyphens=False)), "    ")
            + "\n"
        )

    def _annotation(self, shape: Shape) -> str:
        core, args = shape.core, get_args(shape.core)
        if is_noun(core):
            return self.annotate((core,), core.__name__.removesuffix("Config"))
        if is_union(core):
            return self.annotate(args, _common_ending([member.__name__ for member in args]))
        if get_origin(core) is dict:
            return f"dict[str, {self._annotation(shape_of(args[1]))}]"
        if get_origin(core) is tuple:
            item = shape_of(args[0])
            return f"list[{'str' if _is_enumeration(item.core) else self._annotation(item)}]"
        return self._scalar(core)

    def _scalar(self, core: Any) -> str:  # noqa: ANN401 - annotations have no common type
        """Numbers, truth and enumerations as themselves, a literal as its values' type, all else as text."""
        if _is_enumeration(core):
            self.imports.setdefault(core.__module__, set()).add(core.__name__)
            return core.__name__
        kinds: list[Any] = [core, *map(type, get_args(core))]
        return next((simple.__name__ for simple in _SIMPLE if simple in kinds), "str")


def _is_enumeration(core: Any) -> bool:  # noqa: ANN401 - as above
    return isinstance(core, type) and issubclass(core, Enum)


def _fields(nouns: Sequence[type[Noun]]) -> dict[str, FieldInfo]:
    """What any of them takes; of several, ``type`` takes the word of each."""
    fields = {name: info for noun in nouns for name, info in noun.model_fields.items()}
    if len(nouns) == 1:
        return fields
    words = tuple(tag for noun in nouns for tag in tags_of(noun))
    which = FieldInfo(annotation=cast("type[Any]", Literal[words]), description="which one")
    return {"type": which} | {name: info for name, info in fields.items() if name != "type"}


def _required(nouns: Sequence[type[Noun]]) -> set[str]:
    """What each of them requires; of several, ``type`` too."""
    first, *others = ({name for name, info in noun.model_fields.items() if info.is_required()} for noun in nouns)
    return first.intersection(*others) | ({"type"} if others else set())


def _title(nouns: Sequence[type[Noun]]) -> str:
    if len(nouns) > 1:
        return f"One of {len(nouns)}, told apart by ``type``; the other keys depend on it."
    return " ".join((nouns[0].__doc__ or "").split("\n\n")[0].split())


def _common_ending(names: list[str]) -> str:
    """The last words that all names share."""
    words = (reversed(re.findall("[A-Z][a-z0-9]*", name)) for name in names)
    shared = takewhile(lambda same: len(set(same)) == 1, zip(*words, strict=False))
    return "".join(reversed([same[0] for same in shared]))
