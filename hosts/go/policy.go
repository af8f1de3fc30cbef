package nhipol

import (
	"context"
	"sync"
)

// Policy is a loaded policy. It is safe for concurrent use. A decision never fails and never panics: every failure, of the
// request, the module or the host, is a deny.
type Policy struct {
	compiled  *compiledModule
	options   loadOptions
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
	switch {
	case fault == nil:
		return p.DecideJSONWith(text, options)
	case fault.Code == CodeEngineError:
		return engineErrorAnswer(fault)
	default:
		return hostAnswer("invalid_request", fault)
	}
}

// DecideJSON decides an AuthZEN evaluation request in JSON, by the host's clock.
func (p *Policy) DecideJSON(request []byte) Answer { return p.DecideJSONWith(request, Options{}) }

// DecideJSONWith is DecideJSON with options.
func (p *Policy) DecideJSONWith(request []byte, options Options) (answer Answer) {
	fault := p.use(func(i *instance) { answer = i.answer(i.decide(request, options, formUnlessKeyed)) })
	if fault != nil {
		return engineErrorAnswer(fault)
	}
	return answer
}

// DecideResponse decides an AuthZEN evaluation request in JSON, by the host's clock, and returns the AuthZEN response.
func (p *Policy) DecideResponse(request []byte) []byte {
	return p.AppendResponse(nil, request, Options{})
}

// AppendResponse is DecideResponse with options. It appends the response to dst.
func (p *Policy) AppendResponse(dst, request []byte, options Options) (response []byte) {
	fault := p.use(func(i *instance) { response = append(dst, i.decide(request, options, formResponse).checked()...) })
	if fault != nil {
		return appendHostResponse(dst, "engine_error", fault)
	}
	return response
}

// use lends an instance that has the current tables. After a failure, which it returns, the instance is not used again.
func (p *Policy) use(act func(*instance)) (fault *Fault) {
	p.open.RLock()
	defer p.open.RUnlock()
	if p.isClosed {
		return closedPolicy.fault()
	}
	lent := p.instances.take()
	defer func() {
		if failure := recover(); failure != nil {
			fault = faultOf(failure)
		}
		p.instances.put(lent, fault == nil)
	}()
	if lent == nil {
		lent = p.instantiate()
	}
	if fault = p.tables.update(lent); fault == nil {
		act(lent)
	}
	return fault
}

var closedPolicy = engineError{"a policy that is open", "a closed policy"}

func (p *Policy) instantiate() *instance {
	made, err := p.compiled.instantiate(p.options.tableBytes)
	if err != nil {
		panic(engineError{"a module that can be instantiated", firstLine(err)})
	}
	return made
}

// Close releases the policy and its sessions, and waits for decisions in progress. Later decisions are denied. A policy that
// is used for the lifetime of the program need not be closed.
func (p *Policy) Close() error {
	p.open.Lock()
	defer p.open.Unlock()
	p.isClosed = true
	return p.compiled.runtime.Close(context.Background())
}
