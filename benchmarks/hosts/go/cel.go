package main

import (
	"encoding/json"
	"strings"

	"cel.dev/cel-go/cel"
)

// cel-go: expressions that are compiled and optimized once. If there are many, a map returns those for the action and
// the resource type of the request, as a service would do it.
func prepareCEL(workload *workload) (func([]byte) (bool, error), error) {
	text, err := workload.read("cel")
	if err != nil {
		return nil, err
	}
	environment, err := celEnvironment()
	if err != nil {
		return nil, err
	}
	var single cel.Program
	byKey := map[celKey]cel.Program{}
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3)
		program, err := compileCEL(environment, parts[len(parts)-1])
		if err != nil {
			return nil, err
		}
		if len(parts) == 3 {
			byKey[celKey{parts[0], parts[1]}] = program
		} else {
			single = program
		}
	}
	return func(request []byte) (bool, error) {
		var input map[string]any
		if err := json.Unmarshal(request, &input); err != nil {
			return false, err
		}
		program := single
		if program == nil {
			program = byKey[keyOf(input)]
		}
		if program == nil {
			return false, nil
		}
		value, _, err := program.Eval(input)
		if err != nil {
			return false, err
		}
		return value.Value() == true, nil
	}, nil
}

type celKey struct{ action, resource string }

func keyOf(input map[string]any) celKey {
	action, _ := input["action"].(map[string]any)
	resource, _ := input["resource"].(map[string]any)
	name, _ := action["name"].(string)
	kind, _ := resource["type"].(string)
	return celKey{name, kind}
}

func celEnvironment() (*cel.Env, error) {
	object := cel.MapType(cel.StringType, cel.DynType)
	return cel.NewEnv(
		cel.Variable("subject", object),
		cel.Variable("action", object),
		cel.Variable("resource", object),
		cel.Variable("context", object),
	)
}

func compileCEL(environment *cel.Env, expression string) (cel.Program, error) {
	compiled, issues := environment.Compile(expression)
	if err := issues.Err(); err != nil {
		return nil, err
	}
	return environment.Program(compiled, cel.EvalOptions(cel.OptOptimize))
}
