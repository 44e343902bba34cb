package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// The SDK's own script for running a program: part of the Go module of the SDK, copied beside this executable.
const runnerScript = "pulumi-language-python-exec"

// programCommand is the runner with the request as its arguments, and the stack's configuration in its environment.
func programCommand(
	ctx context.Context, python toolchain.Toolchain, engine string, req *pulumirpc.RunRequest,
) (*exec.Cmd, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	config, err := configVariables(req)
	if err != nil {
		return nil, err
	}
	arguments := []string{
		filepath.Join(filepath.Dir(executable), runnerScript),
		"--monitor", req.GetMonitorAddress(),
		"--engine", engine,
		"--project", req.GetProject(),
		"--root_directory", req.GetInfo().GetRootDirectory(),
		"--stack", req.GetStack(),
		"--organization", req.GetOrganization(),
		"--pwd", req.GetPwd(),
		"--dry_run", strconv.FormatBool(req.GetDryRun()),
		"--parallel", strconv.Itoa(int(req.GetParallel())),
		req.GetInfo().GetEntryPoint(),
	}
	command, err := python.Command(ctx, append(arguments, req.GetArgs()...)...)
	if err != nil {
		return nil, err
	}
	command.Env = append(command.Env, config...)
	command.Dir = req.GetPwd()
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	// Out of this host's process group: the engine interrupts the whole group at the end of every run, and a program
	// that sees the interrupt answers with a traceback. It is killed through ctx instead.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command, nil
}

// configVariables hands the stack's configuration over as the SDK reads it. A stack without any is an empty mapping:
// Go's nil would be "null", which the SDK does not take.
func configVariables(req *pulumirpc.RunRequest) ([]string, error) {
	values := map[string]string{}
	maps.Copy(values, req.GetConfig())
	config, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(append([]string{}, req.GetConfigSecretKeys()...))
	if err != nil {
		return nil, err
	}
	return []string{"PULUMI_CONFIG=" + string(config), "PULUMI_CONFIG_SECRET_KEYS=" + string(secretKeys)}, nil
}

// providerPackages reads the pulumi-plugin.json of every package in the environment.
func providerPackages(environment string) ([]*pulumirpc.PackageDependency, error) {
	pattern := filepath.Join(environment, "lib", "python*", "site-packages", "*", "pulumi-plugin.json")
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	packages := make([]*pulumirpc.PackageDependency, 0, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var plugin struct {
			Resource bool   `json:"resource"`
			Name     string `json:"name"`
			Version  string `json:"version"`
			Server   string `json:"server"`
		}
		if err := json.Unmarshal(text, &plugin); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if plugin.Resource {
			packages = append(packages, &pulumirpc.PackageDependency{
				Name: plugin.Name, Version: plugin.Version, Server: plugin.Server, Kind: "resource",
			})
		}
	}
	return packages, nil
}
