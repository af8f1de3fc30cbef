package nhipol

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// A request as Go holds it, to JSON text. What JSON cannot carry gives a fault with its path, never another value. Text is
// passed on as it is, so that the module tells what is no UTF-8.

const mostEncoded = maxInputBytes

// DecideValue decides an AuthZEN evaluation request as Go holds it, by the host's clock: maps with strings as keys, slices,
// strings, booleans, numbers, json.Number, time.Time, nil, and whatever encoding/json writes. Members that the policy does not
// declare are not looked at.
func (p *Policy) DecideValue(request any) Answer { return p.DecideValueWith(request, Options{}) }

// DecideValueWith is DecideValue with options.
func (p *Policy) DecideValueWith(request any, options Options) (answer Answer) {
	now, clock, ok := options.resolve()
	if !ok {
		return noInstant()
	}
	encoder := encoders.Get().(*encoder)
	defer encoders.Put(encoder)
	digest, fault := p.encode(encoder, request)
	switch {
	case fault == nil:
		return p.judge(encoder.dst, digest, now, clock)
	case fault.Code == "engine_error":
		return engineErrorAnswer(fault)
	default:
		return invalidAnswer(fault)
	}
}

// encode writes a request, and gives the digest of its call where the policy asks for that. Code of the caller's own, in a
// MarshalJSON for one, runs here, before any instance is taken.
func (p *Policy) encode(encoder *encoder, request any) (digest string, fault *Fault) {
	defer func() {
		if failure := recover(); failure != nil {
			fault = engineFault(engineReadableRequest, fmt.Sprint("a request that panics when it is read: ", failure))
		}
	}()
	if p.asksDigest {
		if fault = encoder.encode(request, wholeCall); fault != nil {
			return "", fault
		}
		// A call that is longer than any request has no digest.
		if len(encoder.dst) <= maxRequestBytes {
			digest = callDigest(encoder.dst, p.Name())
		}
	}
	return digest, encoder.encode(request, p.described.declared)
}

// encoder is used again and again, for the sake of its memory.
type encoder struct {
	dst   []byte
	path  []pathStep
	fault *Fault
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encode leaves the text in dst. Of objects it looks at what is declared; nil: at all of it.
func (e *encoder) encode(value any, declared *declared) *Fault {
	e.dst, e.path, e.fault = e.dst[:0], e.path[:0], nil
	e.value(value, declared)
	return e.fault
}

func (e *encoder) value(value any, declared *declared) {
	switch value := value.(type) {
	case nil:
		e.dst = append(e.dst, "null"...)
	case string:
		e.dst = appendString(e.dst, value)
	case bool:
		e.dst = strconv.AppendBool(e.dst, value)
	case float64:
		e.float(value)
	case int:
		e.dst = strconv.AppendInt(e.dst, int64(value), 10)
	case int64:
		e.dst = strconv.AppendInt(e.dst, value, 10)
	case json.Number:
		e.number(value)
	case map[string]any:
		e.object(value, declared)
	case []any:
		e.array(len(value), func(at int) { e.value(value[at], declared) })
	case []string:
		e.array(len(value), func(at int) { e.dst = appendString(e.dst, value[at]) })
	case time.Time:
		e.dst = appendString(e.dst, showInstant(value.UnixMilli()))
	default:
		e.other(value)
	}
	if len(e.dst) > mostEncoded {
		e.fail(wrong("too_large", fmt.Sprintf(textBytes, maxInputBytes), textLongerDocument))
	}
}

func (e *encoder) float(number float64) {
	switch {
	case math.IsNaN(number) || math.IsInf(number, 0):
		e.wrong(textNumber, strconv.FormatFloat(number, 'g', -1, 64))
	case number == math.Trunc(number) && !isExact(number):
		e.wrong(textNumber, textLargeInteger)
	default:
		e.dst = appendFloat(e.dst, number)
	}
}

func (e *encoder) number(number json.Number) {
	first, _ := utf8.DecodeRuneInString(string(number))
	if json.Valid([]byte(number)) && strings.ContainsRune("-0123456789", first) {
		e.dst = append(e.dst, number...)
		return
	}
	e.wrong(textNumber, strconv.Quote(string(number)))
}

func (e *encoder) object(object map[string]any, declared *declared) {
	if !e.enter() {
		return
	}
	e.dst = append(e.dst, '{')
	start := len(e.dst)
	if declared == nil {
		for _, name := range sortedNames(object) {
			e.comma(start)
			e.dst = append(appendString(e.dst, name), ':')
			e.member(name, object[name], nil)
		}
	} else {
		for at := range declared.members {
			member := &declared.members[at]
			if value, ok := object[member.name]; ok {
				e.comma(start)
				e.dst = append(e.dst, member.label...)
				e.member(member.name, value, declared.of(member, object))
			}
		}
	}
	e.dst = append(e.dst, '}')
}

// comma stands before all members but the first, which begins at start.
func (e *encoder) comma(start int) {
	if len(e.dst) > start {
		e.dst = append(e.dst, ',')
	}
}

func (e *encoder) member(name string, value any, declared *declared) {
	if e.fault != nil {
		return
	}
	e.path = append(e.path, pathStep{name: name})
	e.value(value, declared)
	e.path = e.path[:len(e.path)-1]
}

func (e *encoder) array(count int, element func(at int)) {
	if !e.enter() {
		return
	}
	e.dst = append(e.dst, '[')
	for at := 0; at < count && e.fault == nil; at++ {
		if at > 0 {
			e.dst = append(e.dst, ',')
		}
		e.path = append(e.path, pathStep{index: at, isIndex: true})
		element(at)
		e.path = e.path[:len(e.path)-1]
	}
	e.dst = append(e.dst, ']')
}

// enter gives false where it is too deep, as what holds itself is.
func (e *encoder) enter() bool {
	if len(e.path) < mostLevels {
		return true
	}
	e.fail(wrong("too_deep", textLevels, textDeeperOrCyclic))
	return false
}

// other is of a type that only encoding/json knows how to write.
func (e *encoder) other(value any) {
	if !isExactWithin(reflect.ValueOf(value), 0) {
		e.wrong(textNumber, textLargeInteger)
		return
	}
	text, err := json.Marshal(value)
	if err != nil {
		e.wrong("a value that JSON can represent", firstLine(err.Error()))
		return
	}
	e.dst = append(e.dst, text...)
}

// isExactWithin: encoding/json writes a float that may have been rounded like any other number.
func isExactWithin(value reflect.Value, depth int) bool {
	if depth > mostLevels {
		return true
	}
	switch value.Kind() {
	case reflect.Float32, reflect.Float64:
		number := value.Float()
		return number != math.Trunc(number) || math.IsInf(number, 0) || isExact(number)
	case reflect.Pointer, reflect.Interface:
		return isExactWithin(value.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		for at := range value.Len() {
			if !isExactWithin(value.Index(at), depth+1) {
				return false
			}
		}
	case reflect.Map:
		for _, name := range value.MapKeys() {
			if !isExactWithin(value.MapIndex(name), depth+1) {
				return false
			}
		}
	case reflect.Struct:
		for at := range value.NumField() {
			if !isExactWithin(value.Field(at), depth+1) {
				return false
			}
		}
	}
	return true
}

func (e *encoder) wrong(expected, found string) {
	e.fail(&Fault{Code: "wrong_type", Path: jsonPath(e.path), Expected: expected, Found: found})
}

// fail keeps the first.
func (e *encoder) fail(fault *Fault) {
	if e.fault == nil {
		e.fault = fault
	}
}
