package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

// workload is a policy, requests to it, and the effects that they must have.
type workload struct {
	policy   *nhipol.Policy
	requests [][]byte
	values   []any
	effects  []nhipol.Effect
}

// readWorkload reads PREFIX.wasm, PREFIX.jsonl and PREFIX.effects, and checks all answers, of JSON and of native values.
func readWorkload(prefix string) (*workload, error) {
	module, err := os.ReadFile(prefix + ".wasm")
	if err != nil {
		return nil, err
	}
	requests, err := os.ReadFile(prefix + ".jsonl")
	if err != nil {
		return nil, err
	}
	effects, err := os.ReadFile(prefix + ".effects")
	if err != nil {
		return nil, err
	}
	policy, err := nhipol.Load(module)
	if err != nil {
		return nil, err
	}
	read := &workload{policy: policy, requests: bytes.Split(bytes.TrimSpace(requests), []byte("\n"))}
	for _, effect := range strings.Fields(string(effects)) {
		read.effects = append(read.effects, nhipol.Effect(effect))
	}
	if len(read.effects) != len(read.requests) {
		return nil, fmt.Errorf("%d requests, and %d effects", len(read.requests), len(read.effects))
	}
	return read, read.check()
}

func (w *workload) check() error {
	for at, request := range w.requests {
		var value any
		if err := json.Unmarshal(request, &value); err != nil {
			return fmt.Errorf("request %d: %w", at, err)
		}
		w.values = append(w.values, value)
		for _, answer := range []nhipol.Answer{w.policy.DecideJSON(request), w.policy.Decide(value)} {
			if answer.Effect() != w.effects[at] {
				return fmt.Errorf("request %d: expected %s, found %s", at, w.effects[at], answer.Effect())
			}
		}
	}
	return nil
}
