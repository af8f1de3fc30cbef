package nhipol

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Answer is the answer to a request. It is a small value that may be copied, and is safe for concurrent use. Its parts are
// shared with other answers: do not modify them. The zero Answer is a deny.
type Answer struct {
	content *content
	// until is infinite if time alone changes nothing.
	until float64
}

// ReasonDetail is a rule that fired with the effect of the answer, or a reason that does not come from a rule.
type ReasonDetail struct {
	ID     string
	Effect Effect
	// Message is empty if the rule has none.
	Message string
	// FiredOnUnknown is whether the rule fired because something was unknown.
	FiredOnUnknown bool
	// Unknown contains the paths and tables that were unknown, in ASCII order.
	Unknown []string
	// Source is nil for a reason that does not come from a rule.
	Source *Source
}

// Source is a place in the source of the policy, counted from 1.
type Source struct {
	File   string
	Line   int
	Column int
}

// Obligation must be carried out with the answer. To enforce a grant, carry out all of its obligations, or deny. Those of
// other answers accompany the refusal.
type Obligation struct {
	// ID is unique within the answer.
	ID   string
	Name string
	// Type is that of AuthZEN: step-up, notification, session_termination or custom.
	Type string
	// Properties are JSON values: bool, string, []any, map[string]any, and json.Number with exact digits.
	Properties map[string]any
	// Reasons are the ids of the rules that require it.
	Reasons []string
}

// AccessRequest can be sent to an approver, so that the same request may be granted later. Until then the answer is a refusal
// like any other.
type AccessRequest struct {
	Name string
	// Properties are like those of an obligation.
	Properties map[string]any
	// Reason is the id of the rule that offers it.
	Reason                 string
	EvaluatedAt, ExpiresAt time.Time
}

// readable returns the content, or that of an engine error if there is none, or none that can be read.
func (a Answer) readable() *content {
	if a.content == nil || a.content.parsed() == nil {
		return unreadable
	}
	return a.content
}

func (a Answer) members() *members { return a.readable().parsed() }

var unreadable = hostAnswer(violation(violationInvalidResponse)).content

// Decision is true for Permit and Narrow. It is the decision of AuthZEN.
func (a Answer) Decision() bool { return a.Effect().isGrant() }

// Effect returns the outcome of the evaluation.
func (a Answer) Effect() Effect {
	if a.content == nil {
		return Deny
	}
	return effects[a.content.effect]
}

// Reasons returns the ids of the rules that fired with the effect, in ASCII order, without duplicates.
func (a Answer) Reasons() []string { return a.members().reasons }

// ReasonDetails returns these rules, by id and then by their place in the sources.
func (a Answer) ReasonDetails() []ReasonDetail { return a.members().details }

// Constraints limit the grant, by name, as JSON values; with Narrow only. Numbers are json.Number.
func (a Answer) Constraints() map[string]any { return a.members().constraints }

// Lower holds values that the request can be lowered to so that it may be narrowed, by path in its JSON; with Deny only.
// It is asked again with them; the answer is about the request as it is. Numbers are json.Number.
func (a Answer) Lower() map[string]any { return a.members().lower }

// Obligations must be carried out with the answer.
func (a Answer) Obligations() []Obligation { return a.members().obligations }

// AccessRequest is nil if there is none; with Challenge only.
func (a Answer) AccessRequest() *AccessRequest { return a.members().accessRequest }

// ValidUntil is the instant before which the answer is valid; false: time alone does not change it.
func (a Answer) ValidUntil() (time.Time, bool) {
	if a.content == nil || math.IsInf(a.until, 1) {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(a.until)).UTC(), true
}

// Read returns the paths and tables that the answer depends on, in ASCII order.
func (a Answer) Read() []string { return a.members().read }

// SingleUse is whether the answer depends on earlier decisions of the session: it is valid for this action only.
func (a Answer) SingleUse() bool { return a.members().isSingleUse }

// CallDigest is what an approval must contain, with Challenge if the policy needs it; otherwise it is empty.
func (a Answer) CallDigest() string { return a.members().callDigest }

// Fault returns the error in the request, or the failure of the module; nil: there is none.
func (a Answer) Fault() *Fault { return a.members().fault }

// MarshalJSON returns the AuthZEN response. Unlike AppendJSON, json.Marshal escapes <, > and & in it.
func (a Answer) MarshalJSON() ([]byte, error) { return a.AppendJSON(nil), nil }

// AppendJSON appends the AuthZEN response, with the bytes that the module wrote.
func (a Answer) AppendJSON(dst []byte) []byte {
	if content := a.readable(); content != a.content {
		return append(dst, content.text...)
	}
	return a.content.append(dst, a.until)
}

// hostAnswer is a deny that the module did not write, because of a failure or of an invalid request.
func hostAnswer(fault *Fault) Answer {
	infinite := math.Inf(1)
	return Answer{&content{text: string(appendHostResponse(nil, fault)), effect: deny, until: infinite}, infinite}
}

// appendHostResponse writes the response of hostAnswer.
func appendHostResponse(dst []byte, fault *Fault) []byte {
	const details = `"reasons":[%[1]q],"reason_details":[{"id":%[1]q,"effect":"deny","fired_on":"true"}],`
	const rest = `"read":["action","context","resource","subject"],"error":{"code":%[2]q,"path":%[3]s,"expected":%[4]s,"found":%[5]s,"offset":0}}}`
	reason := CodeEngineError
	if fault.Code != CodeEngineError {
		reason = "invalid_request"
	}
	quoted := func(text string) []byte { return appendString(nil, strings.ToValidUTF8(text, "\ufffd")) }
	return fmt.Appendf(dst, responseStarts[deny]+details+rest, reason, fault.Code, quoted(fault.Path), quoted(fault.Expected), quoted(fault.Found))
}
