package nhipol

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Parses the response that a module wrote, without whitespace between its members. Those of the context may be in any order;
// those of other objects are in the order of the ABI. Members of later minor versions are skipped, in other objects at the end.
// Strings without escapes share the memory of the response. A general parser takes twice the time of a whole decision.

// members are what the context of a response contains.
type members struct {
	reasons       []string
	details       []ReasonDetail
	constraints   map[string]any
	lower         map[string]any
	obligations   []Obligation
	accessRequest *AccessRequest
	read          []string
	isSingleUse   bool
	callDigest    string
	fault         *Fault
}

// parseResponse takes UTF-8 that starts as a response with this effect does. It raises a violation if the rest is not as the ABI
// describes it.
func parseResponse(response string, effect int) *members {
	for at := range len(response) {
		require(response[at] >= ' ', violationInvalidResponse)
	}
	m := &members{}
	c := &cursor{rest: response[len(responseStarts[effect]):]}
	for isMore := true; isMore; isMore = c.take(",") {
		switch name := c.name(); name {
		case "reasons":
			m.reasons = c.strings("")
		case "reason_details":
			m.details = list(c, c.reasonDetail)
		case "constraints":
			m.constraints = c.object()
		case "lower":
			m.lower = c.object()
		case "obligations":
			m.obligations = list(c, c.obligation)
		case "access_request":
			m.accessRequest = c.accessRequest()
		case "read":
			m.read = c.strings("")
		case "single_use":
			m.isSingleUse = c.take("true")
		case "call_digest":
			m.callDigest = c.string("")
		case "error":
			m.fault = c.fault()
		default:
			c.value()
		}
	}
	c.expect("}")
	c.end()
	require(c.rest == "" && m.reasons != nil && m.details != nil && m.read != nil, violationInvalidResponse)
	return m
}

func (c *cursor) reasonDetail() ReasonDetail {
	detail := ReasonDetail{ID: c.string(`{"id":`)}
	require(detail.Effect.UnmarshalText([]byte(c.string(`,"effect":`))) == nil, violationInvalidResponse)
	if c.take(`,"message":`) {
		detail.Message = c.string("")
	}
	if detail.FiredOnUnknown = c.take(`,"fired_on":"unknown"`); !detail.FiredOnUnknown {
		c.expect(`,"fired_on":"true"`)
	}
	if c.take(`,"unknown":`) {
		detail.Unknown = c.strings("")
	}
	if c.take(`,"source":`) {
		detail.Source = &Source{c.string(`{"file":`), c.count(`,"line":`), c.count(`,"column":`)}
		c.end()
	}
	c.end()
	return detail
}

func (c *cursor) obligation() Obligation {
	obligation := Obligation{ID: c.string(`{"id":`), Type: c.string(`,"type":`)}
	c.expect(`,"properties":`)
	obligation.Properties = c.object()
	obligation.Name, obligation.Reasons = c.string(`,"name":`), c.strings(`,"reasons":`)
	c.end()
	return obligation
}

func (c *cursor) accessRequest() *AccessRequest {
	request := &AccessRequest{Properties: c.object()}
	expiresAt, _ := request.Properties["expires_at"].(string)
	delete(request.Properties, "expires_at")
	request.Reason, request.EvaluatedAt = c.string(`,"reason":`), parseInstant(c.string(`,"evaluated_at":`))
	request.Name, request.ExpiresAt = c.string(`,"access_request_name":`), parseInstant(expiresAt)
	return request
}

func (c *cursor) fault() *Fault {
	fault := &Fault{c.string(`{"code":`), c.string(`,"path":`), c.string(`,"expected":`), c.string(`,"found":`), c.count(`,"offset":`)}
	c.end()
	return fault
}

// cursor is a place in a text. Its methods raise a violation if something else comes next.
type cursor struct {
	rest string
	// buffer is memory for the strings of an array.
	buffer [8]string
}

// take is whether this comes next, and then goes past it.
func (c *cursor) take(next string) (isNext bool) {
	c.rest, isNext = strings.CutPrefix(c.rest, next)
	return isNext
}

func (c *cursor) expect(next string) { require(c.take(next), violationInvalidResponse) }

// end reads the end of an object, and members that this version of the ABI does not have.
func (c *cursor) end() {
	for c.take(",") {
		c.name()
		c.value()
	}
	c.expect("}")
}

func (c *cursor) name() string {
	name := c.string("")
	c.expect(":")
	return name
}

// elements reads an array or an object.
func (c *cursor) elements(start, end string, read func()) {
	c.expect(start)
	for isMore := !c.take(end); isMore; {
		read()
		if isMore = c.take(","); !isMore {
			c.expect(end)
		}
	}
}

// list reads an array.
func list[T any](c *cursor, element func() T) []T {
	elements := make([]T, 0, 1)
	c.elements("[", "]", func() { elements = append(elements, element()) })
	return elements
}

func (c *cursor) strings(name string) []string {
	c.expect(name)
	texts := c.buffer[:0]
	c.elements("[", "]", func() { texts = append(texts, c.string("")) })
	return slices.Clone(texts)
}

// object reads an object with a JSON value for each name.
func (c *cursor) object() map[string]any {
	object := map[string]any{}
	c.elements("{", "}", func() { name := c.name(); object[name] = c.value() })
	return object
}

// string reads a string after its name.
func (c *cursor) string(name string) string {
	c.expect(name)
	if strings.HasPrefix(c.rest, `"`) {
		if text, rest, isClosed := strings.Cut(c.rest[1:], `"`); isClosed && !strings.Contains(text, `\`) {
			c.rest = rest
			return text
		}
	}
	return decode[string](c)
}

// value reads any value. A number is a json.Number.
func (c *cursor) value() any {
	if strings.HasPrefix(c.rest, `"`) {
		return c.string("")
	}
	if digits := c.digits(); digits != "" {
		return json.Number(digits)
	}
	return decode[any](c)
}

// digits reads a number; it is empty if something else comes next.
func (c *cursor) digits() string {
	rest := strings.TrimLeft(c.rest, "+-.0123456789Ee")
	digits := c.rest[:len(c.rest)-len(rest)]
	require(digits == "" || json.Valid([]byte(digits)), violationInvalidResponse)
	c.rest = rest
	return digits
}

// count reads a whole number that is not negative, after its name.
func (c *cursor) count(name string) int {
	c.expect(name)
	number, err := strconv.ParseUint(c.digits(), 10, 32)
	require(err == nil, violationInvalidResponse)
	return int(number)
}

// decode reads a value in the slow way.
func decode[T any](c *cursor) (value T) {
	decoder := json.NewDecoder(strings.NewReader(c.rest))
	decoder.UseNumber()
	require(decoder.Decode(&value) == nil, violationInvalidResponse)
	c.rest = c.rest[decoder.InputOffset():]
	return value
}
