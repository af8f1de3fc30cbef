package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/check"
)

type options struct {
	policy      string
	address     string
	mapping     string
	obligations []string
	tables      []tableFile
	form        check.Form
	sha256      string
	// maxBody is in KiB.
	maxBody int
	drain   time.Duration
}

type tableFile struct{ name, path string }

const usage = `Usage: nhipol-envoy [options] [policy]

Decide the requests that Envoy checks, by a compiled policy

policy: module that ` + "`nhipol compile --sessions`" + ` wrote (default: policy.wasm)

Options:
`

// parseOptions returns flag.ErrHelp after it printed help.
func parseOptions(args []string, stdout io.Writer) (*options, error) {
	given := &options{policy: "policy.wasm", maxBody: 1_024, drain: 5 * time.Second}
	flags := flag.NewFlagSet("nhipol-envoy", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&given.address, "grpc", "127.0.0.1:9191", "`address` on which to answer Envoy; 0 is any free port")
	flags.StringVar(&given.mapping, "grpc-mapping", "", "JSON `file` that maps checks to requests (default: that of AuthZEN)")
	flags.Func("grpc-obligation", "`name` of an obligation that Envoy carries out; repeatable", func(name string) error {
		given.obligations = append(given.obligations, name)
		return nil
	})
	flags.Func("table", "`name=file`: fill an external table from JSON; repeatable", func(value string) error {
		name, path, ok := strings.Cut(value, "=")
		if !ok || name == "" || path == "" {
			return errors.New("expected name=file")
		}
		given.tables = append(given.tables, tableFile{name, path})
		return nil
	})
	flags.Func("context", "`form` of refusals: full, profiles or none (default: full)", func(name string) error {
		form, ok := forms[name]
		if !ok {
			return errors.New("expected full, profiles or none")
		}
		given.form = form
		return nil
	})
	flags.StringVar(&given.sha256, "policy-sha256", "", "SHA-256 that the module must have, as a `digest`")
	flags.Func("max-body", "length of the longest check, in `KiB` (default: 1024)", func(value string) error {
		return parseWhole(value, 1, &given.maxBody)
	})
	flags.Func("drain", "how long to answer after the end was requested, in `s` (default: 5)", func(value string) error {
		var seconds int
		err := parseWhole(value, 0, &seconds)
		given.drain = time.Duration(seconds) * time.Second
		return err
	})
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			_, _ = io.WriteString(stdout, usage)
			flags.SetOutput(stdout)
			flags.PrintDefaults()
		}
		return nil, err
	}
	switch flags.NArg() {
	case 0:
	case 1:
		given.policy = flags.Arg(0)
	default:
		return nil, fmt.Errorf("expected one policy after the options, found %d arguments", flags.NArg())
	}
	return given, checkAddress(given.address)
}

const maxWhole = 1 << 20

func parseWhole(value string, least int, to *int) error {
	number, err := strconv.Atoi(value)
	if err != nil || number < least || number > maxWhole {
		return fmt.Errorf("expected a whole number from %d to %d", least, maxWhole)
	}
	*to = number
	return nil
}

// checkAddress refuses an address that can be reached from other machines: callers are not identified.
func checkAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil {
		return fmt.Errorf("--grpc %s: expected an address and a port, such as 127.0.0.1:9191", address)
	}
	if host == "localhost" {
		return nil
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--grpc %s can be reached from other machines: listen on 127.0.0.1, or use `nhipol serve --grpc` with --access", address)
	}
	return nil
}
