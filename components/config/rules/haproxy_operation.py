"""``haproxy``: the page, the peers, the host firewall and the certificates."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.guests import OsFamily
from components.config.haproxy.load_balancer import HostFirewall
from components.config.stack_secrets import ENCRYPTED


def directors_listen_on_their_networks(draft: Draft) -> Iterator[Finding]:
    """The page and the peers use the directors' own addresses."""
    if draft.haproxy is None or draft.directors is None:
        return
    networks = {nic.network for nic in draft.directors.nics}
    if not networks.issubset(draft.names("networks")):  # the unknown one may be meant
        return
    for key, config in (("stats-page", draft.haproxy.stats_page), ("peers", draft.haproxy.peers)):
        if config and config.network in draft.networks and config.network not in networks:
            yield Finding(
                at("haproxy", key, "network"),
                f"the directors have no NIC on network {config.network}",
                "HAProxy listens there on each director's own address",
                f"Choose one of {', '.join(sorted(networks))}, or add the network to {at('directors', 'nics')}",
            )


def peers_have_something_to_tell(draft: Draft) -> Iterator[Finding]:
    """Only stick tables travel between peers."""
    config = draft.haproxy
    if config and config.peers and not any(backend.stick for backend in config.backends.values()):
        yield Finding(
            at("haproxy", "peers"),
            "there are peers, but no backend has a stick table",
            "Peers tell each other which client belongs to which server, and no backend remembers that",
            "Add stick: {} to a backend, or remove the peers",
        )


def peers_are_two_or_more(draft: Draft) -> Iterator[Finding]:
    """One alone has nobody to tell."""
    config, directors = draft.haproxy, draft.directors
    if config and config.peers and directors and len(directors.keys) == 1:
        yield Finding(
            at("haproxy", "peers"),
            f"the only director is {directors.keys[0]}",
            "Peers tell each other their stick tables; one alone has nobody to tell",
            f"Name a second director at {at('directors', 'names')}, or remove the peers",
        )


def firewalld_is_there(draft: Draft) -> Iterator[Finding]:
    """Debian's images come without it, and what was not in the bootstrap is not installed."""
    if draft.haproxy is None or draft.directors is None:
        return
    debian = draft.directors.os_family is OsFamily.DEBIAN
    if draft.haproxy.host_firewall is HostFirewall.FIREWALLD and debian:
        yield Finding(
            at("haproxy", "host-firewall"),
            "the directors' os-family is debian, which has no firewalld",
            "firewalld comes with the redhat family; Debian's images filter with nftables alone",
            f"Choose nftables, or set {at('directors', 'os-family')} to redhat if that is what the image is",
        )


def logs_are_told_apart(draft: Draft) -> Iterator[Finding]:
    """Two daemons on one facility share a file, and the states of servers are among keepalived's."""
    daemon = draft.vrrp.daemon if draft.vrrp else None
    if draft.haproxy and daemon and draft.haproxy.logging.facility == f"local{daemon.syslog_facility}":
        yield Finding(
            at("haproxy", "logging", "facility"),
            f"{draft.haproxy.logging.facility} is keepalived's facility already",
            "syslog tells the two logs apart by their facilities",
            f"Choose another one, here or at {at('vrrp', 'daemon', 'syslog-facility')}",
        )


def certificates_are_whole(draft: Draft) -> Iterator[Finding]:
    """HAProxy reads certificate, chain and key from one file. The text itself is never shown."""
    for name, secret in draft.certificates.items():
        text = secret.get_secret_value()
        if text == ENCRYPTED:
            continue
        for missing, word in (("-----BEGIN CERTIFICATE-----", "certificate"), (" KEY-----", "private key")):
            if missing not in text:
                yield Finding(
                    at("certificates", name),
                    f"it has no {word}",
                    "HAProxy reads the certificate, its chain and the private key from one PEM text, in this order",
                    "Put the files one after the other and set the result",
                )
        if "ENCRYPTED" in text:
            yield Finding(
                at("certificates", name),
                "its private key is encrypted",
                "HAProxy would ask for the passphrase at every start, and nobody is there to answer",
                "Decrypt the key; Pulumi encrypts the whole value",
            )
