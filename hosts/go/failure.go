package nhipol

import (
	"fmt"
	"runtime"
)

// What goes wrong behind the doors: raised as a panic, caught by the door that the caller went through, and told as an
// error of the code `engine_error`. No caller ever sees the panic.

type engineFailure struct{ expected, found string }

// misread: the module wrote what its manifest and the ABI do not allow.
func misread(found string) engineFailure {
	return engineFailure{engineConformingAnswer, found}
}

func trapped(err error) engineFailure {
	return engineFailure{engineNoTrap, fmt.Sprintf(engineTrap, firstLine(err.Error()))}
}

// faultOf takes what `recover` gave.
func faultOf(recovered any) *Fault {
	switch failure := recovered.(type) {
	case engineFailure:
		return engineFault(failure.expected, failure.found)
	case runtime.Error:
		return engineFault(engineConformingAnswer, "a number out of range: "+failure.Error())
	default:
		return engineFault(engineAnswer, fmt.Sprint(failure))
	}
}

// firstLine leaves out the engine's trace of calls.
func firstLine(text string) string {
	for at := range len(text) {
		if text[at] == '\n' {
			return text[:at]
		}
	}
	return text
}

// find is an element of a list of the manifest; what says that it lists no such one.
func find[T any](list []T, index int, what string) T {
	if index < 0 || index >= len(list) {
		panic(misread(what))
	}
	return list[index]
}
