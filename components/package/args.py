"""What the component takes: a stack file's nouns, annotated for Pulumi's schema and for type checkers.

Written by `vipstack schema --write` from the model in components/config; not to be edited by hand.
"""

from typing import NotRequired, TypedDict

from components.config.cloud_profile import CloudProfile
from components.config.gateway import ForwardProtocol
from components.config.guests import BondMode, LacpTime, OsFamily, Placement, PortSecurity
from components.config.haproxy.backends import Balance, Family, SendProxy
from components.config.haproxy.frontends import Match
from components.config.haproxy.load_balancer import Connection, HostFirewall
from components.config.haproxy.modes import Mode
from components.config.real_servers import ArpSilence, VipInterface, WebServer
from components.config.schedulers import Scheduler
from components.config.services import Forwarding, IpvsTable, Protocol
from components.config.stack import Delivery
from components.config.vrrp import Timing


class Router(TypedDict):
    """The router between a created network and an external one."""

    external_network: str
    """name of the cloud's external network"""
    snat: NotRequired[bool]
    """whether the router hides the network behind its own address; false: the network is routed"""


class Ipv6(TypedDict):
    """The IPv6 subnet of a network, beside the one of IPv4. Nobody announces it: guests get their addresses fixed."""

    cidr: str
    """/125 or larger, a /64 as a rule (an IPv6 subnet such as 2001:db8::/64)"""
    gateway: NotRequired[str]
    """default: the first address after the subnet's own (an IPv6 address such as 2001:db8::2)"""
    allocation_pools: NotRequired[list[str]]
    """the ranges from which Neutron takes addresses for ports (a list, each item a range of IPv6 addresses such as
    2001:db8::100-2001:db8::1ff)"""
    excluded_ranges: NotRequired[list[str]]
    """the ranges that Neutron leaves alone; the pools are the rest of the subnet (a list, each item a range of IPv6
    addresses such as 2001:db8::100-2001:db8::1ff)"""


class Network(TypedDict):
    """A network: created with the ranges that DHCP must leave alone, or an existing one looked up by name."""

    existing: NotRequired[str]
    """name of a network that is there already; nothing of it is changed"""
    cidr: str
    """/29 or larger, with room for a gateway, directors, virtual IPs and DHCP (an IPv4 subnet such as
    203.0.113.0/27)"""
    gateway: NotRequired[str]
    """default: the first address of the subnet (an IPv4 address such as 203.0.113.2)"""
    allocation_pools: NotRequired[list[str]]
    """the ranges from which DHCP hands out addresses (a list, each item a range of IPv4 addresses such as
    203.0.113.16-203.0.113.30)"""
    excluded_ranges: NotRequired[list[str]]
    """the ranges that DHCP leaves alone; the pools are the rest of the subnet (a list, each item a range of IPv4
    addresses such as 203.0.113.16-203.0.113.30)"""
    dns_servers: NotRequired[list[str]]
    """what DHCP tells guests to ask for names (a list, each item an IPv4 address such as 203.0.113.2)"""
    search_domain: NotRequired[str]
    """the domain that guests add to short names"""
    mtu: NotRequired[int]
    """bytes in the largest packet; default: what the cloud chooses (a whole number from 576 to 9216)"""
    router: NotRequired[Router]
    """none: the network has no way out"""
    ipv6: NotRequired[Ipv6]
    """none: the network has IPv4 alone"""


class VirtualIp(TypedDict):
    """One virtual IP, reserved in Neutron by a port that belongs to no server."""

    network: str
    """the key of a network of this file"""
    address: str
    """IPv4 or IPv6, inside the network's subnet of its family, outside every allocation pool (an IPv4 or IPv6 address
    such as 203.0.113.2 or 2001:db8::2)"""
    floating_ip: NotRequired[str]
    """name of the external network from which the VIP gets a floating IP"""


