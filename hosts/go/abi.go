package nhipol

// The module contract as numbers and texts: where a module writes an answer, and what its codes stand for.
// runtime/ABI.md of the project tells the same in words; integers in memory are little-endian and unsigned.

const abiMajor = 1

const (
	manifestSection = "nhipol.manifest"
	encodingSection = "nhipol.encoding"
)

// Clocks, as `decide` takes them.
const (
	byHost    = 0
	byRequest = 1
)

// Bytes from the start of the result.
const (
	resultEffect      = 0
	resultFlags       = 4
	resultValidUntil  = 8
	resultErrorCode   = 16
	resultErrorPath   = 20
	resultErrorFound  = 24
	resultErrorOffset = 28
	resultErrorIndex  = 32
	resultReasonCount = 48
	resultSubject     = 52
	resultAction      = 56
	resultResource    = 60
	resultSize        = 64
)

// The places in arrays that an error tells.
const errorIndexes = 4

const (
	flagDefaultDeny   = 1
	flagInvalid       = 2
	flagClockWentBack = 4
	flagRevokedBefore = 8
)

// Bytes from the start of a reason.
const (
	reasonIndex   = 0
	reasonFlags   = 4
	reasonUnknown = 8
	reasonSize    = 16
)

// Bytes from the start of a cell.
const (
	cellPointer = 0
	cellLength  = 4
	cellPresent = 8
	cellKnown   = 9
	cellSize    = 16
)

// Bytes from the start of the outcome of a table that was to be loaded.
const (
	outcomeCode         = 0
	outcomePlace        = 4
	outcomeFound        = 8
	outcomeOffset       = 12
	outcomeFirstKey     = 16
	outcomeSecondKey    = 20
	outcomeElement      = 24
	outcomeMissingPages = 28
	outcomeNone         = 0xffff_ffff
)

// Bytes from the start of a change that a sweep found, and how many it tells at once.
const (
	changeHandle = 0
	changeBefore = 4
	changeAfter  = 5
	changeSize   = 8
	mostChanges  = 1024
)

const (
	pageBytes        = 65_536
	longestRequest   = 65_536
	longestLength    = 1<<31 - 1
	longestSessionID = 255
	longestSession   = 16_777_216
)

// Parts of a request, as `session_patch` takes them.
const (
	partSubject  = 1
	partAction   = 2
	partResource = 4
	partContext  = 8
)

const accessRequestType = "access_request"

// Codes of errors that the host must tell apart from others.
const (
	codeLastOfText   = 5
	codeOutOfMemory  = 7
	codeFirstMember  = 16
	codeFirstSession = 22
)

type errorText struct{ name, expected, found string }

// By code. An empty text is told by the path, or by what was found.
var errorTexts = map[uint32]errorText{
	1:  {"not_json", "JSON text", "a byte that cannot stand there"},
	2:  {"not_utf8", "UTF-8", "bytes that are not UTF-8"},
	3:  {"lone_surrogate", "paired surrogates", "a lone surrogate"},
	4:  {"too_deep", "at most 16 levels", "a deeper nesting"},
	5:  {"too_large", "at most 65536 bytes", "a longer text"},
	6:  {"duplicate_name", "each name once", "a name twice"},
	7:  {"out_of_memory", "a smaller request", "more than fits"},
	16: {"wrong_type", "", ""},
	17: {"missing", "", ""},
	18: {"too_long", "at most 4096 bytes", "a longer string"},
	19: {"too_many", "at most 256 elements", "more elements"},
	20: {"wrong_key", "", ""},
	21: {"duplicate_key", "each key once", "a key twice"},
	22: {"no_room", "room for another session", "none, until more memory is reserved"},
	23: {"no_session", "the handle of an open session", "another"},
	24: {"other_type", "the same as the session was opened with", "another"},
	25: {"no_signal", "a signal that the policy declares", "another"},
	26: {"no_snapshot", "a session's text, as a module writes it", "another"},
}

var foundTexts = []string{
	"nothing",
	"an object",
	"an array",
	"a string",
	"a number",
	"true or false",
	"null",
	"a fraction",
	"text that is no instant",
	"a value outside of it",
}

// What a module must export, and what it may: the parameters and the result of each function, i for an i32, f for an f64.
var requiredFunctions = map[string]signature{
	"request": {"i", "i"},
	"decide":  {"ifi", "i"},
	"again":   {"f", "i"},
	"explain": {"", ""},
}

var tableFunctions = map[string]signature{
	"reserve":       {"i", "i"},
	"table_text":    {"i", "i"},
	"load_table":    {"i", "i"},
	"drop_table":    {"i", ""},
	"table_outcome": {"", "i"},
}

var sessionFunctions = map[string]signature{
	"reserve":          {"i", "i"},
	"session_open":     {"iif", "i"},
	"session_patch":    {"iii", "i"},
	"session_set":      {"iif", "i"},
	"session_record":   {"iiiff", "i"},
	"session_decide":   {"ifi", "i"},
	"session_effect":   {"if", "i"},
	"session_close":    {"i", "i"},
	"session_buffer":   {"i", "i"},
	"session_snapshot": {"i", "i"},
	"session_restore":  {"i", "i"},
	"session_sweep":    {"fi", "i"},
	"session_due":      {"", "f"},
	"session_count":    {"", "i"},
}

var otherFunctions = map[string]signature{"instant": {"", "f"}}

// As many words as the longest signature takes.
const stackWords = 5

var requiredGlobals = []string{
	"abi_major", "abi_minor", "result", "reasons", "constraints", "placeholders", "manifest", "manifest_length",
}
