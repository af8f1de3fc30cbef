package nhipol

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// instance is an instance of a module, for one caller at a time. Its exports were checked. If one of its methods raises an
// engineError, it must not be called again.
type instance struct {
	module    api.Module
	functions map[string]api.Function
	decider   api.Function
	stack     [maxParameters]uint64
	// memory is a view of all memory, which is valid until the next call of the module.
	memory []byte
	// deadline limits each call; 0: there is none.
	deadline time.Duration
	// room is the address of requests; 0 before the first.
	room uint64
	// cache contains responses by the keys of the module.
	cache map[uint64]*content
	// tables are the versions of the external tables in this instance by number, and tablesVersion that of all of them.
	tables        map[uint64]uint64
	tablesVersion uint64
}

// maxParameters is the number of parameters of the longest signature.
const maxParameters = 5

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
		panic(engineError{engineDeadline, engineNoAnswer})
	}
	if err != nil {
		panic(engineError{engineNoTrap, fmt.Sprintf(engineTrap, firstLine(err))})
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

// global returns an address, for a name that was checked.
func (i *instance) global(name string) uint64 {
	return uint64(uint32(i.module.ExportedGlobal(name).Get()))
}

// bytes is a view of memory.
func (i *instance) bytes(address, length uint64) []byte { return i.memory[address : address+length] }

func (i *instance) write(address uint64, text []byte) {
	copy(i.bytes(address, uint64(len(text))), text)
}

// writeRequest returns the length to pass to the module, which reports a text that is too long.
func (i *instance) writeRequest(text []byte) uint64 {
	if len(text) <= maxRequestBytes {
		if i.room == 0 {
			i.room = i.call("request", 0)
		}
		i.write(i.room, text)
	}
	return lengthOf(text)
}

// writeName returns the length to pass to the module, which reports a name that is too long.
func (i *instance) writeName(name string) uint64 {
	if len(name) <= maxNameBytes {
		i.write(i.global("name"), []byte(name))
	}
	return lengthOf([]byte(name))
}

// lengthOf is that of a text as an i32. The module refuses the longest.
func lengthOf(text []byte) uint64 { return uint64(min(len(text), math.MaxInt32)) }

// decide evaluates a request, and returns the header of the answer.
func (i *instance) decide(request []byte, options Options, form uint64) header {
	now, clock := options.numbers()
	length := i.writeRequest(request)
	return i.header(i.run(i.decider, length, now, clock, form))
}

func (i *instance) close() { _ = i.module.Close(context.Background()) }