class Bond(TypedDict):
    """Several NICs as one, for bare-metal flavors: an Open vSwitch bridge over a bond, by LACP."""

    legs: NotRequired[int]
    """NICs in the bond; one alone has nothing to fall back on (a whole number from 2 to 8)"""
    mode: NotRequired[BondMode]
    """how traffic is shared out among the legs (one of balance-tcp, balance-slb, active-backup)"""
    lacp_time: NotRequired[LacpTime]
    """a dead leg without loss of link is noticed within 90 s, or within 3 s (slow or fast)"""


class Nic(TypedDict):
    """A network interface of every director; its addresses are those of the directors in their order."""

    network: str
    """the key of a network of this file"""
    addresses: NotRequired[list[str]]
    """one for each director; default: Neutron chooses from the allocation pools (a list, each item an IPv4 address such
    as 203.0.113.2)"""
    ipv6_addresses: NotRequired[list[str]]
    """the same for a network that has IPv6; default: Neutron chooses (a list, each item an IPv6 address such as
    2001:db8::2)"""
    bond: NotRequired[Bond]
    """this NIC is several of a bare-metal server; none: it is a single one"""


class Directors(TypedDict):
    """The directors: the servers among which the virtual IPs move."""

    availability_zone: NotRequired[str]
    """default: what Nova chooses"""
    ssh_from: NotRequired[list[str]]
    """from where SSH is let in; default: nowhere (a list, each item a subnet such as 203.0.113.0/27 or
    2001:db8::/64)"""
    floating_ips: NotRequired[str]
    """name of the external network from which each server gets a floating IP"""
    image: str
    """name of the image in Glance"""
    flavor: str
    """name of the flavor in Nova"""
    count: NotRequired[int]
    """one director alone has nobody to fail over to (a whole number from 2 to 250)"""
    names: NotRequired[list[str]]
    """one for each director; default: director-1, ... (a list, each item text)"""
    nics: list[Nic]
    """the networks on which every director has a port (a list of at least 1, each item a mapping)"""
    os_family: NotRequired[OsFamily]
    """of the image: debian (also Ubuntu), or, for pairs of HAProxy alone, redhat (also its rebuilds) (debian or
    redhat)"""
    placement: NotRequired[Placement]
    """whether two directors may share a compute host (one of anti-affinity, soft-anti-affinity, none)"""
    port_security: NotRequired[PortSecurity]
    """used on the directors' ports that carry other hosts' addresses: off, and the guest filters; or on with the
    address pair 0.0.0.0/0, and stateless groups or ordinary ones, which know half of a connection by direct routing and
    drop the rest (one of disabled, stateless, stateful)"""


class VrrpInstance(TypedDict):
    """A VRRP instance: the virtual IPs that move together under one virtual router ID."""

    virtual_ips: list[str]
    """the keys of virtual IPs of this file (a list of at least 1, each item text)"""
    virtual_router_id: int
    """unique on the network, for it is the last octet of the virtual MAC (a whole number from 1 to 255)"""
    label: NotRequired[str]
    """for ifconfig and its like: what follows `<interface>:` in the virtual IPs' label, which has at most 15
    characters, so 8 after ens160 or enp1s0 and 10 after eth0; without a virtual MAC only"""


class GratuitousArp(TypedDict):
    """How often a master tells its neighbours where the virtual IPs are now (IPv6: unsolicited advertisements)."""

    delay: NotRequired[int]
    """seconds until the new master tells it once more; 0: never (a whole number from 0 to 3600)"""
    count: NotRequired[int]
    """packets each time, for each virtual IP (a whole number from 1 to 100)"""
    refresh: NotRequired[int]
    """seconds after which a master tells it again and again; 0: never (a whole number from 0 to 86400)"""
    refresh_count: NotRequired[int]
    """packets each time it is told again (a whole number from 1 to 100)"""


class Notification(TypedDict):
    """The mail that a director sends when an instance changes its state or a real server fails its check."""

    to: list[str]
    """mail addresses (a list of at least 1, each item text)"""
    sender: NotRequired[str]
    """mail address; default: keepalived@ and the host's name"""
    smtp_server: str
    """address of the mail relay; no name, for keepalived refuses its configuration while DNS is away (an IPv4 or IPv6
    address such as 203.0.113.2 or 2001:db8::2)"""
    port: NotRequired[int]
    """the relay's port (a whole number from 1 to 65535)"""
    timeout: NotRequired[int]
    """seconds until a connection to the relay has failed (a whole number from 1 to 600)"""


