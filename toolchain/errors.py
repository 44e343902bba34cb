"""Foreseeable trouble of the toolchain."""

from foreseen import ForeseenError


class ToolchainError(ForeseenError):
    """``where`` names the program, file or step that failed."""
