package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Terraform's name of each resource beside the Python SDK's token. Add what the program begins to use;
// tests/unit/toolchain holds each token against the installed SDK.
var resourceTokens = map[string]string{
	"openstack_compute_flavor_v2":                     "openstack:compute/flavor:Flavor",
	"openstack_compute_instance_v2":                   "openstack:compute/instance:Instance",
	"openstack_compute_interface_attach_v2":           "openstack:compute/interfaceAttach:InterfaceAttach",
	"openstack_compute_keypair_v2":                    "openstack:compute/keypair:Keypair",
	"openstack_compute_servergroup_v2":                "openstack:compute/serverGroup:ServerGroup",
	"openstack_images_image_v2":                       "openstack:images/image:Image",
	"openstack_networking_address_group_v2":           "openstack:networking/addressGroupV2:AddressGroupV2",
	"openstack_networking_floatingip_associate_v2":    "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
	"openstack_networking_floatingip_v2":              "openstack:networking/floatingIp:FloatingIp",
	"openstack_networking_network_v2":                 "openstack:networking/network:Network",
	"openstack_networking_port_secgroup_associate_v2": "openstack:networking/portSecGroupAssociate:PortSecGroupAssociate",
	"openstack_networking_port_v2":                    "openstack:networking/port:Port",
	"openstack_networking_portforwarding_v2":          "openstack:networking/portForwardingV2:PortForwardingV2",
	"openstack_networking_router_interface_v2":        "openstack:networking/routerInterface:RouterInterface",
	"openstack_networking_router_route_v2":            "openstack:networking/routerRoute:RouterRoute",
	"openstack_networking_router_v2":                  "openstack:networking/router:Router",
	"openstack_networking_secgroup_rule_v2":           "openstack:networking/secGroupRule:SecGroupRule",
	"openstack_networking_secgroup_v2":                "openstack:networking/secGroup:SecGroup",
	"openstack_networking_subnet_route_v2":            "openstack:networking/subnetRoute:SubnetRoute",
	"openstack_networking_subnet_v2":                  "openstack:networking/subnet:Subnet",
}

// The same for what the program only looks up.
var dataSourceTokens = map[string]string{
	"openstack_compute_availability_zones_v2": "openstack:compute/getAvailabilityZones:getAvailabilityZones",
	"openstack_compute_flavor_v2":             "openstack:compute/getFlavor:getFlavor",
	"openstack_compute_instance_v2":           "openstack:compute/getInstanceV2:getInstanceV2",
	"openstack_compute_keypair_v2":            "openstack:compute/getKeypair:getKeypair",
	"openstack_compute_limits_v2":             "openstack:compute/getLimitsV2:getLimitsV2",
	"openstack_compute_servergroup_v2":        "openstack:compute/getServergroupV2:getServergroupV2",
	"openstack_identity_auth_scope_v3":        "openstack:identity/getAuthScope:getAuthScope",
	"openstack_images_image_ids_v2":           "openstack:images/getImageIds:getImageIds",
	"openstack_images_image_v2":               "openstack:images/getImage:getImage",
	"openstack_networking_floatingip_v2":      "openstack:networking/getFloatingIp:getFloatingIp",
	"openstack_networking_network_v2":         "openstack:networking/getNetwork:getNetwork",
	"openstack_networking_port_ids_v2":        "openstack:networking/getPortIds:getPortIds",
	"openstack_networking_port_v2":            "openstack:networking/getPort:getPort",
	"openstack_networking_quota_v2":           "openstack:networking/getQuotaV2:getQuotaV2",
	"openstack_networking_router_v2":          "openstack:networking/getRouter:getRouter",
	"openstack_networking_secgroup_v2":        "openstack:networking/getSecGroup:getSecGroup",
	"openstack_networking_subnet_ids_v2":      "openstack:networking/getSubnetIdsV2:getSubnetIdsV2",
	"openstack_networking_subnet_v2":          "openstack:networking/getSubnet:getSubnet",
}

func resources() map[string]*tfbridge.ResourceInfo {
	mapped := make(map[string]*tfbridge.ResourceInfo, len(resourceTokens))
	for name, token := range resourceTokens {
		mapped[name] = &tfbridge.ResourceInfo{Tok: tokens.Type(token)}
	}
	return mapped
}

func dataSources() map[string]*tfbridge.DataSourceInfo {
	mapped := make(map[string]*tfbridge.DataSourceInfo, len(dataSourceTokens))
	for name, token := range dataSourceTokens {
		mapped[name] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token)}
	}
	return mapped
}