class Daemon(TypedDict):
    """keepalived's command line. A change restarts keepalived, so the virtual IPs move."""

    log_detail: NotRequired[bool]
    """log each step (--log-detail)"""
    syslog_facility: NotRequired[int]
    """log to local0 ... local7; default: the facility daemon (a whole number from 0 to 7)"""


class Vrrp(TypedDict):
    """What all VRRP instances of the stack share."""

    version: NotRequired[int]
    """intervals below a second need 3, a password needs 2 (2 or 3)"""
    timing: NotRequired[Timing]
    """standard: an advert each second; fast: each 0.1 s, for directors that always get their CPU; an interval of your
    own, such as the 0.2 that holds on others too, is vrrp.advert-interval; default: standard (standard or fast)"""
    advert_interval: NotRequired[float]
    """instead of timing, seconds between adverts; version 3: 0.01 to 40.95 in hundredths, version 2: whole seconds"""
    peer_network: NotRequired[str]
    """the key of the network over which adverts travel, the directors' own; default: the virtual IPs'"""
    virtual_mac: NotRequired[bool]
    """use the MAC of RFC 5798 (00:00:5e:00:01:<VRID>) instead of gratuitous ARP alone"""
    preempt: NotRequired[bool]
    """whether a director that returns takes its VIPs back"""
    preempt_delay: NotRequired[float]
    """seconds that it waits before; default: 10 (a number from 0 to 1000)"""
    router_id: NotRequired[str]
    """prefix of keepalived's router_id, letters, digits, dots and hyphens; default: the host's name"""
    instances: dict[str, VrrpInstance]
    """one for each set of virtual IPs that move together"""
    sync_groups: NotRequired[dict[str, list[str]]]
    """by name, the keys of instances that are always on one director together"""
    gratuitous_arp: NotRequired[GratuitousArp]
    """how a master tells its neighbours where the virtual IPs are"""
    notification: NotRequired[Notification]
    """mail at failures; default: none"""
    daemon: NotRequired[Daemon]
    """how keepalived runs"""


class Persistence(TypedDict):
    """A client stays with its real server."""

    timeout: NotRequired[int]
    """seconds since its last connection; up to 31 days (a whole number from 1 to 2678400)"""
    prefix: NotRequired[int]
    """clients that share this many leading bits of their address are one client; default: all bits (a whole number from
    1 to 128)"""


class Serving(TypedDict):
    """What a real server is to one service."""

    weight: NotRequired[int]
    """its share of this service; default: its own weight (a whole number from 0 to 65535)"""


class Check(TypedDict):
    """One of 4, told apart by ``type``; the other keys depend on it."""

    type: str
    """which one (one of tcp, udp, http, none)"""
    interval: NotRequired[float]
    """seconds between checks (a number from 0.1 to 3600)"""
    timeout: NotRequired[float]
    """seconds until a check has failed (a number from 0.1 to 3600)"""
    port: NotRequired[int]
    """the port that is asked; default: where the real server listens, of a range its first (a whole number from 1 to
    65535)"""
    path: NotRequired[str]
    """what is asked for; begins with /, no spaces"""
    status: NotRequired[int]
    """the status that means healthy (a whole number from 100 to 599)"""


class Quorum(TypedDict):
    """How much weight must be healthy for the service to be served by its real servers."""

    weight: NotRequired[int]
    """the sum of healthy weights that is wanted (a whole number, 1 or more)"""
    hysteresis: NotRequired[int]
    """up at the weight and this much more, down at less than the weight less this much (a whole number, 0 or more)"""


class SorryServer(TypedDict):
    """Who answers while there is no quorum."""

    address: str
    """its own address, on a network of the directors (an IPv4 or IPv6 address such as 203.0.113.2 or 2001:db8::2)"""
    ipv6_address: NotRequired[str]
    """its own for the virtual IPs of IPv6, where they and others are one service's (an IPv6 address such as
    2001:db8::2)"""
    port: NotRequired[int]
    """where it listens; default: the service's port (a whole number from 1 to 65535)"""
    forwarding: NotRequired[Forwarding]
    """how a packet is handed to it; default: as to the real servers (direct-routing or nat)"""


