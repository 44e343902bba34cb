"""Foreseeable trouble of a preview."""

from foreseen import ForeseenError


class ReviewError(ForeseenError):
    """``where`` names the stack or the step that failed."""
