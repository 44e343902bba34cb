"""Foreseeable trouble of the lab."""

from foreseen import ForeseenError


class LabError(ForeseenError):
    """``where`` names the part of the lab."""
