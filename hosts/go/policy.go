package nhipol

import (
	"context"
	"sync"

	"github.com/tetratelabs/wazero"
)

// Policy is a loaded policy. It is safe for concurrent use. A decision never fails and never panics: every failure, of the
// request, the module or the host, is a deny.
type Policy struct {
	options   loadOptions
	runtime   wazero.Runtime
	module    wazero.CompiledModule
	instances *pool
	tables    tables
	// open is locked for reading while the engine is in use.
	open     sync.RWMutex
	isClosed bool
}

// Decide decides an AuthZEN evaluation request in Go values, by the host's clock: maps with strings as keys, slices, strings,
// booleans, numbers, json.Number, time.Time, nil, and everything that encoding/json writes. A value that JSON cannot represent
// exactly is an invalid request.
func (p *Policy) Decide(request any) Answer { return p.DecideWith(request, Options{}) }

// DecideWith is Decide with options.
func (p *Policy) DecideWith(request any, options Options) Answer {
	encoder := encoders.Get().(*encoder)
	defer encoders.Put(encoder)
	text, fault := encoder.encode(request)
	if fault != nil {
		return hostAnswer(fault)
	}
	return p.DecideJSONWith(text, options)
}

// DecideJSON decides an AuthZEN evaluation request in JSON, by the host's clock.
func (p *Policy) DecideJSON(request []byte) Answer { return p.DecideJSONWith(request, Options{}) }

// DecideJSONWith is DecideJSON with options.
func (p *Policy) DecideJSONWith(request []byte, options Options) (answer Answer) {
	if fault := p.use(func(i *instance) *Fault {
		answer = i.answer(i.decide(request, options, formUnlessKeyed))
		return nil
	}); fault != nil {
		return hostAnswer(fault)
	}
	return answer
}

// DecideResponse decides an AuthZEN evaluation request in JSON, by the host's clock, and returns the AuthZEN response.
func (p *Policy) DecideResponse(request []byte) []byte {
	return p.AppendResponse(nil, request, Options{})
}

// AppendResponse is DecideResponse with options. It appends the response to dst.
func (p *Policy) AppendResponse(dst, request []byte, options Options) (response []byte) {
	if fault := p.use(func(i *instance) *Fault {
		response = append(dst, i.decide(request, options, formResponse).checked()...)
		return nil
	}); fault != nil {
		return appendHostResponse(dst, fault)
	}
	return response
}

// use lends an instance to act. It returns the fault that act returned, or that of a failure.
func (p *Policy) use(act func(*instance) *Fault) *Fault {
	lent := p.instances.take()
	fault, hasFailed := p.guard(func() *Fault {
		if lent == nil {
			lent = p.mustInstantiate()
		}
		return p.tables.use(lent, act)
	})
	if hasFailed && lent != nil {
		lent.close()
		lent = nil
	}
	p.instances.put(lent)
	return fault
}

// guard calls act while the policy is open. It returns the fault that act returned, or that of a failure: then the instance
// that act used must not be called again.
func (p *Policy) guard(act func() *Fault) (fault *Fault, hasFailed bool) {
	p.open.RLock()
	defer p.open.RUnlock()
	defer func() {
		if failure := recover(); failure != nil {
			fault, hasFailed = faultOf(failure), true
		}
	}()
	if p.isClosed {
		panic(closedPolicy)
	}
	return act(), false
}

var closedPolicy = engineError("a policy that is open", "a closed policy")

func (p *Policy) mustInstantiate() *instance {
	made, err := p.instantiate(p.options.tableBytes)
	if err != nil {
		panic(engineError("a module that can be instantiated", firstLine(err)))
	}
	return made
}

// Close releases the policy and its sessions, and waits for decisions in progress. Later decisions are denied. A policy that
// is used for the lifetime of the program need not be closed.
func (p *Policy) Close() error {
	p.open.Lock()
	defer p.open.Unlock()
	p.isClosed = true
	return p.runtime.Close(context.Background())
}
