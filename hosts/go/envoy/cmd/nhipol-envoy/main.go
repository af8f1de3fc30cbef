// Command nhipol-envoy decides the requests that Envoy checks with its external authorization filter (ext_authz, v3), by a
// policy without sessions. Its options are those of `nhipol serve`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/check"
	"github.com/nhipol/nhipol/hosts/go/envoy/internal/server"
)

// The codes with which the command exits.
const (
	exitFine  = 0
	exitUsage = 2
)

// garbagePercent is how much the heap grows before garbage is collected, unless GOGC says otherwise: it is a few MiB, and checks
// leave nothing in it.
const garbagePercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	// Before anybody knows that the server listens, so that no signal is missed.
	stopped, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options, err := parseOptions(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitFine
	case err == nil:
		err = serve(stopped, options, stdout, stderr)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "nhipol-envoy: %v\n", err)
		return exitUsage
	}
	return exitFine
}

// serve answers until the context ends.
func serve(stopped context.Context, options *options, stdout, stderr io.Writer) error {
	warn := func(text string) { _, _ = fmt.Fprintf(stderr, "nhipol-envoy: %s\n", text) }
	checker, name, err := openChecker(options, warn)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", options.address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", options.address, err)
	}
	answering := server.New(server.Options{
		Checker:         checker,
		MaxMessageBytes: options.maxBody << 10,
		MessageTimeout:  10 * time.Second,
		Warn:            warn,
	})
	ended := make(chan error, 1)
	go func() { ended <- answering.Serve(listener) }()
	_, _ = fmt.Fprintf(stdout, "listening for gRPC, %s, with %s\n", listener.Addr(), name)
	select {
	case err := <-ended:
		return err
	case <-stopped.Done():
	}
	warn("ending")
	answering.Close(options.drain)
	return nil
}

var forms = map[string]check.Form{"full": check.FormFull, "profiles": check.FormProfiles, "none": check.FormNone}
