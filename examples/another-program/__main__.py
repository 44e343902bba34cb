"""A program of its own that has a highly available address among its resources: two servers, one virtual IP."""

import pulumi

from components.package.args import VipstackArgs
from components.package.component import Vipstack

args = VipstackArgs(
    networks={"shop": {"cidr": "10.200.61.0/24", "excluded_ranges": ["10.200.61.2-10.200.61.31"]}},
    virtual_ips={"shop": {"network": "shop", "address": "10.200.61.10"}},
    directors={"image": "debian-12-vipstack", "flavor": "vip.small", "nics": [{"network": "shop"}]},
    vrrp={"instances": {"shop": {"virtual_ips": ["shop"], "virtual_router_id": 61}}},
)
pulumi.export("virtual-ips", Vipstack("shop", args).virtual_ips)
