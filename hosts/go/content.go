package nhipol

import (
	"math"
	"strings"
	"sync"
)

// content is a response, which answers with the same key share except for `valid_until`.
type content struct {
	text   string
	effect int
	// until is that of the answer whose response this is. The instant in the text, if it contains one, is between the others.
	until                   float64
	beforeUntil, afterUntil string
	once                    sync.Once
	// members is nil if the text is not a response of the ABI.
	members *members
}

// content copies a response that was written.
func (h header) content() *content {
	copied := &content{text: string(h.checked()), effect: h.effect, until: h.until}
	before := copied.text[:min(h.untilOffset, len(copied.text))]
	if end := strings.Index(copied.text[len(before):], `"`); end >= 0 && strings.HasSuffix(before, `"valid_until":"`) {
		copied.beforeUntil, copied.afterUntil = before, copied.text[len(before)+end:]
	}
	return copied
}

// parsed returns nil if the text is not a response of the ABI.
func (c *content) parsed() *members {
	c.once.Do(func() {
		defer func() { _ = recover() }()
		c.members = parseResponse(c.text, c.effect)
	})
	return c.members
}

// mustParse raises an engineError if the text is not a response of the ABI.
func (c *content) mustParse() *members {
	require(c.parsed() != nil, violationInvalidResponse)
	return c.members
}

// fits is whether the response can have this instant.
func (c *content) fits(until float64) bool {
	return until == c.until || c.beforeUntil != "" && !math.IsInf(until, 1)
}

// append appends the response with an instant that fits.
func (c *content) append(dst []byte, until float64) []byte {
	if until == c.until {
		return append(dst, c.text...)
	}
	return append(appendInstant(append(dst, c.beforeUntil...), int64(until)), c.afterUntil...)
}
