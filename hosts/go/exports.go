package nhipol

import (
	"maps"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// Compares the exports of an instance with those of the ABI. A module that does not conform is a LoadError.

func (i *instance) checkExports() error {
	for _, exports := range []map[string]string{
		requiredExports, tableExports, sessionExports, possibilityExports, sessionPossibilityExports,
	} {
		for name, expected := range exports {
			if found := exportType(i.module, name); found != "" && found != expected {
				return refuse("the export `%s` of the module does not have the type that the ABI defines", name)
			}
		}
	}
	if missing := i.missing(requiredExports); len(missing) > 0 {
		return refuse("the module does not export `%s`", missing[0])
	}
	if major := i.global("abi_major"); major != abiMajor {
		return refuse("the module has version %d of the ABI, and this host supports version %d", major, abiMajor)
	}
	i.hasTables = len(i.missing(tableExports)) == 0
	i.hasSessions = len(i.missing(sessionExports)) == 0
	i.hasPossibility = len(i.missing(possibilityExports)) == 0
	i.hasSessionPossibility = len(i.missing(sessionPossibilityExports)) == 0
	return nil
}

// missing returns the names of exports that the module does not have.
func (i *instance) missing(exports map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(exports)), func(name string) bool {
		return exportType(i.module, name) != ""
	})
}

// valueTypes has the letters of the contract. No other type is in the ABI.
var valueTypes = strings.NewReplacer(string(rune(api.ValueTypeI32)), "i", string(rune(api.ValueTypeF64)), "f")

// exportType describes an export as the contract does; empty: there is none.
func exportType(module api.Module, name string) string {
	if function := module.ExportedFunction(name); function != nil {
		types := function.Definition()
		return valueTypes.Replace(string(types.ParamTypes()) + ":" + string(types.ResultTypes()))
	}
	if global := module.ExportedGlobal(name); global != nil {
		return valueTypes.Replace(string(rune(global.Type())) + " global")
	}
	if module.ExportedMemory(name) != nil {
		return "memory"
	}
	return ""
}
