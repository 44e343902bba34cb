"""The template environment: one for the process, since compiling a template costs more than rendering it often.

Templates see values that are ready to be printed. A misspelt variable raises; nothing is escaped, because no template
here makes HTML and a password ``a&b`` must stay ``a&b``.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from components.rendering.filters import FILTERS

CLOUD_INIT = Path(__file__).parents[2] / "cloud-init"
SUFFIX = ".j2"


@cache
def environment() -> Environment:
    """The environment over ``cloud-init/``; a line that holds only a tag leaves no trace in the file."""
    made = Environment(
        loader=FileSystemLoader(CLOUD_INIT),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML is made here, and & in a password must stay
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(FILTERS)
    return made


@cache
def _template(name: str) -> Template:
    return environment().get_template(name)


def render(folder: str, path: str, **values: object) -> str:
    """A guest's file as its template makes it.

    Args:
        folder: the folder below ``cloud-init/``: a role or a feature.
        path: the file's path on the guest; the template's name adds ``.j2``.
        values: the template's variables.

    Raises:
        jinja2.UndefinedError: the template names a variable that is not among the values.
    """
    return _template(f"{folder}{path}{SUFFIX}").render(values)
