module vipstack/toolchain/provider

go 1.26.0

require (
	github.com/pulumi/pulumi-terraform-bridge/v3 v3.135.0
	github.com/terraform-provider-openstack/terraform-provider-openstack/v3 v3.4.0
	github.com/pulumi/pulumi/sdk/v3 v3.253.0
)

replace (
	github.com/hashicorp/terraform-plugin-sdk/v2 => github.com/pulumi/terraform-plugin-sdk/v2 v2.0.0-20260318212141-5525259d096b
	github.com/hashicorp/go-getter v1.5.0 => github.com/hashicorp/go-getter v1.4.0
	github.com/hashicorp/terraform-plugin-test => github.com/hashicorp/terraform-plugin-test v1.3.0
)
