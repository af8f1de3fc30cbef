package nhipol

import (
	"bytes"
	"encoding/json"
	"math"
	"unicode/utf8"
)

// JSON that a module says of itself, read by what it must be. A shape notes when something is anything else, and goes on
// with empty values, so that whoever reads looks once, at the end. Members that nobody asks for may come with a later
// minor version.

type shape struct{ isWrong bool }

// parseJSON gives false for what is not valid JSON in UTF-8. Numbers are json.Number.
func parseJSON(text []byte) (any, bool) {
	if !utf8.Valid(text) || !json.Valid(text) {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	return value, true
}

func (s *shape) record(value any) map[string]any {
	members, ok := value.(map[string]any)
	s.expect(ok)
	return members
}

func (s *shape) text(value any) string {
	text, ok := value.(string)
	s.expect(ok)
	return text
}

func (s *shape) boolean(value any) bool {
	boolean, ok := value.(bool)
	s.expect(ok)
	return boolean
}

// count is a whole number from 0 on, however it is written.
func (s *shape) count(value any) int {
	number, ok := value.(json.Number)
	s.expect(ok)
	counted, err := number.Float64()
	if !ok || err != nil || counted < 0 || counted > mostExact || counted != math.Trunc(counted) {
		s.expect(false)
		return 0
	}
	return int(counted)
}

func (s *shape) expect(isRight bool) {
	if !isRight {
		s.isWrong = true
	}
}

// listOf reads each element of a list.
func listOf[T any](s *shape, value any, each func(any) T) []T {
	elements, ok := value.([]any)
	s.expect(ok)
	if len(elements) == 0 {
		return nil
	}
	read := make([]T, len(elements))
	for at, element := range elements {
		read[at] = each(element)
	}
	return read
}

// tupleOf is a list of so many elements.
func tupleOf(s *shape, value any, count int) []any {
	elements, ok := value.([]any)
	if !ok || len(elements) != count {
		s.expect(false)
		return make([]any, count)
	}
	return elements
}

// optional reads a member that may be left out; what is then left is the zero value.
func optional[T any](members map[string]any, name string, read func(any) T) T {
	if value, ok := members[name]; ok {
		return read(value)
	}
	var none T
	return none
}

func (s *shape) texts(value any) []string { return listOf(s, value, s.text) }

func (s *shape) counts(value any) []int { return listOf(s, value, s.count) }
