"""What frontends and backends share."""

from enum import StrEnum


class Mode(StrEnum):
    """Whether HAProxy reads requests or passes bytes on."""

    HTTP = "http"
    TCP = "tcp"