class Service(TypedDict):
    """A virtual server: a port of virtual IPs, or a range of ports, shared out among real servers."""

    virtual_ip: NotRequired[str]
    """the key of a virtual IP of this file"""
    virtual_ips: NotRequired[list[str]]
    """the keys of several; instead of virtual-ip (a list, each item text)"""
    port: NotRequired[int]
    """where clients connect, and where the real servers listen (a whole number from 1 to 65535)"""
    ports: NotRequired[str]
    """a range of them, balanced as one by a firewall mark; instead of port (a range of ports such as 8000-8099)"""
    protocol: NotRequired[Protocol]
    """the transport protocol (tcp or udp)"""
    forwarding: NotRequired[Forwarding]
    """how a packet is handed to a real server: by its MAC alone, so that replies go straight to the client, or with its
    address translated, so that they come back by the directors (direct-routing or nat)"""
    real_port: NotRequired[int]
    """where the real servers listen, with nat; default: the port (a whole number from 1 to 65535)"""
    scheduler: NotRequired[Scheduler]
    """how IPVS picks a real server, by ipvsadm's names (one of rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf,
    mh)"""
    scheduler_flags: NotRequired[list[str]]
    """what sh or mh does besides, by ipvsadm's names (a list, each item one of sh-port, sh-fallback, mh-port,
    mh-fallback)"""
    persistence: NotRequired[Persistence]
    """keeps a client with its real server; default: each connection for itself"""
    one_packet: NotRequired[bool]
    """UDP: picks a real server for each datagram anew"""
    real_servers: NotRequired[dict[str, Serving]]
    """which of the real servers serve; default: all"""
    health_check: NotRequired[Check]
    """used where keepalived owns the table; default: the type of the protocol (a mapping with type: tcp or udp or http
    or none)"""
    quorum: NotRequired[Quorum]
    """when the sorry server takes over; default: when no real server is healthy"""
    sorry_server: NotRequired[SorryServer]
    """who answers while there is no quorum"""
    ipvs: NotRequired[IpvsTable]
    """who fills the IPVS table: keepalived with health checks, or a fixed table restored at boot (keepalived or
    static)"""


class RealServer(TypedDict):
    """What one real server has of its own."""

    address: NotRequired[str]
    """default: Neutron chooses from the allocation pools (an IPv4 address such as 203.0.113.2)"""
    ipv6_address: NotRequired[str]
    """for a network that has IPv6; default: Neutron chooses (an IPv6 address such as 2001:db8::2)"""
    existing: NotRequired[bool]
    """whether it is there already: then it is a destination and nothing else, and its address is needed"""
    weight: NotRequired[int]
    """its share of the connections; default: the common weight (a whole number from 0 to 65535)"""


class RealServers(TypedDict):
    """The real servers: a number of equal ones (``count``), or each by its name (``servers``)."""

    availability_zone: NotRequired[str]
    """default: what Nova chooses"""
    ssh_from: NotRequired[list[str]]
    """from where SSH is let in; default: nowhere (a list, each item a subnet such as 203.0.113.0/27 or
    2001:db8::/64)"""
    floating_ips: NotRequired[str]
    """name of the external network from which each server gets a floating IP"""
    network: str
    """the key of a network of this file"""
    image: NotRequired[str]
    """name of the image in Glance, for those that are made"""
    flavor: NotRequired[str]
    """name of the flavor in Nova, for those that are made"""
    count: NotRequired[int]
    """how many equal ones; instead of servers (a whole number, 1 or more)"""
    servers: NotRequired[dict[str, RealServer]]
    """each by its name; instead of count"""
    weight: NotRequired[int]
    """each one's share; 0 takes no new connections (a whole number from 0 to 65535)"""
    arp_silence: NotRequired[ArpSilence]
    """what keeps them from answering ARP for the virtual IPs (arptables or sysctl)"""
    vip_interface: NotRequired[VipInterface]
    """where they have the virtual IPs of direct routing: the dummy interface eth-vip, or lo (dummy or loopback)"""
    web_server: NotRequired[WebServer]
    """an example web server, so that a new stack answers (apache2 or none)"""
    placement: NotRequired[Placement]
    """whether two real servers may share a compute host (one of anti-affinity, soft-anti-affinity, none)"""


