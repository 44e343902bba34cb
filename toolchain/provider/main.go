package main

import (
	_ "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	_ "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	_ "github.com/terraform-provider-openstack/terraform-provider-openstack/v3/openstack"
)

func main() {}
