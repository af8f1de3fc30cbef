package main

import nhipol "github.com/nhipol/nhipol/hosts/go"

// The host of this project, which takes the bytes of a request.
func prepareNhipol(workload *workload) (func([]byte) (bool, error), error) {
	module, err := workload.read("wasm")
	if err != nil {
		return nil, err
	}
	policy, err := nhipol.Load(module)
	if err != nil {
		return nil, err
	}
	return func(request []byte) (bool, error) { return policy.DecideJSON(request).Decision(), nil }, nil
}