class RoutingTable(TypedDict):
    """A routing table of a NIC, or of a virtual IP; then it moves with that."""

    network: NotRequired[str]
    """the key of a network: the table is for the directors' own addresses there"""
    virtual_ip: NotRequired[str]
    """the key of a virtual IP: the table is for that, and exists where it is"""
    id: NotRequired[int]
    """the table's number; default: the first free one from 101 (a whole number from 0 to 2147483647)"""
    priority: NotRequired[int]
    """of the rule `from`, the rule `to` has the next one; default: the first free ones from 1010 (a whole number from 1
    to 32762)"""
    gateway: NotRequired[str]
    """where the table's default route leads; default: the network's gateway (an IPv4 address such as 203.0.113.2)"""
    ipv6_gateway: NotRequired[str]
    """where its default route of IPv6 leads, perhaps a router's link-local address; default: as above (an IPv6 address
    such as 2001:db8::2)"""
    addresses: NotRequired[list[str]]
    """whose packets use the table; default: all that it is for, and no others are allowed (a list, each item an IPv4
    address such as 203.0.113.2)"""
    ipv6_addresses: NotRequired[list[str]]
    """whose packets of IPv6 use the table; default: as above (a list, each item an IPv6 address such as 2001:db8::2)"""


class PolicyRouting(TypedDict):
    """One table for each NIC and each virtual IP of the directors."""

    main_network: NotRequired[str]
    """by whose gateway the directors' own connections leave; default, and of a family for which it has none: that of
    their first NIC with one"""
    tables: NotRequired[dict[str, RoutingTable]]
    """tables that are not as derived, by name; the others are added"""


class Bind(TypedDict):
    """An address and port on which HAProxy listens."""

    virtual_ip: str
    """the key of a virtual IP of this file"""
    port: int
    """where clients connect (a whole number from 1 to 65535)"""
    certificates: NotRequired[list[str]]
    """names below certificates; with any, clients connect by TLS, the first is the default (a list, each item text)"""


class Acl(TypedDict):
    """A condition by name; entries of one name are alternatives."""

    name: str
    """what use-backends calls it"""
    match: Match
    """what is looked at; server-name is the name in the TLS greeting (one of path, path-begins, path-ends, host,
    method, source, server-name)"""
    values: list[str]
    """any of them; for source, addresses or subnets (a list of at least 1, each item text)"""
    ignore_case: NotRequired[bool]
    """whether upper and lower case are the same"""


class UseBackend(TypedDict):
    """A backend for the requests that meet conditions; the first entry that does is taken."""

    backend: str
    """the key of a backend"""
    if_all: NotRequired[list[str]]
    """names of ACLs that must all match (a list, each item text)"""
    unless_any: NotRequired[list[str]]
    """names of ACLs of which none may match (a list, each item text)"""


class Frontend(TypedDict):
    """Where clients connect, and what becomes of their requests."""

    mode: NotRequired[Mode]
    """http: requests are read; tcp: bytes are passed on (http or tcp)"""
    bind: list[Bind]
    """where HAProxy listens (a list of at least 1, each item a mapping)"""
    own_addresses: NotRequired[bool]
    """listen on the directors' own addresses too, on all their networks, at the same ports"""
    maxconn: NotRequired[int]
    """connections at once; the next ones wait (a whole number from 1 to 1000000)"""
    forward_for: NotRequired[bool]
    """http: tell the servers the client's address in X-Forwarded-For"""
    proxy_protocol_from: NotRequired[list[str]]
    """proxies whose connections must begin with the PROXY protocol (v1 or v2) (a list, each item a subnet such as
    203.0.113.0/27 or 2001:db8::/64)"""
    acls: NotRequired[list[Acl]]
    """conditions for use-backends (a list, each item a mapping)"""
    use_backends: NotRequired[list[UseBackend]]
    """exceptions from default-backend (a list, each item a mapping)"""
    default_backend: str
    """the key of the backend for all other requests"""


