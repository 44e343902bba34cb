// Package main is the Python language host for a CLI that was built from its Go module, which brings none.
//
// The vendor's host is no part of any Go module that a proxy serves, but its two halves are: the rules for virtual
// environments (sdk/v3/python/toolchain) and the script that runs a program (installed beside this executable). This
// host joins them. It deliberately generates no SDKs.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// A host whose engine died without a word ends itself after at most this long.
const engineCheckInterval = 5 * time.Minute

func main() {
	if err := serve(); err != nil {
		cmdutil.ExitError(err.Error())
	}
}

// serve prints the port for the engine, which is the last argument's address, and ends at its interrupt.
func serve() error {
	if len(os.Args) < 2 {
		return fmt.Errorf("%s is started by pulumi, with the address of its engine as the last argument", os.Args[0])
	}
	engine := os.Args[len(os.Args)-1]
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := rpcutil.Healthcheck(ctx, engine, engineCheckInterval, stop); err != nil {
		return fmt.Errorf("reaching the engine at %s: %w", engine, err)
	}
	cancel := make(chan bool)
	context.AfterFunc(ctx, func() { close(cancel) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine, stopping: ctx})
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("listening for the engine: %w", err)
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
