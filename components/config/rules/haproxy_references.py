"""``haproxy``: every name that is used is there."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at, choose
from components.config.haproxy.frontends import FrontendConfig


def binds_are_virtual_ips(draft: Draft) -> Iterator[Finding]:
    """HAProxy may bind addresses that a director does not have (yet), so nothing else would tell a slip."""
    if "virtual-ips" in draft.unreadable:
        return
    known = draft.names("virtual-ips")
    for name, frontend in draft.frontends.items():
        for index, bind in enumerate(frontend.bind):
            if bind.virtual_ip not in known:
                yield Finding(
                    at("haproxy", "frontends", name, "bind", index, "virtual-ip"),
                    f"there is no virtual IP {bind.virtual_ip}",
                    f"HAProxy listens on virtual IPs, named by their keys: {', '.join(known)}. On a backup it must "
                    "bind an address that is not there yet (ip_nonlocal_bind), so a wrong one would go unnoticed",
                    choose(bind.virtual_ip, known),
                )


def certificates_are_there(draft: Draft) -> Iterator[Finding]:
    """A bind's certificates are named below ``certificates``."""
    if "certificates" in draft.unreadable:
        return
    broken = (path.removeprefix("certificates.") for path in draft.unreadable if path.startswith("certificates."))
    known = (*draft.certificates, *sorted(broken))
    for name, frontend in draft.frontends.items():
        for index, bind in enumerate(frontend.bind):
            for place, certificate in enumerate(bind.certificates):
                if certificate not in known:
                    yield Finding(
                        at("haproxy", "frontends", name, "bind", index, "certificates", place),
                        f"there is no certificate {certificate}",
                        f"A certificate is named by its key below {at('certificates')}: {', '.join(known) or 'none'}",
                        choose(certificate, known)
                        if known
                        else f"Set it: pulumi config set --secret --path {at('certificates', certificate)}",
                    )


def backends_are_there(draft: Draft) -> Iterator[Finding]:
    """A frontend's backends are described."""
    known = tuple(draft.backends)
    for name, frontend in draft.frontends.items():
        for where, backend in _backends(name, frontend):
            if backend not in known:
                yield Finding(
                    where,
                    f"there is no backend {backend}",
                    f"A backend is named by its key below {at('haproxy', 'backends')}: {', '.join(known)}",
                    choose(backend, known),
                )


def _backends(name: str, frontend: FrontendConfig) -> Iterator[tuple[str, str]]:
    for index, use in enumerate(frontend.use_backends):
        yield at("haproxy", "frontends", name, "use-backends", index, "backend"), use.backend
    yield at("haproxy", "frontends", name, "default-backend"), frontend.default_backend


def acls_are_there(draft: Draft) -> Iterator[Finding]:
    """A condition is one of its frontend's ACLs; others know nothing of it."""
    for name, frontend in draft.frontends.items():
        known = tuple(dict.fromkeys(acl.name for acl in frontend.acls))
        for index, use in enumerate(frontend.use_backends):
            for key, conditions in (("if-all", use.if_all), ("unless-any", use.unless_any)):
                for place, condition in enumerate(conditions):
                    if condition not in known:
                        yield Finding(
                            at("haproxy", "frontends", name, "use-backends", index, key, place),
                            f"there is no ACL {condition} in this frontend",
                            f"It has {', '.join(known) or 'none'}; those of another frontend do not count here",
                            choose(condition, known)
                            if known
                            else f"Add it to {at('haproxy', 'frontends', name, 'acls')}",
                        )


def servers_are_there(draft: Draft) -> Iterator[Finding]:
    """A server without an address is a real server of the stack, and a backend without servers has them all."""
    if not draft.is_complete("real-servers"):
        return
    known = draft.real_servers.keys if draft.real_servers else ()
    for name, backend in draft.backends.items():
        if not backend.servers and draft.real_servers is None:
            yield Finding(
                at("haproxy", "backends", name),
                "it has no servers, and the stack has no real servers",
                "A backend shares its connections out among its servers, else among all real servers of the stack",
                f"Name servers with their addresses, or describe {at('real-servers')}",
            )
        for server, config in backend.servers.items():
            if config.address is None and server not in known:
                yield Finding(
                    at("haproxy", "backends", name, "servers", server),
                    f"it has no address, and there is no real server {server}",
                    f"A server without an address is a real server of the stack: {', '.join(known) or 'there is none'}",
                    f"Add its address, or {choose(server, known).lower()}" if known else "Add its address",
                )
