// Package main is the OpenStack resource provider for machines where the vendor's plugin cannot be downloaded.
//
// It serves the Terraform provider that the vendor's plugin is made of, under the tokens and the version of the
// Python SDK, so that neither the program nor the state can tell them apart. It deliberately has no schema beyond
// name and version: the engine and the Python SDK need none, and generating one needs modules that no proxy serves.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/v3/openstack"
)

// version is that of the Python SDK in requirements.lock; the build sets it, and the engine asks for just this one.
var version = "0.0.0"

// The names that a resource gets when the program gives none: as the vendor's plugin makes them.
const (
	autoNameMaxLength = 255
	autoNameSeparator = "-"
)

func main() {
	info := tfbridge.ProviderInfo{
		P:           shimv2.NewProvider(openstack.Provider()),
		Name:        "openstack",
		Version:     version,
		Resources:   resources(),
		DataSources: dataSources(),
	}
	info.SetAutonaming(autoNameMaxLength, autoNameSeparator)
	tfbridge.Main("openstack", version, info, []byte(`{"name": "openstack", "version": "`+version+`"}`))
}
