// Package cel evaluates the expressions of mappings as the service does: with the same values, and with the same messages for
// those that fail. It supports the part of the Common Expression Language that mappings need. Compile refuses everything
// else, so that no expression has another value here.
package cel

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values. An Int is a literal or a size; numbers of inputs are doubles.
const (
	Null Kind = iota
	Bool
	Int
	Double
	String
	ListKind
	MapKind
	OptionalKind
	// Exact is a number of a response that a double does not represent, with its digits as text.
	Exact
)

// Value is a value of an expression. It is immutable.
type Value struct {
	Kind   Kind
	Text   string
	Number float64
	list   []Value
	object *Map
	inner  *Value
}

// Str returns a string.
func Str(text string) Value { return Value{Kind: String, Text: text} }

// Num returns a double.
func Num(number float64) Value { return Value{Kind: Double, Number: number} }

// Truth returns a bool.
func Truth(truth bool) Value {
	if truth {
		return Value{Kind: Bool, Number: 1}
	}
	return Value{Kind: Bool}
}

// List returns a list of these elements.
func List(elements []Value) Value { return Value{Kind: ListKind, list: elements} }

// Object returns a map.
func Object(members *Map) Value { return Value{Kind: MapKind, object: members} }

// Map returns the members of a map. It is nil for another value.
func (v Value) Map() *Map { return v.object }

// Elements returns the elements of a list.
func (v Value) Elements() []Value { return v.list }

// IsTrue is whether the value is true.
func (v Value) IsTrue() bool { return v.Kind == Bool && v.Number != 0 }

func integer(number int) Value { return Value{Kind: Int, Number: float64(number)} }

// some returns an optional that has a value.
func some(value Value) Value { return Value{Kind: OptionalKind, inner: &value} }

var none = Value{Kind: OptionalKind}

// Map has members in the order in which the service has them: names that are indexes of arrays first, by their number, and
// then the others as they were set.
type Map struct {
	names  []string
	values []Value
	// index is nil for few members.
	index map[string]int
}

const maxUnindexed = 16

// Empty is a map without members.
var Empty = &Map{}

// Set adds a member, or replaces its value.
func (m *Map) Set(name string, value Value) {
	if at := m.find(name); at >= 0 {
		m.values[at] = value
		return
	}
	m.names, m.values = append(m.names, name), append(m.values, value)
	switch {
	case m.index != nil:
		m.index[name] = len(m.names) - 1
	case len(m.names) > maxUnindexed:
		m.reindex()
	}
}

func (m *Map) reindex() {
	m.index = make(map[string]int, 2*len(m.names))
	for at, name := range m.names {
		m.index[name] = at
	}
}

// Sort moves the names that are indexes of arrays to the start. It must be called after the last Set.
func (m *Map) Sort() *Map {
	if !slices.ContainsFunc(m.names, isArrayIndex) {
		return m
	}
	order := make([]int, len(m.names))
	for at := range order {
		order[at] = at
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareNames(m.names[a], m.names[b]) })
	sorted := &Map{names: make([]string, 0, len(order)), values: make([]Value, 0, len(order))}
	for _, at := range order {
		sorted.names, sorted.values = append(sorted.names, m.names[at]), append(sorted.values, m.values[at])
	}
	if m.index != nil {
		sorted.reindex()
	}
	return sorted
}

func compareNames(a, b string) int {
	isFirst, isSecond := isArrayIndex(a), isArrayIndex(b)
	switch {
	case isFirst && isSecond:
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	case isFirst:
		return -1
	case isSecond:
		return 1
	}
	return 0
}

// isArrayIndex is whether a name is a number below 2^32 - 1 without leading zeros.
func isArrayIndex(name string) bool {
	if name == "" || len(name) > 10 || name[0] < '0' || name[0] > '9' || name[0] == '0' && len(name) > 1 {
		return false
	}
	number, err := strconv.ParseUint(name, 10, 64)
	return err == nil && number < math.MaxUint32
}

func (m *Map) find(name string) int {
	if m.index != nil {
		if at, ok := m.index[name]; ok {
			return at
		}
		return -1
	}
	return slices.Index(m.names, name)
}

// Get returns the value of a member.
func (m *Map) Get(name string) (Value, bool) {
	if at := m.find(name); at >= 0 {
		return m.values[at], true
	}
	return Value{}, false
}

// Len returns the number of members.
func (m *Map) Len() int { return len(m.names) }

// At returns the name and the value of a member by its place.
func (m *Map) At(at int) (string, Value) { return m.names[at], m.values[at] }

// typeName returns the type as messages of the service show it. isDeep is whether it shows the types of elements.
func (v Value) typeName(isDeep bool) string {
	switch v.Kind {
	case Null:
		return "null"
	case Bool:
		return "bool"
	case Int:
		return "int"
	case Double:
		return "double"
	case String:
		return "string"
	case OptionalKind:
		return "optional"
	case ListKind:
		if !isDeep {
			return "list"
		}
		if len(v.list) == 0 {
			return "list<dyn>"
		}
		return "list<" + v.list[0].typeName(true) + ">"
	}
	if !isDeep {
		return "map"
	}
	if v.object.Len() == 0 {
		return "map<dyn, dyn>"
	}
	return "map<string, " + v.object.values[0].typeName(true) + ">"
}

// equal compares as the service does. Ints and doubles are compared by their numbers.
func equal(a, b Value) bool {
	isNumber := func(v Value) bool { return v.Kind == Int || v.Kind == Double }
	if isNumber(a) && isNumber(b) {
		return a.Number == b.Number
	}
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case Null:
		return true
	case Bool:
		return a.Number == b.Number
	case String:
		return a.Text == b.Text
	case ListKind:
		return slices.EqualFunc(a.list, b.list, equal)
	case MapKind:
		return equalMaps(a.object, b.object)
	}
	return false
}

func equalMaps(a, b *Map) bool {
	if a.Len() != b.Len() {
		return false
	}
	for at, name := range a.names {
		if other, ok := b.Get(name); !ok || !equal(a.values[at], other) {
			return false
		}
	}
	return true
}

// compareText compares strings by their units of UTF-16.
func compareText(a, b string) int {
	shared := 0
	for shared < len(a) && shared < len(b) && a[shared] == b[shared] {
		shared++
	}
	for shared > 0 && shared < len(a) && !utf8.RuneStart(a[shared]) {
		shared--
	}
	return slices.Compare(utf16.Encode([]rune(a[shared:])), utf16.Encode([]rune(b[shared:])))
}

// units returns the length of a string in UTF-16.
func units(text string) int {
	count := 0
	for at := 0; at < len(text); at++ {
		if text[at] >= utf8.RuneSelf {
			return count + wideUnits(text[at:])
		}
		count++
	}
	return count
}

func wideUnits(text string) int {
	count := 0
	for _, char := range text {
		count++
		if char > 0xffff {
			count++
		}
	}
	return count
}

// Unwrap returns the value of an optional, or the value itself. It is Null for an optional without one.
func (v Value) Unwrap() Value {
	switch {
	case v.Kind != OptionalKind:
		return v
	case v.inner == nil:
		return Value{}
	}
	return *v.inner
}
