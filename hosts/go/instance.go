package nhipol

import (
	"context"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/tetratelabs/wazero/api"
)

// instance is an instance of a module, for one caller at a time. If one of its methods raises an engineError, it must not be
// called again.
type instance struct {
	module    api.Module
	functions map[string]api.Function
	decider   api.Function
	stack     [maxParameters]uint64
	// memory is a view of all memory, which is valid until the next call of the module.
	memory []byte
	// deadline limits each call; 0: there is none.
	deadline time.Duration
	// room is the address of requests.
	room uint64
	// cache contains responses by the keys of the module.
	cache map[uint64]*content
	// tablesVersion is the number of changes of tables that the instance knows.
	tablesVersion          uint64
	hasTables, hasSessions bool
	hasPossibility         bool
	hasSessionPossibility  bool
}

// maxParameters is the number of parameters of the longest signature.
const maxParameters = 5

// start prepares an instance for requests. Its exports were checked.
func (i *instance) start(maxPages uint64) {
	if i.hasTables || i.hasSessions {
		i.call("limit", maxPages)
	}
	i.decider = i.module.ExportedFunction("decide")
	i.room = i.call("request", 0)
	i.bytes(i.room, maxRequestBytes)
}

// call returns an i32 as unsigned. A result of another type is in the stack.
func (i *instance) call(name string, parameters ...uint64) uint64 {
	function := i.functions[name]
	if function == nil {
		function = i.module.ExportedFunction(name)
		i.functions[name] = function
	}
	return i.run(function, parameters...)
}

func (i *instance) run(function api.Function, parameters ...uint64) uint64 {
	copy(i.stack[:], parameters)
	ctx, cancel := within(i.deadline)
	defer cancel()
	err := function.CallWithStack(ctx, i.stack[:])
	if ctx.Err() != nil {
		panic(engineError(engineDeadline, engineNoAnswer))
	}
	if err != nil {
		panic(engineError(engineNoTrap, fmt.Sprintf(engineTrap, firstLine(err))))
	}
	memory := i.module.Memory()
	i.memory, _ = memory.Read(0, memory.Size())
	return uint64(uint32(i.stack[0]))
}

// within is a context for one call of a module. Without a limit it costs nothing.
func within(limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.Background(), func() {}
	}
	return context.WithTimeout(context.Background(), limit)
}

func (i *instance) global(name string) uint64 {
	return uint64(uint32(i.module.ExportedGlobal(name).Get()))
}

// bytes is a view of memory.
func (i *instance) bytes(address, length uint64) []byte { return i.memory[address : address+length] }

// writeRequest returns the length to pass to the module, which reports a text that is too long.
func (i *instance) writeRequest(text []byte) uint64 {
	if len(text) <= maxRequestBytes {
		copy(i.bytes(i.room, maxRequestBytes), text)
	}
	return lengthOf(text)
}

// writeName returns the length to pass to the module, which reports a name that is too long.
func (i *instance) writeName(name string) uint64 {
	if len(name) <= maxNameBytes {
		copy(i.bytes(i.global("name"), maxNameBytes), name)
	}
	return lengthOf(name)
}

// writeText writes a text to the address that a function returns for its length; 0: there is no room, which the module reports.
func (i *instance) writeText(function string, text []byte) uint64 {
	if address := i.call(function, lengthOf(text)); address != 0 {
		copy(i.bytes(address, uint64(len(text))), text)
	}
	return lengthOf(text)
}

// text is a copy of UTF-8.
func (i *instance) text(address, length uint64) string {
	bytes := i.bytes(address, length)
	require(utf8.Valid(bytes), violationInvalidUtf8)
	return string(bytes)
}

func (i *instance) sessionID(handle uint64) string {
	length := i.call("session_name", handle)
	return i.text(i.global("name"), length)
}

// lengthOf is that of a text as an i32. The module refuses the longest.
func lengthOf[Text string | []byte](text Text) uint64 { return uint64(min(len(text), math.MaxInt32)) }

func (i *instance) close() { _ = i.module.Close(context.Background()) }
