package nhipol

import (
	"math"
	"time"
)

// Possibility is whether a request could be permitted for some value of the members that it does not have. It is never an
// answer to act upon: decide the complete request. The zero Possibility is not possible.
type Possibility struct {
	// Possible is false if no completion of the request is permitted, and true if some completion may be.
	Possible bool
	// Reasons are the ids of the rules that restrict every completion, or default_deny if no permit can fire; empty if it is
	// possible.
	Reasons []string
	// Fault is what makes every completion invalid, or the failure of the module; nil: there is none.
	Fault *Fault
	// until is infinite if time alone changes nothing.
	until float64
}

// ValidUntil is the instant before which the possibility stays the same; false: time alone does not change it.
func (p Possibility) ValidUntil() (time.Time, bool) {
	if p.until == 0 || math.IsInf(p.until, 1) {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(p.until)).UTC(), true
}

// Could returns whether an AuthZEN evaluation request in Go values could be permitted, by the host's clock. Every member may be
// missing, except the types of subject and resource and the name of the action. The module must have been compiled with
// --possible.
func (p *Policy) Could(request any) Possibility { return p.CouldWith(request, Options{}) }

// CouldWith is Could with options.
func (p *Policy) CouldWith(request any, options Options) Possibility {
	encoder := encoders.Get().(*encoder)
	defer encoders.Put(encoder)
	text, fault := encoder.encode(request)
	if fault != nil {
		return possibilityOf(hostAnswer(fault))
	}
	return p.CouldJSONWith(text, options)
}

// CouldJSON is Could for a request in JSON.
func (p *Policy) CouldJSON(request []byte) Possibility { return p.CouldJSONWith(request, Options{}) }

// CouldJSONWith is CouldJSON with options.
func (p *Policy) CouldJSONWith(request []byte, options Options) (possibility Possibility) {
	if fault := p.use(func(i *instance) *Fault {
		if !i.hasPossibility {
			return noPossibility
		}
		possibility = i.possibility(i.could(request, options))
		return nil
	}); fault != nil {
		return possibilityOf(hostAnswer(fault))
	}
	return possibility
}

var noPossibility = engineError(enginePossibility, engineNoPossibility)

// could evaluates what is possible for a request.
func (i *instance) could(request []byte, options Options) header {
	now, clock := options.numbers()
	return i.header(i.call("could", i.writeRequest(request), now, clock, formUnlessKeyed))
}

// possibility takes a header. A permit has no response.
func (i *instance) possibility(read header) Possibility {
	if effects[read.effect].isGrant() {
		return Possibility{Possible: true, until: read.until}
	}
	return possibilityOf(i.answer(read))
}

func possibilityOf(refusal Answer) Possibility {
	return Possibility{Reasons: refusal.Reasons(), Fault: refusal.Fault(), until: refusal.until}
}
