package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
)

// answer is what was decided, as the service shows it.
type answer struct {
	isGranted bool
	effect    string
	reasons   []cel.Value
	// details are why an answer refuses, in words.
	details string
	// context is that of the response of AuthZEN, without the members that nobody gets.
	context     *cel.Map
	constraints *cel.Map
	obligations []string
}

// refusal is a deny with one reason: a word such as `not_mapped`, and what a person reads.
func refusal(reason, message string) *answer {
	context := &cel.Map{}
	reasons := []cel.Value{cel.Str(reason)}
	context.Set("effect", cel.Str("deny"))
	context.Set("reasons", cel.List(reasons))
	return &answer{effect: "deny", reasons: reasons, details: message, context: context, constraints: cel.Empty}
}

// hidden are members of the response that the service does not pass on.
var hidden = []string{"reason_details", "read", "error", "single_use"}

var errResponse = errors.New("the module returned what is not a response of AuthZEN")

// readAnswer reads a response of AuthZEN, as a host wrote it.
func readAnswer(response string) (*answer, error) {
	parsed, err := cel.ParseJSON(response)
	if err != nil || parsed.Kind != cel.MapKind {
		return nil, errResponse
	}
	decision, _ := parsed.Map().Get("decision")
	given, ok := parsed.Map().Get("context")
	if !ok || given.Kind != cel.MapKind || decision.Kind != cel.Bool {
		return nil, errResponse
	}
	context := given.Map()
	effect, _ := context.Get("effect")
	reasons, _ := context.Get("reasons")
	if effect.Kind != cel.String || reasons.Kind != cel.ListKind {
		return nil, errResponse
	}
	read := &answer{
		isGranted:   decision.IsTrue(),
		effect:      effect.Text,
		reasons:     reasons.Elements(),
		details:     explain(context),
		context:     &cel.Map{},
		constraints: cel.Empty,
	}
	for at := range context.Len() {
		if name, member := context.At(at); !slices.Contains(hidden, name) {
			read.context.Set(name, member)
		}
	}
	if constraints, ok := context.Get("constraints"); ok && constraints.Kind == cel.MapKind {
		read.constraints = constraints.Map()
	}
	if obligations, ok := context.Get("obligations"); ok {
		for _, obligation := range obligations.Elements() {
			name, _ := obligation.Map().Get("name")
			read.obligations = append(read.obligations, name.Text)
		}
	}
	return read, nil
}

// explain returns why an answer refuses: the messages of its rules, or their names.
func explain(context *cel.Map) string {
	if failure, ok := context.Get("error"); ok && failure.Kind == cel.MapKind {
		member := func(name string) string {
			value, _ := failure.Map().Get(name)
			return value.Text
		}
		if member("code") != "engine_error" {
			return fmt.Sprintf("%s: expected %s, found %s", member("path"), member("expected"), member("found"))
		}
	}
	details, _ := context.Get("reason_details")
	reasons := make([]string, 0, len(details.Elements()))
	for _, detail := range details.Elements() {
		reasons = append(reasons, explainReason(detail.Map()))
	}
	return strings.Join(reasons, "; ")
}

func explainReason(detail *cel.Map) string {
	id, _ := detail.Get("id")
	if message, ok := detail.Get("message"); ok {
		return message.Text
	}
	if id.Text == "default_deny" {
		return "no rule permits it"
	}
	unknown, _ := detail.Get("unknown")
	var paths []string
	for _, path := range unknown.Elements() {
		paths = append(paths, path.Text)
	}
	if len(paths) == 0 {
		return id.Text
	}
	return fmt.Sprintf("%s (%s is unknown)", id.Text, strings.Join(paths, ", "))
}

// isFailure is whether nothing was decided, because the engine cannot be used.
func (a *answer) isFailure() bool {
	return slices.ContainsFunc(a.reasons, func(reason cel.Value) bool { return reason.Text == "engine_error" })
}

// maxConstraintsHeader limits the header: Envoy refuses headers of more than 16 KiB, and upstreams often of less.
const maxConstraintsHeader = 8_192

// restrict returns a refusal instead of a grant that cannot be carried out. Constraints are for the upstream, which gets all
// of them; obligations are for the proxy, which carries out those that are named.
func (a *answer) restrict(obligations []string) *answer {
	if !a.isGranted {
		return a
	}
	var missing []string
	for _, name := range a.obligations {
		if !slices.Contains(obligations, name) {
			missing = append(missing, "`"+name+"`")
		}
	}
	if len(missing) > 0 {
		return refusal("not_enforceable", fmt.Sprintf("it is permitted only with %s, which is not carried out here", strings.Join(missing, ", ")))
	}
	if len(a.constraintsText()) > maxConstraintsHeader {
		return refusal("not_enforceable", "its constraints are too long for a header")
	}
	return a
}

// constraintsText returns the constraints in JSON as the value of a header: only characters of ASCII.
func (a *answer) constraintsText() string {
	var text []byte
	for _, char := range string(cel.ToJSON(cel.Object(a.constraints))) {
		switch {
		case char < 0x7f:
			text = append(text, byte(char))
		case char > 0xffff:
			char -= 0x10000
			text = fmt.Appendf(text, `\u%04x\u%04x`, 0xd800+char>>10, 0xdc00+char&0x3ff)
		default:
			text = fmt.Appendf(text, `\u%04x`, char)
		}
	}
	return string(text)
}