class Server(TypedDict):
    """One server of a backend; without an address it is the stack's real server of this name."""

    address: NotRequired[str]
    """of a server that is not the stack's own (an IPv4 or IPv6 address such as 203.0.113.2 or 2001:db8::2)"""
    port: NotRequired[int]
    """default: the backend's (a whole number from 1 to 65535)"""
    weight: NotRequired[int]
    """its share; 0 takes no new connections (a whole number from 0 to 256)"""
    backup: NotRequired[bool]
    """used only when all others are out"""
    maxconn: NotRequired[int]
    """connections at once; the next ones wait (a whole number from 1 to 1000000)"""


class ServerCheck(TypedDict):
    """One of 2, told apart by ``type``; the other keys depend on it."""

    type: str
    """which one (tcp or http)"""
    interval: NotRequired[float]
    """seconds between checks (a number from 0.1 to 3600)"""
    fast_interval: NotRequired[float]
    """the same of a server that is out, or about to change; default: a quarter of interval (a number from 0.1 to
    3600)"""
    rise: NotRequired[int]
    """successes in a row until a server is in (a whole number from 1 to 100)"""
    fall: NotRequired[int]
    """failures in a row until it is out (a whole number from 1 to 100)"""
    path: NotRequired[str]
    """what is asked for"""
    host: NotRequired[str]
    """the Host of the request; default: none (HTTP/1.0)"""
    status: NotRequired[int]
    """the status that means healthy (a whole number from 100 to 599)"""


class Stick(TypedDict):
    """A client stays with its server: its address is remembered in a table."""

    size: NotRequired[int]
    """clients that are remembered (a whole number from 1 to 10000000)"""
    expire: NotRequired[int]
    """seconds after a client's last connection (a whole number from 1 to 864000)"""


class Backend(TypedDict):
    """Servers that serve the same."""

    mode: NotRequired[Mode]
    """that of the frontends that use it (http or tcp)"""
    balance: NotRequired[Balance]
    """HAProxy's algorithm, by its own name (one of roundrobin, static-rr, leastconn, first, source, random, uri,
    url_param, hdr)"""
    balance_on: NotRequired[str]
    """the header (hdr) or URL parameter (url_param)"""
    port: int
    """where its servers listen (a whole number from 1 to 65535)"""
    servers: NotRequired[dict[str, Server]]
    """by name; none: all real servers of the stack"""
    family: NotRequired[Family]
    """by which of their addresses real servers of the stack are asked, whatever clients came by (ipv4 or ipv6)"""
    check: NotRequired[ServerCheck]
    """what tells a healthy server (a mapping with type: tcp or http)"""
    send_proxy: NotRequired[SendProxy]
    """tell the servers the client's address by the PROXY protocol (one of none, v1, v2)"""
    stick: NotRequired[Stick]
    """a client stays with the server that it got first"""


class Timeouts(TypedDict):
    """For how long, in seconds, HAProxy waits."""

    http_request: NotRequired[float]
    """for a whole request's head (a number from 0.1 to 86400)"""
    queue: NotRequired[float]
    """for a server with room (a number from 0.1 to 86400)"""
    connect: NotRequired[float]
    """for a server to accept (a number from 0.1 to 86400)"""
    client: NotRequired[float]
    """for a client that says nothing (a number from 0.1 to 86400)"""
    server: NotRequired[float]
    """for a server that says nothing (a number from 0.1 to 86400)"""
    http_keep_alive: NotRequired[float]
    """for a client's next request (a number from 0.1 to 86400)"""
    check: NotRequired[float]
    """for the answer to a health check (a number from 0.1 to 86400)"""


class StatsPage(TypedDict):
    """The statistics page, on each director's own address: each knows only its own numbers."""

    network: str
    """the key of the network on whose addresses it listens"""
    port: NotRequired[int]
    """where it listens, by plain HTTP (a whole number from 1 to 65535)"""
    path: NotRequired[str]
    """its path"""
    allow_from: list[str]
    """who may read it; not everybody (a list of at least 1, each item a subnet such as 203.0.113.0/27 or
    2001:db8::/64)"""


