"""The Pulumi CLI and the OpenStack provider, built as Go modules where they are not installed.

An installed ``pulumi`` is always used, as it is, with the plugins it downloads itself. Only where there is none are
the CLI, its Python language host (``cli/``) and the provider (``provider/``) built, once, into a cache outside the
checkout, and found only by those who ask for :func:`environment`: what is built here never stands before what the
vendor installed.

Add here: what finds, builds or runs these programs. Do not add here: what a stack is (``components/``), or a word of
output but progress (``vipstack/toolchain.py`` prints). Deliberately nothing but the standard library (and
``foreseen``) is imported: the toolchain is looked at in every run of the command line, and built on machines that have
little else.
"""

from toolchain.choice import Toolchain, ensure, environment
from toolchain.errors import ToolchainError
from toolchain.execution import Progress
from toolchain.interrupting import begun

__all__ = ["Progress", "Toolchain", "ToolchainError", "begun", "ensure", "environment"]
