"""Foreseeable trouble of a drill."""

from foreseen import ForeseenError


class DrillError(ForeseenError):
    """``where`` names the guest, item or output."""
