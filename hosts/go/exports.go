package nhipol

import (
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// Checks the exports of a module against the ABI. A module that does not conform is a LoadError.

// signature has an i for each i32 and an f for each f64.
type signature struct{ parameters, results string }

var valueTypes = strings.NewReplacer("i", string(rune(api.ValueTypeI32)), "f", string(rune(api.ValueTypeF64)))

// checkExports checks everything but globals, which wazero shows in instances only.
func (c *compiledModule) checkExports() error {
	if imported := c.module.ImportedFunctions(); len(imported) > 0 {
		module, name, _ := imported[0].Import()
		return refuse("the module imports `%s.%s`, but a policy must not import anything", module, name)
	}
	if c.module.ExportedMemories()["memory"] == nil {
		return refuse("the module exports no memory `memory`")
	}
	missing, err := c.checkFunctions(requiredFunctions)
	if err == nil && missing != "" {
		err = refuse("the module exports no function `%s`", missing)
	}
	if err == nil {
		missing, err = c.checkFunctions(tableFunctions)
		c.hasTables = missing == ""
	}
	if err == nil {
		missing, err = c.checkFunctions(sessionFunctions)
		c.hasSessions = missing == ""
	}
	return err
}

// checkFunctions returns the name of a function that is missing; empty: none is.
func (c *compiledModule) checkFunctions(wanted map[string]signature) (missing string, err error) {
	functions := c.module.ExportedFunctions()
	for name, types := range wanted {
		switch found := functions[name]; {
		case found == nil:
			missing = name
		case string(found.ParamTypes()) != valueTypes.Replace(types.parameters),
			string(found.ResultTypes()) != valueTypes.Replace(types.results):
			return "", refuse("the function `%s` of the module does not have the type that the ABI defines", name)
		}
	}
	return missing, nil
}

func (c *compiledModule) checkGlobals(module api.Module) error {
	names := requiredGlobals
	if c.hasTables || c.hasSessions {
		names = append(names[:len(names):len(names)], "name")
	}
	if c.hasSessions {
		names = append(names, "changes")
	}
	for _, name := range names {
		if global := module.ExportedGlobal(name); global == nil || global.Type() != api.ValueTypeI32 {
			return refuse("the module exports no i32 global `%s`", name)
		}
	}
	if major := uint32(module.ExportedGlobal("abi_major").Get()); major != abiMajor {
		return refuse("the module has version %d of the ABI, and this host supports version %d", major, abiMajor)
	}
	return nil
}
