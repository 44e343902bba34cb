"""A project that keeps things in a list, and refuses as Nova and Neutron do. For this rung alone."""

from dataclasses import dataclass, field

from environments.inventory import Kind, Thing


def environment(name: str, *more: str, end: str = "2026-11-21T20:15Z") -> list[Thing]:
    """The resources of a small environment, with these tags beside its own."""
    tags = (f"vipstack:{name}", f"vipstack-expires:{end}", *more)
    return [
        Thing(Kind.SECURITY_GROUP, f"{name}-sg", f"{name}-director", tags),
        Thing(Kind.NETWORK, f"{name}-net", f"{name}-web", tags),
        Thing(Kind.SUBNET, f"{name}-subnet", f"{name}-web", tags),
        Thing(Kind.ROUTER, f"{name}-router", f"{name}-web", tags),
        Thing(Kind.PORT, f"{name}-port", f"{name}-director-1-web", tags),
        Thing(Kind.FLOATING_IP, f"{name}-fip", "192.0.2.100", tags),
        Thing(Kind.SERVER_GROUP, f"{name}-group", f"{name}-director"),
        Thing(Kind.SERVER, f"{name}-server", f"{name}-director-1", tags),
    ]


@dataclass
class ListedProject:
    """``stuck`` are ids that stay in use for so many deletions."""

    there: list[Thing]
    stuck: dict[str, int] = field(default_factory=dict)
    deleted: list[Thing] = field(default_factory=list)
    why: str = "in use by somebody"

    def things(self) -> tuple[Thing, ...]:
        """What there is."""
        return tuple(self.there)

    def delete(self, thing: Thing) -> str | None:
        """Delete, or say why not."""
        if self.stuck.get(thing.id, 0) > 0:
            self.stuck[thing.id] -= 1
            return self.why
        if thing in self.there:
            self.there.remove(thing)
            self.deleted.append(thing)
        return None
