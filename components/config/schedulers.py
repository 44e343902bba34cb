"""How IPVS picks a real server: its schedulers and their flags, by the names that ipvsadm(8) gives them."""

from enum import StrEnum


class Scheduler(StrEnum):
    """Every scheduler of IPVS."""

    ROUND_ROBIN = "rr"
    WEIGHTED_ROUND_ROBIN = "wrr"
    LEAST_CONNECTION = "lc"
    WEIGHTED_LEAST_CONNECTION = "wlc"
    LOCALITY_LEAST_CONNECTION = "lblc"
    LOCALITY_LEAST_CONNECTION_REPLICATION = "lblcr"
    DESTINATION_HASHING = "dh"
    SOURCE_HASHING = "sh"
    SHORTEST_EXPECTED_DELAY = "sed"
    NEVER_QUEUE = "nq"
    WEIGHTED_FAILOVER = "fo"
    WEIGHTED_OVERFLOW = "ovf"
    MAGLEV_HASHING = "mh"


class SchedulerFlag(StrEnum):
    """What a hashing scheduler does besides: count the client's port in, or step in for a server of weight 0."""

    SOURCE_PORT = "sh-port"
    SOURCE_FALLBACK = "sh-fallback"
    MAGLEV_PORT = "mh-port"
    MAGLEV_FALLBACK = "mh-fallback"

    @property
    def scheduler(self) -> Scheduler:
        """The scheduler that knows this flag."""
        return Scheduler(self.value.partition("-")[0])
