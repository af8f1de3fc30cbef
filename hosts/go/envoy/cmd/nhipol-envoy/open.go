package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	nhipol "github.com/nhipol/nhipol/hosts/go"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
	"github.com/nhipol/nhipol/hosts/go/envoy/internal/check"
	"github.com/nhipol/nhipol/hosts/go/envoy/internal/mapping"
)

// openChecker loads the policy, its tables and the mapping. It also returns the name and the version of the policy.
func openChecker(options *options, warn func(string)) (*check.Checker, string, error) {
	policy, err := openPolicy(options)
	if err != nil {
		return nil, "", fmt.Errorf("the policy cannot be used: %s: %w", options.policy, err)
	}
	declared, err := checkManifest(policy)
	if err != nil {
		return nil, "", fmt.Errorf("the policy cannot be used: %s: %w", options.policy, err)
	}
	for _, table := range options.tables {
		contents, err := os.ReadFile(table.path)
		if err == nil {
			err = policy.LoadTable(table.name, contents)
		}
		if err != nil {
			return nil, "", fmt.Errorf("--table %s=%s: %w", table.name, table.path, err)
		}
	}
	requests, err := openMapping(options.mapping, declared, warn)
	if err != nil {
		return nil, "", err
	}
	return check.New(check.Options{
		Policy:      policy,
		Mapping:     requests,
		Obligations: options.obligations,
		Form:        options.form,
		Warn:        warn,
	}), policy.Name() + " " + policy.Version(), nil
}

func openPolicy(options *options) (*nhipol.Policy, error) {
	module, err := os.ReadFile(options.policy)
	if err != nil {
		return nil, err
	}
	if digest := sha256.Sum256(module); options.sha256 != "" && !strings.EqualFold(options.sha256, hex.EncodeToString(digest[:])) {
		return nil, fmt.Errorf("its SHA-256 is %x, and not that of --policy-sha256", digest)
	}
	if !bytes.HasPrefix(module, []byte("\x00asm")) {
		return nil, errors.New("it is not a compiled module: compile it with `nhipol compile --sessions`")
	}
	return nhipol.Load(module)
}

// checkManifest refuses a policy that needs sessions: without them, its rules would decide without the history that they read.
func checkManifest(policy *nhipol.Policy) (*mapping.Declared, error) {
	manifest, err := cel.ParseJSON(string(policy.Manifest()))
	if err != nil || manifest.Kind != cel.MapKind {
		return nil, errors.New("the module has no manifest")
	}
	sessions, ok := manifest.Map().Get("sessions")
	if !ok || sessions.Kind != cel.MapKind {
		return nil, errors.New("the module does not describe whether its rules read a history: compile it with --sessions")
	}
	if _, ok := sessions.Map().Get("signals"); ok {
		return nil, errors.New("it declares signals, or its rules read the history of sessions, which are not supported here: use `nhipol serve --grpc`")
	}
	schema, _ := manifest.Map().Get("schema")
	return mapping.ReadDeclared(schema), nil
}

func openMapping(path string, declared *mapping.Declared, warn func(string)) (*mapping.Mapping, error) {
	text := "{}"
	if path != "" {
		contents, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("--grpc-mapping: %w", err)
		}
		text = string(contents)
	}
	requests, err := mapping.Parse(text, declared)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if requests.HasExtMcp {
		warn(path + ": $.ext_mcp is not used: only checks of Envoy are answered here")
	}
	return requests, nil
}
