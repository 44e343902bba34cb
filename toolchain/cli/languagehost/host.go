package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/protobuf/types/known/emptypb"
)

// What the script exits with when it has already told the user what went wrong: nothing is to be added.
const exitAlreadyExplained = 32

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine   string
	stopping context.Context // done when the engine interrupts this host
}

// pythonOf finds the interpreter that Pulumi.yaml asks for.
func pythonOf(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	return toolchain.ResolveToolchain(toolchain.PythonOptions{
		Root:       info.GetRootDirectory(),
		ProgramDir: info.GetProgramDirectory(),
		Virtualenv: info.GetOptions().GetFields()["virtualenv"].GetStringValue(),
		Toolchain:  toolchain.Pip,
	})
}

// Run executes the program to its end. Its output is this process's output, which the engine shows.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	python, err := pythonOf(req.GetInfo())
	if err != nil {
		return nil, err
	}
	if err := python.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	ctx, kill := context.WithCancel(ctx)
	defer kill()
	defer context.AfterFunc(h.stopping, kill)()
	command, err := programCommand(ctx, python, h.engine, req)
	if err != nil {
		return nil, err
	}
	var exit *exec.ExitError
	switch err := command.Run(); {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case ctx.Err() != nil:
		return &pulumirpc.RunResponse{Bail: true}, nil
	case !errors.As(err, &exit):
		return nil, err
	case exit.ExitCode() == exitAlreadyExplained:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: "the program ended with exit code " + strconv.Itoa(exit.ExitCode())}, nil
	}
}

// GetRequiredPackages names the plugins of the provider SDKs that the program's environment holds.
func (h *host) GetRequiredPackages(
	ctx context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	python, err := pythonOf(req.GetInfo())
	if err != nil {
		return nil, err
	}
	environment, err := python.VirtualEnvPath(ctx)
	if err != nil {
		return nil, err
	}
	packages, err := providerPackages(environment)
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, err
}

// InstallDependencies is what "pulumi install" does: the environment, then requirements.txt.
func (h *host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, server pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	python, err := pythonOf(req.GetInfo())
	if err != nil {
		return err
	}
	directory := req.GetInfo().GetProgramDirectory()
	if _, err := os.Stat(filepath.Join(directory, "requirements.txt")); os.IsNotExist(err) {
		if python.ValidateVenv(server.Context()) == nil {
			return nil // all is there; the SDK would renew the environment's pip, from the network
		}
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(server, req.GetIsTerminal())
	if err != nil {
		return err
	}
	err = python.InstallDependencies(server.Context(), directory, req.GetUseLanguageVersionTools(), true, stdout, stderr)
	return errors.Join(err, closer.Close())
}

// About names the interpreter. The engine asks before every update, so this is one short process: the SDK's own
// way to find out starts three, pip among them, which takes longer than an empty program.
func (h *host) About(ctx context.Context, req *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	python, err := pythonOf(req.GetInfo())
	if err != nil {
		return nil, err
	}
	command, err := python.Command(ctx, "-c", "import platform, sys; print(sys.executable, platform.python_version(), sep='\\n')")
	if err != nil {
		return nil, err
	}
	answer, err := command.Output()
	if err != nil {
		return nil, err
	}
	executable, version, _ := strings.Cut(strings.TrimSpace(string(answer)), "\n")
	return &pulumirpc.AboutResponse{Executable: executable, Version: version}, nil
}

// GetProgramDependencies tells "pulumi about" the packages.
func (h *host) GetProgramDependencies(
	ctx context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	python, err := pythonOf(req.GetInfo())
	if err != nil {
		return nil, err
	}
	listed, err := python.ListPackages(ctx, req.GetTransitiveDependencies())
	if err != nil {
		return nil, err
	}
	dependencies := make([]*pulumirpc.DependencyInfo, 0, len(listed))
	for _, one := range listed {
		dependencies = append(dependencies, &pulumirpc.DependencyInfo{Name: one.Name, Version: one.Version})
	}
	return &pulumirpc.GetProgramDependenciesResponse{Dependencies: dependencies}, nil
}

// GetPluginInfo gives the version of the SDK that this host was built with.
func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}
