package nhipol

// Fault says what is wrong with a request, with a table, with what a session was told, or with what should have judged it.
type Fault struct {
	// Code is a name of the module contract, or one of the host's own, such as engine_error.
	Code string
	// Path is the JSONPath (RFC 9535) of the member at fault; $ for the text as a whole.
	Path     string
	Expected string
	Found    string
	// Offset is in bytes from the start of the text.
	Offset int
}

// String tells it in one line.
func (f *Fault) String() string {
	return f.Code + " at " + f.Path + ": expected " + f.Expected + ", found " + f.Found
}

func engineFault(expected, found string) *Fault {
	return &Fault{Code: "engine_error", Path: "$", Expected: expected, Found: found}
}

func wrong(code, expected, found string) *Fault {
	return &Fault{Code: code, Path: "$", Expected: expected, Found: found}
}
