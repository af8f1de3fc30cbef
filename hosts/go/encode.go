package nhipol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
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
	dst []byte
	// layout contains the names of the objects of the last request, in the order of the objects in the text. objects is the
	// number of objects so far.
	layout  [][]string
	objects int
	// isMarshaled is whether encoding/json wrote the numbers, which does not tell rounded floats from integers.
	isMarshaled bool
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encode returns the text, which is valid until the next call. Code of the caller, such as a MarshalJSON, runs here.
func (e *encoder) encode(value any) (text []byte, fault *Fault) {
	defer func() {
		if failure := recover(); failure != nil {
			fault = engineError(engineReadableRequest, fmt.Sprint("a request that panics when it is read: ", failure))
		}
	}()
	e.dst, e.objects, e.isMarshaled = e.dst[:0], 0, false
	if fault = e.value(value, 0); fault != nil {
		if fault.Code != CodeWrongType {
			fault.Path = ""
		}
		fault.Path = "$" + fault.Path
	}
	return e.dst, fault
}

// value writes a value within this number of objects and arrays. The path of a fault starts at the value.
func (e *encoder) value(value any, depth int) (fault *Fault) {
	if depth > maxInputLevels {
		return &Fault{CodeTooDeep, "", textLevels, textDeeperOrCyclic, 0}
	}
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
	if fault == nil && len(e.dst) > maxInputBytes {
		fault = &Fault{CodeTooLarge, "", fmt.Sprintf(textBytes, maxInputBytes), textLongerDocument, 0}
	}
	return fault
}

func wrongNumber(found string) *Fault { return &Fault{CodeWrongType, "", textNumber, found, 0} }

func (e *encoder) float(number float64) *Fault {
	switch isWhole := math.Trunc(number) == number; {
	case math.IsNaN(number) || math.IsInf(number, 0):
		return wrongNumber(fmt.Sprint(number))
	case isWhole && math.Abs(number) > maxExactInteger:
		return wrongNumber(textLargeInteger)
	case isWhole:
		e.dst = strconv.AppendInt(e.dst, int64(number), 10)
	default:
		e.dst = strconv.AppendFloat(e.dst, number, 'g', -1, 64)
	}
	return nil
}

func (e *encoder) number(number json.Number) *Fault {
	if text := string(number); !json.Valid([]byte(text)) || !strings.Contains("-0123456789", text[:1]) {
		return wrongNumber(strconv.Quote(text))
	}
	if float, _ := number.Float64(); e.isMarshaled && float == math.Trunc(float) && math.Abs(float) > maxExactInteger {
		return wrongNumber(textLargeInteger)
	}
	e.dst = append(e.dst, number...)
	return nil
}

func (e *encoder) object(object map[string]any, depth int) *Fault {
	e.dst = append(e.dst, '{')
	for at, name := range e.names(object) {
		if at > 0 {
			e.dst = append(e.dst, ',')
		}
		e.dst = append(appendString(e.dst, name), ':')
		if fault := e.value(object[name], depth); fault != nil {
			fault.Path = pathStep(name) + fault.Path
			return fault
		}
	}
	e.dst = append(e.dst, '}')
	return nil
}

// names returns the names of an object, in order but with properties at the end: a module reads requests with the same layout
// faster, and properties after the type that they depend on. Most requests have the layout of the last one.
func (e *encoder) names(object map[string]any) []string {
	place := e.objects
	e.objects++
	if place == len(e.layout) {
		e.layout = append(e.layout, nil)
	}
	names := e.layout[place]
	isSame := len(names) == len(object)
	for at := 0; isSame && at < len(names); at++ {
		_, isSame = object[names[at]]
	}
	if !isSame {
		names = slices.AppendSeq(names[:0], maps.Keys(object))
		slices.SortFunc(names, compareNames)
		e.layout[place] = names
	}
	return names
}

func compareNames(a, b string) int {
	const last = "properties"
	if a == last || b != last && a > b {
		return 1
	}
	return -1
}

func (e *encoder) array(array []any, depth int) *Fault {
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
		return e.value(nil, maxInputLevels+1)
	}
	if err != nil {
		return &Fault{CodeWrongType, "", "a value that JSON can represent", firstLine(err), 0}
	}
	defer func(before bool) { e.isMarshaled = before }(e.isMarshaled)
	e.isMarshaled = true
	return e.value(decoded, depth)
}

// appendString leaves bytes that are not UTF-8 as they are.
func appendString(dst []byte, text string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for at := 0; at < len(text); at++ {
		if char := text[at]; char < ' ' || char == '"' || char == '\\' {
			dst = append(append(dst, text[start:at]...), '\\', 'u', '0', '0', digits[char>>4], digits[char&15])
			start = at + 1
		}
	}
	return append(append(dst, text[start:]...), '"')
}

var shortName = regexp.MustCompile(`^[A-Za-z_][A-Za-z_0-9]*$`)

// pathStep is the step of a JSONPath (RFC 9535) to a member, in its short form if the name allows it.
func pathStep(name string) string {
	if shortName.MatchString(name) {
		return "." + name
	}
	return "[" + string(appendString(nil, name)) + "]"
}
