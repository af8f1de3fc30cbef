package nhipol

import (
	"context"
	"math"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// instance is one instance of a compiled module, which answers one request at a time. Its exports were checked. What its
// methods raise is caught by the policy or by the sessions that hold it, and it is not asked again.
type instance struct {
	module api.Module
	memory api.Memory
	// view is of the whole memory, as it was when the module returned last.
	view      memory
	functions map[string]api.Function
	decider   api.Function
	stack     [stackWords]uint64
	// deadline limits each call; 0: none does.
	deadline time.Duration

	result, reasons, constraints, placeholders int
	// properties is -1 where the module has none.
	properties int
	// digest is where the digest of the call is written, judgedDigest the cell of the one that was judged; -1: none is asked for.
	digest, judgedDigest int
	// room is where requests of usual length are written; 0 until it was asked for.
	room int

	reader *answerReader
	// tables are the versions of the external tables that it holds, and tablesSeen that of all of them.
	tables     []uint64
	tablesSeen uint64
}

// makeInstance takes a module whose exports have the right kinds.
func makeInstance(module api.Module, described *described) (*instance, *LoadError) {
	made := &instance{
		module:    module,
		memory:    module.ExportedMemory("memory"),
		functions: map[string]api.Function{},
		decider:   module.ExportedFunction("decide"),
		reader:    newAnswerReader(described.manifest),
		tables:    make([]uint64, len(described.manifest.tables)),
		deadline:  described.deadline,
	}
	for _, name := range requiredGlobals {
		if global := module.ExportedGlobal(name); global == nil {
			return nil, refuse("the module exports no global `%s`", name)
		}
	}
	for _, name := range append([]string{"properties", "call_digest", "judged_digest"}, requiredGlobals...) {
		if global := module.ExportedGlobal(name); global != nil && global.Type() != api.ValueTypeI32 {
			return nil, refuse("the module's global `%s` is no i32", name)
		}
	}
	if err := expectMajor(int(int32(made.global("abi_major")))); err != nil {
		return nil, err
	}
	made.result, made.reasons = made.global("result"), made.global("reasons")
	made.constraints, made.placeholders = made.global("constraints"), made.global("placeholders")
	made.properties = made.global("properties")
	made.digest, made.judgedDigest = made.global("call_digest"), made.global("judged_digest")
	if made.judgedDigest < 0 {
		made.digest = -1
	}
	made.refresh()
	if made.result+resultSize > len(made.view) {
		return nil, refuse("the module's result is outside of its memory")
	}
	return made, nil
}

// global is an address, and -1 where there is none.
func (i *instance) global(name string) int {
	global := i.module.ExportedGlobal(name)
	if global == nil {
		return -1
	}
	return int(uint32(global.Get()))
}

func (i *instance) asksDigest() bool { return i.digest >= 0 }

// decide reads and judges a request, and gives where its result lies. digest is that of its call; empty: it has none.
func (i *instance) decide(request []byte, digest string, now float64, clock int) int {
	length := min(len(request), longestLength)
	i.write(request)
	i.tellDigest(digest)
	i.stack[0], i.stack[1], i.stack[2] = uint64(length), math.Float64bits(now), uint64(clock)
	i.run(i.decider)
	return int(uint32(i.stack[0]))
}

// write puts a text where the module reads it from, and gives false, with nothing written, where it is too long.
func (i *instance) write(text []byte) bool {
	if len(text) > maxRequestBytes {
		return false
	}
	at := i.roomFor(len(text))
	if at == 0 {
		return false
	}
	i.view.write(at, text)
	return true
}

// roomFor asks once: all requests up to the longest that a module reads are written to one place.
func (i *instance) roomFor(length int) int {
	if i.room == 0 {
		i.room = i.call("request", maxRequestBytes)
	}
	if i.room == 0 {
		return i.call("request", uint64(length))
	}
	return i.room
}

func (i *instance) tellDigest(digest string) {
	if !i.asksDigest() {
		return
	}
	if digest == "" {
		i.view[i.digest] = 0
		return
	}
	copy(i.view[i.digest:i.digest+digestLength], digest)
}

// judgedCall is the digest of the call that was judged last; empty: there is none.
func (i *instance) judgedCall() string {
	if !i.asksDigest() || !isKnown(i.view, i.judgedDigest) {
		return ""
	}
	return i.view.text(i.view.address(i.judgedDigest+cellPointer), i.view.address(i.judgedDigest+cellLength))
}

// call takes integers and gives one: an unsigned number.
func (i *instance) call(name string, parameters ...uint64) int {
	i.callRaw(name, parameters...)
	return int(uint32(i.stack[0]))
}

// callFloat gives a float.
func (i *instance) callFloat(name string) float64 {
	i.callRaw(name)
	return math.Float64frombits(i.stack[0])
}

func (i *instance) callRaw(name string, parameters ...uint64) {
	copy(i.stack[:], parameters)
	function := i.functions[name]
	if function == nil {
		function = i.module.ExportedFunction(name)
		if function == nil {
			panic(engineFailure{"a module that conforms to its manifest", "no export " + name})
		}
		i.functions[name] = function
	}
	i.run(function)
}

func (i *instance) exports(name string) bool { return i.module.ExportedFunction(name) != nil }

func (i *instance) run(function api.Function) {
	if i.deadline > 0 {
		i.runWithin(function)
	} else if err := function.CallWithStack(context.Background(), i.stack[:]); err != nil {
		panic(trapped(err))
	}
	i.refresh()
}

// runWithin is run with a deadline. A call that ends just as its time is over is stopped, too: wazero may close the module
// then, in any case before the next call.
func (i *instance) runWithin(function api.Function) {
	ctx, cancel := within(i.deadline)
	defer cancel()
	err := function.CallWithStack(ctx, i.stack[:])
	if ctx.Err() != nil {
		panic(engineFailure{"an answer within " + i.deadline.String(), "none"})
	}
	if err != nil {
		panic(trapped(err))
	}
}

// within is a context for one call of the module. No limit, no cost.
func within(limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.Background(), func() {}
	}
	return context.WithTimeout(context.Background(), limit)
}

// refresh takes the memory as it is now: what grew may lie elsewhere.
func (i *instance) refresh() {
	view, ok := i.memory.Read(0, i.memory.Size())
	if !ok {
		panic(misread("no memory"))
	}
	i.view = view
}

// reserve makes room for so many more pages, as far as the engine and the limit, in pages, allow: all of them, or none.
func (i *instance) reserve(more, mostPages int) bool {
	before := i.call("reserve", 0)
	if more <= 0 || before+more > mostPages {
		return false
	}
	return i.call("reserve", uint64(before+more)) >= before+more
}

func (i *instance) close() { _ = i.module.Close(context.Background()) }