class Peers(TypedDict):
    """The directors tell each other their stick tables, so that a failover forgets no client."""

    network: str
    """the key of the network over which they talk"""
    port: NotRequired[int]
    """where each director listens for the others (a whole number from 1 to 65535)"""


class RemoteLog(TypedDict):
    """A log server that gets a copy."""

    address: str
    """of the log server (an IPv4 or IPv6 address such as 203.0.113.2 or 2001:db8::2)"""
    port: NotRequired[int]
    """where it listens (a whole number from 1 to 65535)"""
    protocol: NotRequired[str]
    """how it listens (udp or tcp)"""


class Logging(TypedDict):
    """Where HAProxy's log goes: requests into haproxy.log, states of servers into haproxy-status.log."""

    facility: NotRequired[str]
    """syslog's facility, HAProxy's alone (one of local0, local1, local2, local3, local4, local5, local6, local7)"""
    keep: NotRequired[int]
    """days for which rotated logs are kept (a whole number from 0 to 3650)"""
    remote: NotRequired[RemoteLog]
    """a log server that gets a copy"""


class Haproxy(TypedDict):
    """The load balancer that every director runs; the one that holds a virtual IP answers there."""

    frontends: dict[str, Frontend]
    """where clients connect, by name"""
    backends: dict[str, Backend]
    """the servers behind, by name"""
    maxconn: NotRequired[int]
    """connections at once, of all frontends together (a whole number from 1 to 1000000)"""
    retries: NotRequired[int]
    """attempts on a server that does not accept (a whole number from 0 to 100)"""
    connection: NotRequired[Connection]
    """http: what becomes of a server's connection after a request (server-close or keep-alive)"""
    timeouts: NotRequired[Timeouts]
    """for how long HAProxy waits, in seconds"""
    stats_page: NotRequired[StatsPage]
    """the page with the statistics; none: no page"""
    peers: NotRequired[Peers]
    """none: stick tables begin empty after a failover"""
    logging: NotRequired[Logging]
    """where the log goes"""
    host_firewall: NotRequired[HostFirewall]
    """what filters on the directors; firewalld needs os-family redhat, and directors made for it (nftables or
    firewalld)"""


class LetIn(TypedDict):
    """Connections that may be opened from outside to the inside network, by its hosts' own addresses."""

    protocol: ForwardProtocol
    """of the connections (one of tcp, udp, icmp)"""
    port: NotRequired[int]
    """where they lead; default: any (a whole number from 1 to 65535)"""
    sources: list[str]
    """from where they come (a list of at least 1, each item an IPv4 subnet such as 203.0.113.0/27)"""
    destinations: NotRequired[list[str]]
    """where they lead, within the inside network; default: all of it (a list, each item an IPv4 subnet such as
    203.0.113.0/27)"""


class LetIn6(TypedDict):
    """The same connections over IPv6."""

    protocol: ForwardProtocol
    """of the connections; icmp is ICMPv6 (one of tcp, udp, icmp)"""
    port: NotRequired[int]
    """where they lead; default: any (a whole number from 1 to 65535)"""
    sources: list[str]
    """from where they come (a list of at least 1, each item an IPv6 subnet such as 2001:db8::/64)"""
    destinations: NotRequired[list[str]]
    """where they lead, within the inside network; default: all of it (a list, each item an IPv6 subnet such as
    2001:db8::/64)"""


class Gateway6(TypedDict):
    """The way of IPv6 between the same two networks, over the same director."""

    inside: str
    """the key of the virtual IP that is the inside network's gateway of IPv6"""
    outside: str
    """the key of the virtual IP of IPv6 on the network that leads out"""
    snat: NotRequired[bool]
    """whether what leaves carries the outside virtual IP as its source; false: the prefix is routed"""
    let_in: NotRequired[dict[str, LetIn6]]
    """what outside may open besides the services; answers always come in"""


