package nhipol

import (
	"context"
	"encoding/json"
)

// Policy is a loaded policy. It is safe for use by many goroutines at once. Deciding never fails and never panics: whatever goes
// wrong, in the request, in the module or in the host, is a deny that says so.
type Policy struct {
	described *described
	options   loadOptions
	instances *pool
	tables    *tables
	// asksDigest is whether the policy declares the digest of the call.
	asksDigest bool
}

func newPolicy(described *described, options loadOptions, first *instance) *Policy {
	policy := &Policy{
		described:  described,
		options:    options,
		tables:     newTables(described.manifest, options.tableBytes),
		asksDigest: first.asksDigest(),
	}
	policy.instances = newPool(options.instances, policy.instantiate)
	policy.instances.free = []*instance{first}
	policy.instances.made = 1
	return policy
}

func (p *Policy) instantiate() *instance {
	made, err := p.described.instantiate()
	if err != nil {
		panic(engineFailure{"a module that can be instantiated again", err.Error()})
	}
	return made
}

// Name is what the policy calls itself.
func (p *Policy) Name() string { return p.described.manifest.name }

// Version is the policy's own.
func (p *Policy) Version() string { return p.described.manifest.version }

// Manifest is what the module says of itself, as JSON: among others `schema`, the JSON Schema of a request.
func (p *Policy) Manifest() json.RawMessage { return append(json.RawMessage(nil), p.described.text...) }

// Decide decides an AuthZEN evaluation request in JSON, by the host's clock.
func (p *Policy) Decide(request []byte) Answer { return p.DecideWith(request, Options{}) }

// DecideWith decides an AuthZEN evaluation request in JSON.
func (p *Policy) DecideWith(request []byte, options Options) Answer {
	now, clock, ok := options.resolve()
	if !ok {
		return noInstant()
	}
	digest := ""
	if p.asksDigest && len(request) <= maxRequestBytes {
		digest = callDigest(request, p.Name())
	}
	return p.judge(request, digest, now, clock)
}

// judge asks an instance that has the tables as they are now. One that failed is not asked again.
func (p *Policy) judge(request []byte, digest string, now float64, clock int) (answer Answer) {
	var asked *instance
	isAnswered := false
	defer func() {
		switch {
		case isAnswered:
			p.instances.put(asked)
		default:
			answer = engineErrorAnswer(faultOf(recover()))
			if asked != nil {
				p.instances.drop(asked)
			}
		}
	}()
	asked = p.instances.take()
	if _, fault := p.tables.bring(asked, 0); fault != nil {
		panic(engineFailure{fault.Expected, fault.Found})
	}
	result := asked.decide(request, digest, now, clock)
	answer = asked.reader.read(asked, result)
	isAnswered = true
	return answer
}

// Close ends the policy, and gives back what it and its sessions take; it waits for decisions that are under way. What is
// asked from then on is a deny. A policy that is in use for as long as the program needs no Close.
func (p *Policy) Close() error {
	p.instances.close()
	return p.described.runtime.Close(context.Background())
}

func noInstant() Answer {
	return engineErrorAnswer(engineFault(engineEpochInstant, textOtherValue))
}
