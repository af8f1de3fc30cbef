package nhipol

import (
	"math"
	"time"
)

// Answer is what a policy says to a request. It is a small value that may be copied, and its parts are shared with other
// answers: what its methods give must not be changed. The zero Answer is a deny.
type Answer struct {
	said *verdict
	// until is noEnd where time alone changes nothing.
	until int64
}

const noEnd = math.MaxInt64

// verdict is all of an answer but how long it holds.
type verdict struct {
	effect        Effect
	reasons       []string
	details       []ReasonDetail
	constraints   map[string]any
	obligations   []Obligation
	accessRequest *AccessRequest
	read          []string
	isSingleUse   bool
	callDigest    string
	fault         *Fault
}

// ReasonDetail is a rule that fired at the answer's effect, or one of the reasons that are no rule's.
type ReasonDetail struct {
	ID     string
	Effect Effect
	// Message is empty where the rule has none.
	Message    string
	hasMessage bool
	// FiredOnUnknown tells that the rule fired since something was not known.
	FiredOnUnknown bool
	// Unknown has the paths and tables that made it so, in ASCII order.
	Unknown []string
	// Source is nil for a reason that is no rule's.
	Source *Source
}

// Source is a place in the policy's text, counted from 1.
type Source struct {
	File         string
	Line, Column int
}

// Obligation is what must be done along with the answer. Whoever enforces a grant carries out all of its obligations, or
// denies; those of another answer are carried out beside the refusal.
type Obligation struct {
	Name string
	// Type is what AuthZEN calls it: step-up, notification, session_termination or custom.
	Type string
	// Properties are as JSON has them: bool, string, []any, and numbers as json.Number, whose digits are exact.
	Properties map[string]any
	// Reasons are the ids of the rules that ask for it.
	Reasons []string
}

// AccessRequest is what may be asked of an approver, so that the same request may be granted later. Until it is, the answer is
// a refusal like any other.
type AccessRequest struct {
	Name string
	// Properties are as those of an obligation; `expires_in` is in seconds.
	Properties map[string]any
	// Reason is the id of the rule that asks for it.
	Reason string
	// EvaluatedAt and ExpiresAt are in milliseconds since the epoch.
	EvaluatedAt, ExpiresAt int64
}

// what is the verdict of the zero Answer, too.
func (a Answer) what() *verdict {
	if a.said == nil {
		return unanswered
	}
	return a.said
}

var unanswered = denial("engine_error", engineFault("an answer", "none"))

// Decision is true for Permit and Narrow: AuthZEN's boolean.
func (a Answer) Decision() bool {
	effect := a.what().effect
	return effect == Permit || effect == Narrow
}

// Effect is what the policy comes to.
func (a Answer) Effect() Effect { return a.what().effect }

// Reasons are the ids of the rules that fired at the effect, in ASCII order, each once.
func (a Answer) Reasons() []string { return a.what().reasons }

// ReasonDetails are those rules, by id and then by their places in the sources.
func (a Answer) ReasonDetails() []ReasonDetail { return a.what().details }

// Constraints limit what was granted, by name and as JSON has them; with Narrow only. Numbers are json.Number.
func (a Answer) Constraints() map[string]any { return a.what().constraints }

// Obligations are what must be done along with the answer, in the order of the reasons that ask for it.
func (a Answer) Obligations() []Obligation { return a.what().obligations }

// AccessRequest is what may be asked of an approver, and nil where nothing may; with Challenge only.
func (a Answer) AccessRequest() *AccessRequest { return a.what().accessRequest }

// ValidUntil is the instant strictly before which the answer holds; false: time alone changes nothing.
func (a Answer) ValidUntil() (time.Time, bool) {
	until, ok := a.validUntil()
	if !ok {
		return time.Time{}, false
	}
	return time.UnixMilli(until).UTC(), true
}

func (a Answer) validUntil() (int64, bool) {
	return a.until, a.said != nil && a.until != noEnd
}

// Read has the paths and tables whose change may change the answer, in ASCII order.
func (a Answer) Read() []string { return a.what().read }

// SingleUse tells that decisions of the session are among what the answer read: it holds for this action alone.
func (a Answer) SingleUse() bool { return a.what().isSingleUse }

// CallDigest is what an approval must be bound to, with Challenge where the policy asks for it; else it is empty.
func (a Answer) CallDigest() string { return a.what().callDigest }

// Fault says what was wrong with the request, or with what should have judged it; nil: nothing.
func (a Answer) Fault() *Fault { return a.what().fault }

// everything is what is read where the request itself is at fault.
var everything = []string{"action", "context", "resource", "subject"}

// ownReason is no rule's.
func ownReason(id string, effect Effect) ReasonDetail { return ReasonDetail{ID: id, Effect: effect} }

func denial(id string, fault *Fault) *verdict {
	return &verdict{
		effect:  Deny,
		reasons: []string{id},
		details: []ReasonDetail{ownReason(id, Deny)},
		read:    everything,
		fault:   fault,
	}
}

func invalidAnswer(fault *Fault) Answer { return Answer{denial("invalid_request", fault), noEnd} }

func engineErrorAnswer(fault *Fault) Answer { return Answer{denial("engine_error", fault), noEnd} }