class Gateway(TypedDict):
    """The way between an inside network and the outside, over the director that has all of its virtual IPs."""

    inside: NotRequired[str]
    """the key of the virtual IP that is its network's gateway; none: IPv6 alone"""
    outside: NotRequired[str]
    """the key of the virtual IP on the network that leads out; none: IPv6 alone"""
    snat: NotRequired[bool]
    """whether what leaves carries the outside virtual IP as its source; false: the network is routed"""
    let_in: NotRequired[dict[str, LetIn]]
    """what outside may open besides the services; answers always come in"""
    ipv6: NotRequired[Gateway6]
    """none: the directors forward IPv4 alone"""


class ConnectionSync(TypedDict):
    """What IPVS and the gateway know of connections, over a network of the directors' own."""

    network: str
    """the key of a network on which only directors are"""


class Observer(TypedDict):
    """A server that watches the virtual IPs from inside their network; the drill's probe runs on it."""

    availability_zone: NotRequired[str]
    """default: what Nova chooses"""
    ssh_from: NotRequired[list[str]]
    """from where SSH is let in; default: nowhere (a list, each item a subnet such as 203.0.113.0/27 or
    2001:db8::/64)"""
    floating_ips: NotRequired[str]
    """name of the external network from which each server gets a floating IP"""
    image: str
    """name of the image in Glance"""
    flavor: str
    """name of the flavor in Nova"""
    enabled: NotRequired[bool]
    """false: no such server"""
    network: str
    """the key of a network of this file"""
    address: NotRequired[str]
    """default: Neutron chooses from the allocation pools (an IPv4 address such as 203.0.113.2)"""
    ipv6_address: NotRequired[str]
    """for a network that has IPv6; default: Neutron chooses (an IPv6 address such as 2001:db8::2)"""


class VipstackArgs(TypedDict):
    """Everything an operator says in ``stacks/Pulumi.<stack>.yaml``."""

    networks: dict[str, Network]
    """the networks by name"""
    virtual_ips: dict[str, VirtualIp]
    """the virtual IPs by name"""
    directors: Directors
    """the servers among which the virtual IPs move"""
    vrrp: Vrrp
    """how the directors agree on who answers"""
    services: NotRequired[dict[str, Service]]
    """the virtual servers by name; none: VRRP alone"""
    real_servers: NotRequired[RealServers]
    """the servers behind the services"""
    policy_routing: NotRequired[PolicyRouting]
    """a routing table for each address of the directors; none: one default route for all"""
    haproxy: NotRequired[Haproxy]
    """the load balancer on the directors; none: IPVS or VRRP alone"""
    gateway: NotRequired[Gateway]
    """the directors as the way out of a network that has no router"""
    connection_sync: NotRequired[ConnectionSync]
    """open connections outlive a director; none: they are reset"""
    observer: NotRequired[Observer]
    """the server that watches the virtual IPs"""
    cloud_profile: NotRequired[CloudProfile]
    """what carries the cloud's networks; ovn makes virtual-mac: false and port-security: stateless the defaults (ovs or
    ovn)"""
    delivery: NotRequired[Delivery]
    """how files reach the guests: by metadata, so that a change replaces no server, or in user data (channel or
    user-data)"""
    keypair: NotRequired[str]
    """name of a key pair in the cloud"""
    package_mirror: NotRequired[str]
    """http(s) URL of a flat apt repository for guests of the debian family"""
    tags: NotRequired[list[str]]
    """put on every resource of the stack that can have tags (a list, each item text)"""
    protected: NotRequired[bool]
    """Pulumi deletes no director, and `vipstack env` tears nothing of the stack down"""
    expires: NotRequired[str]
    """from then on `vipstack env sweep` may tear the stack down; none: never (a time such as 2026-11-21T20:15Z)"""
    ready_timeout: NotRequired[int]
    """seconds that a guest may take to report ready (a whole number from 60 to 86400)"""
    certificates: NotRequired[dict[str, str]]
    """for HAProxy, by name: PEM text of certificate, chain and private key, each set with `pulumi config set --secret
    --path`"""
    vrrp_password: NotRequired[str]
    """VRRPv2 only, at most 8 characters; set it with `pulumi config set --secret`"""
