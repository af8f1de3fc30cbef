package nhipol

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parses the response that a module wrote, without whitespace between its members. Those of the context may be in any order;
// those of other objects are in the order of the ABI. Members of later minor versions are skipped, in other objects at the end.
// Strings without escapes share the memory of the response.

// parts are what a response contains.
type parts struct {
	reasons       []string
	details       []ReasonDetail
	constraints   map[string]any
	obligations   []Obligation
	accessRequest *AccessRequest
	read          []string
	isSingleUse   bool
	callDigest    string
	fault         *Fault
	// untilStart and untilEnd are the offsets of `valid_until` with its comma, or where it would be.
	untilStart, untilEnd int
	// hasFailed is whether the response is not as the ABI describes it.
	hasFailed bool
}

// parse takes UTF-8 that starts as a response with this effect does.
func (p *parts) parse(response string, effect int) {
	c := &cursor{text: response, at: len(responseStarts[effect])}
	for at := range len(response) {
		if response[at] < ' ' {
			c.hasFailed = true
		}
	}
	for isMore := true; isMore; isMore = c.take(",") {
		start := c.at - 1
		name := c.string("")
		c.expect(":")
		switch name {
		case "reasons":
			p.reasons = c.strings("")
		case "reason_details":
			p.details = list(c, "", make([]ReasonDetail, 0, 1), c.reasonDetail)
		case "constraints":
			p.constraints = c.object()
		case "obligations":
			p.obligations = list(c, "", nil, c.obligation)
		case "access_request":
			p.accessRequest = c.accessRequest()
		case "valid_until":
			c.string("")
			p.untilStart, p.untilEnd = start, c.at
		case "read":
			p.read = c.strings("")
			if p.untilEnd == 0 {
				p.untilStart, p.untilEnd = start, start
			}
		case "single_use":
			p.isSingleUse = c.take("true")
		case "call_digest":
			p.callDigest = c.string("")
		case "error":
			p.fault = c.fault()
		default:
			c.value()
		}
	}
	c.expect("}")
	c.end()
	c.require(p.reasons != nil && p.details != nil && p.read != nil)
	p.hasFailed = c.hasFailed || c.at != len(response)
}

func (c *cursor) reasonDetail() ReasonDetail {
	detail := ReasonDetail{ID: c.string(`{"id":`)}
	c.require(detail.Effect.UnmarshalText([]byte(c.string(`,"effect":`))) == nil)
	detail.Message = c.optional(`,"message":`)
	detail.FiredOnUnknown = c.take(`,"fired_on":"unknown"`)
	c.require(detail.FiredOnUnknown || c.take(`,"fired_on":"true"`))
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
	obligation.Name = c.string(`,"name":`)
	obligation.Reasons = c.strings(`,"reasons":`)
	c.end()
	return obligation
}

func (c *cursor) accessRequest() *AccessRequest {
	request := &AccessRequest{Properties: c.object()}
	request.Reason = c.string(`,"reason":`)
	request.EvaluatedAt = c.instant(c.string(`,"evaluated_at":`))
	request.Name = c.string(`,"access_request_name":`)
	expires, _ := request.Properties["expires_at"].(string)
	delete(request.Properties, "expires_at")
	request.ExpiresAt = c.instant(expires)
	return request
}

func (c *cursor) fault() *Fault {
	fault := &Fault{c.string(`{"code":`), c.string(`,"path":`), c.string(`,"expected":`), c.string(`,"found":`), c.count(`,"offset":`)}
	c.end()
	return fault
}

// cursor is a place in a text. After a failure it takes nothing more.
type cursor struct {
	text      string
	at        int
	hasFailed bool
	// buffer is memory for the elements of an array.
	buffer [8]string
}

// take is whether this comes next, and then goes past it.
func (c *cursor) take(next string) bool {
	if c.hasFailed || !strings.HasPrefix(c.text[c.at:], next) {
		return false
	}
	c.at += len(next)
	return true
}

func (c *cursor) expect(next string) { c.require(c.take(next)) }

func (c *cursor) require(holds bool) { c.hasFailed = c.hasFailed || !holds }

// end reads the end of an object, and members that this version of the ABI does not have.
func (c *cursor) end() {
	for c.take(",") {
		c.string("")
		c.expect(":")
		c.value()
	}
	c.expect("}")
}

// list reads an array after its name.
func list[T any](c *cursor, name string, elements []T, element func() T) []T {
	c.expect(name)
	c.expect("[")
	for isMore := !c.take("]"); isMore && !c.hasFailed; {
		elements = append(elements, element())
		if isMore = c.take(","); !isMore {
			c.expect("]")
		}
	}
	return elements
}

func (c *cursor) strings(name string) []string {
	return slices.Clone(list(c, name, c.buffer[:0], func() string { return c.string("") }))
}

func (c *cursor) optional(name string) string {
	if !c.take(name) {
		return ""
	}
	return c.string("")
}

// string reads a string after a name.
func (c *cursor) string(name string) string {
	c.expect(name)
	if !c.take(`"`) {
		c.hasFailed = true
		return ""
	}
	length := strings.IndexByte(c.text[c.at:], '"')
	if length < 0 || strings.IndexByte(c.text[c.at:c.at+length], '\\') >= 0 {
		c.at--
		return decode[string](c)
	}
	c.at += length + 1
	return c.text[c.at-length-1 : c.at-1]
}

// decode reads a JSON value in the slow way.
func decode[T any](c *cursor) (value T) {
	decoder := json.NewDecoder(strings.NewReader(c.text[c.at:]))
	decoder.UseNumber()
	c.require(decoder.Decode(&value) == nil)
	c.at += int(decoder.InputOffset())
	return value
}

// count reads a whole number that is not negative, after a name.
func (c *cursor) count(name string) int {
	c.expect(name)
	number, err := strconv.ParseUint(string(c.number()), 10, 32)
	c.require(err == nil)
	return int(number)
}

func (c *cursor) number() json.Number {
	rest := strings.TrimLeft(c.text[c.at:], "+-.0123456789Ee")
	digits := c.text[c.at : len(c.text)-len(rest)]
	c.at += len(digits)
	c.require(isNumber(digits))
	return json.Number(digits)
}

// isNumber is whether a text is a number of JSON.
func isNumber(text string) bool {
	return text != "" && strings.IndexByte("-0123456789", text[0]) >= 0 && json.Valid([]byte(text))
}

// instant reads an instant.
func (c *cursor) instant(text string) time.Time {
	instant, err := parseInstant(text)
	c.require(err == nil)
	return instant
}

// object reads an object with a JSON value for each name. A number is a json.Number.
func (c *cursor) object() map[string]any {
	object := map[string]any{}
	c.expect("{")
	for isMore := !c.take("}"); isMore && !c.hasFailed; {
		name := c.string("")
		c.expect(":")
		object[name] = c.value()
		if isMore = c.take(","); !isMore {
			c.expect("}")
		}
	}
	return object
}

func (c *cursor) value() any {
	switch rest := c.text[c.at:]; {
	case strings.HasPrefix(rest, `"`):
		return c.string("")
	case rest != "" && strings.IndexByte("-0123456789", rest[0]) >= 0:
		return c.number()
	default:
		return decode[any](c)
	}
}
