package nhipol

import "fmt"

// LoadError says why bytes are no policy that this host can ask.
type LoadError struct {
	// Reason is one plain sentence, without its full stop.
	Reason string
	// Cause is what the WebAssembly engine said, if it was asked.
	Cause error
}

func (e *LoadError) Error() string {
	if e.Cause == nil {
		return e.Reason
	}
	return e.Reason + ": " + firstLine(e.Cause.Error())
}

// Unwrap gives the cause.
func (e *LoadError) Unwrap() error { return e.Cause }

func refuse(format string, values ...any) *LoadError {
	return &LoadError{Reason: fmt.Sprintf(format, values...)}
}

// TableError says why a table was not loaded. The table then holds what it held before.
type TableError struct {
	// Table is its name.
	Table string
	Fault
}

func (e *TableError) Error() string {
	place := e.Path
	if place == "$" {
		place = fmt.Sprintf("at byte %d", e.Offset)
	}
	return fmt.Sprintf("the table %q was not loaded: %s: expected %s, found %s", e.Table, place, e.Expected, e.Found)
}

// SessionError says why something was not done to a session, which is then as it was.
type SessionError struct {
	// Session is its id; empty: it is of all sessions.
	Session string
	Fault
}

func (e *SessionError) Error() string {
	return fmt.Sprintf("the session %q: %s: expected %s, found %s", e.Session, e.Path, e.Expected, e.Found)
}

func sessionError(id string, fault *Fault) error {
	if fault == nil {
		return nil
	}
	return &SessionError{Session: id, Fault: *fault}
}
