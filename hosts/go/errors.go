package nhipol

import (
	"fmt"
	"runtime"
	"strings"
)

// Fault describes the error in a request, in a table or in the input of a session, or the failure of a module.
type Fault struct {
	// Code is one of the constants that start with Code.
	Code string
	// Path is the JSONPath (RFC 9535) of the member with the error; $ is the document as a whole.
	Path     string
	Expected string
	Found    string
	// Offset is in bytes from the start of the document.
	Offset int
}

// String returns one line.
func (f *Fault) String() string {
	return f.Code + " at " + f.Path + ": expected " + f.Expected + ", found " + f.Found
}

// LoadError says why bytes are not a policy that this host can run.
type LoadError struct {
	// Reason is one plain sentence, without a full stop.
	Reason string
	// Cause is the error of the WebAssembly engine, if there is one.
	Cause error
}

func (e *LoadError) Error() string {
	if e.Cause == nil {
		return e.Reason
	}
	return e.Reason + ": " + firstLine(e.Cause)
}

// Unwrap returns the cause.
func (e *LoadError) Unwrap() error { return e.Cause }

func refuse(format string, values ...any) *LoadError {
	return &LoadError{Reason: fmt.Sprintf(format, values...)}
}

// TableError says why a table was not changed.
type TableError struct {
	// Table is the name of the table.
	Table string
	Fault
}

func (e *TableError) Error() string { return fmt.Sprintf("table %q: %v", e.Table, &e.Fault) }

// SessionError says why something was not done to a session, which is unchanged.
type SessionError struct {
	// Session is the id of the session. It is empty if the call is about all sessions.
	Session string
	Fault
}

func (e *SessionError) Error() string { return fmt.Sprintf("session %q: %v", e.Session, &e.Fault) }

// engineError is raised as a panic where a module fails or violates its contract, and recovered by Policy.guard. The
// instance is not called again.
func engineError(expected, found string) *Fault {
	return &Fault{Code: CodeEngineError, Path: "$", Expected: expected, Found: found}
}

func violation(found string) *Fault { return engineError(engineConformingAnswer, found) }

// require raises a violation of the contract unless something holds.
func require(holds bool, found string) {
	if !holds {
		panic(violation(found))
	}
}

// faultOf describes what was recovered. An index out of range is that of an address of the module.
func faultOf(recovered any) *Fault {
	switch failure := recovered.(type) {
	case *Fault:
		return failure
	case runtime.Error:
		return violation(violationOutsideMemory)
	default:
		return engineError(engineAnswer, fmt.Sprint(failure))
	}
}

// firstLine leaves out the engine's trace of calls.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
