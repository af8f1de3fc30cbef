package main

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

// Open Policy Agent as a library: a query that is prepared once, over data that the store contains as Rego values.
func prepareOPA(workload *workload) (func([]byte) (bool, error), error) {
	ctx := context.Background()
	policy, err := workload.read("rego")
	if err != nil {
		return nil, err
	}
	data, err := workload.readData()
	if err != nil {
		return nil, err
	}
	query, err := rego.New(
		rego.Query("data.bench.allow"),
		rego.Module("policy.rego", string(policy)),
		rego.Store(inmem.NewFromObjectWithOpts(data, inmem.OptReturnASTValuesOnRead(true))),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	return func(request []byte) (bool, error) {
		input, err := ast.ValueFromReader(bytes.NewReader(request))
		if err != nil {
			return false, err
		}
		results, err := query.Eval(ctx, rego.EvalParsedInput(input))
		return results.Allowed(), err
	}, nil
}

// readData returns the data of a workload, which may be empty.
func (w *workload) readData() (map[string]any, error) {
	data := map[string]any{}
	text, err := w.readIfThere("data.json")
	if err != nil || text == nil {
		return data, err
	}
	return data, json.Unmarshal(text, &data)
}
