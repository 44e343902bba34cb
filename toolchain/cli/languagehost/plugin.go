package main

import (
	"context"
	"errors"
	"os/exec"
	"sync"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// oneAtATime keeps a plugin's two outputs from answering at once, which a gRPC stream does not bear.
type oneAtATime struct {
	pulumirpc.LanguageRuntime_RunPluginServer
	sending sync.Mutex
}

func (s *oneAtATime) Send(answer *pulumirpc.RunPluginResponse) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	return s.LanguageRuntime_RunPluginServer.Send(answer)
}

// RunPlugin runs a folder with a PulumiPlugin.yaml or a PulumiPolicy.yaml, to its end or the engine's.
func (h *host) RunPlugin(req *pulumirpc.RunPluginRequest, server pulumirpc.LanguageRuntime_RunPluginServer) error {
	python, err := pythonOf(req.GetInfo())
	if err != nil {
		return err
	}
	if err := python.ValidateVenv(server.Context()); err != nil {
		return err
	}
	ctx, kill := context.WithCancel(server.Context())
	defer kill()
	defer context.AfterFunc(h.stopping, kill)()
	command, err := python.Command(ctx, pluginArguments(req)...)
	if err != nil {
		return err
	}
	_, stdout, stderr, err := rpcutil.MakeRunPluginStreams(&oneAtATime{LanguageRuntime_RunPluginServer: server}, false)
	if err != nil {
		return err
	}
	command.Dir = req.GetPwd()
	command.Env = append(req.GetEnv(), command.Env...)
	command.Stdout, command.Stderr = stdout, stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as in programCommand
	err = command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	code := int32(command.ProcessState.ExitCode())
	return server.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
}

// pluginArguments: the SDK has a module of its own that starts a pack of policies; any other plugin is a folder that
// Python runs.
func pluginArguments(req *pulumirpc.RunPluginRequest) []string {
	folder := req.GetInfo().GetProgramDirectory()
	if req.GetKind() != string(apitype.AnalyzerPlugin) {
		return append([]string{"-u", folder}, req.GetArgs()...)
	}
	engine, flags := req.GetArgs()[:1], req.GetArgs()[1:]
	return append(append([]string{"-u", "-m", "pulumi.policy"}, append(engine, folder)...), flags...)
}
