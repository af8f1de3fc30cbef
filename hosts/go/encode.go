package nhipol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Writes a request in Go values as JSON. A value that JSON cannot represent is a fault with its path. Strings are written as
// they are, so that the module reports invalid UTF-8.

const maxExactInteger = 1<<53 - 1

// encoder is reused, with its memory.
type encoder struct {
	dst     []byte
	members []member
	// isMarshaled is whether encoding/json wrote the numbers, which does not tell rounded floats from integers.
	isMarshaled bool
}

type member struct {
	name  string
	value any
}

// compare orders by name, with properties at the end.
func (m member) compare(other member) int {
	const last = "properties"
	if m.name == last || other.name != last && m.name > other.name {
		return 1
	}
	return -1
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encode returns the text, which is valid until the next call. Code of the caller, such as a MarshalJSON, runs here.
func (e *encoder) encode(value any) (text []byte, fault *Fault) {
	defer func() {
		if failure := recover(); failure != nil {
			fault = engineError{engineReadableRequest, fmt.Sprint("a request that panics when it is read: ", failure)}.fault()
		}
	}()
	e.dst, e.members, e.isMarshaled = e.dst[:0], e.members[:0], false
	if fault = e.value(value, 0); fault != nil {
		if fault.Code != CodeWrongType {
			fault.Path = ""
		}
		fault.Path = "$" + fault.Path
	}
	return e.dst, fault
}

// value returns a fault whose path starts at the value.
func (e *encoder) value(value any, depth int) (fault *Fault) {
	switch value := value.(type) {
	case nil:
		e.dst = append(e.dst, "null"...)
	case string:
		e.dst = appendString(e.dst, value)
	case bool:
		e.dst = strconv.AppendBool(e.dst, value)
	case float64:
		fault = e.float(value)
	case int:
		e.dst = strconv.AppendInt(e.dst, int64(value), 10)
	case int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		e.dst = fmt.Append(e.dst, value)
	case float32:
		fault = e.float(float64(value))
	case json.Number:
		fault = e.number(value)
	case time.Time:
		e.dst = append(appendInstant(append(e.dst, '"'), value.UnixMilli()), '"')
	case map[string]any:
		fault = e.object(value, depth+1)
	case []any:
		fault = e.array(value, depth+1)
	default:
		fault = e.other(value, depth)
	}
	if len(e.dst) > maxInputBytes {
		return &Fault{CodeTooLarge, "", fmt.Sprintf(textBytes, maxInputBytes), textLongerDocument, 0}
	}
	return fault
}

func wrongNumber(found string) *Fault { return &Fault{CodeWrongType, "", textNumber, found, 0} }

func (e *encoder) float(number float64) *Fault {
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return wrongNumber(strconv.FormatFloat(number, 'g', -1, 64))
	}
	if isRounded(number) {
		return wrongNumber(textLargeInteger)
	}
	e.dst = appendFloat(e.dst, number)
	return nil
}

// isRounded is whether a float may be a rounded integer.
func isRounded(number float64) bool {
	return number == math.Trunc(number) && math.Abs(number) > maxExactInteger
}

func (e *encoder) number(number json.Number) *Fault {
	if !isNumber(string(number)) {
		return wrongNumber(strconv.Quote(string(number)))
	}
	if float, _ := number.Float64(); e.isMarshaled && isRounded(float) {
		return wrongNumber(textLargeInteger)
	}
	e.dst = append(e.dst, number...)
	return nil
}

// object writes the members in the order of their names: a module reads requests with the same layout faster, and properties
// after the type that they depend on.
func (e *encoder) object(object map[string]any, depth int) *Fault {
	if depth > maxInputLevels {
		return tooDeep()
	}
	first := len(e.members)
	for name, value := range object {
		e.members = append(e.members, member{name, value})
	}
	members := e.members[first:]
	slices.SortFunc(members, member.compare)
	e.dst = append(e.dst, '{')
	for at, member := range members {
		if at > 0 {
			e.dst = append(e.dst, ',')
		}
		e.dst = append(appendString(e.dst, member.name), ':')
		if fault := e.value(member.value, depth); fault != nil {
			fault.Path = pathStep(member.name) + fault.Path
			return fault
		}
	}
	e.dst = append(e.dst, '}')
	clear(members)
	e.members = e.members[:first]
	return nil
}

func (e *encoder) array(array []any, depth int) *Fault {
	if depth > maxInputLevels {
		return tooDeep()
	}
	e.dst = append(e.dst, '[')
	for at, element := range array {
		if at > 0 {
			e.dst = append(e.dst, ',')
		}
		if fault := e.value(element, depth); fault != nil {
			fault.Path = fmt.Sprintf("[%d]%s", at, fault.Path)
			return fault
		}
	}
	e.dst = append(e.dst, ']')
	return nil
}

func tooDeep() *Fault { return &Fault{CodeTooDeep, "", textLevels, textDeeperOrCyclic, 0} }

// other writes a value of a type that encoding/json can write.
func (e *encoder) other(value any, depth int) *Fault {
	text, err := json.Marshal(value)
	var decoded any
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		err = decoder.Decode(&decoded)
	}
	if unsupported := new(json.UnsupportedValueError); errors.As(err, &unsupported) && strings.Contains(unsupported.Str, "cycle") {
		return tooDeep()
	}
	if err != nil {
		return &Fault{CodeWrongType, "", "a value that JSON can represent", firstLine(err), 0}
	}
	defer func(before bool) { e.isMarshaled = before }(e.isMarshaled)
	e.isMarshaled = true
	return e.value(decoded, depth)
}
