package cel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ParseJSON reads a document, with its members in the order of the service. A number that a double does not represent is
// Exact. It returns an error for a name that occurs twice in an object.
func ParseJSON(text string) (Value, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	value, err := parseValue(decoder)
	if err == nil {
		if _, next := decoder.Token(); !errors.Is(next, io.EOF) {
			err = errors.New("there is more after the document")
		}
	}
	return value, err
}

func parseValue(decoder *json.Decoder) (Value, error) {
	token, err := decoder.Token()
	if err != nil {
		return Value{}, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return parseObject(decoder)
		}
		return parseArray(decoder)
	case string:
		return Str(token), nil
	case bool:
		return Truth(token), nil
	case json.Number:
		return parseNumber(string(token)), nil
	}
	return Value{}, nil
}

func parseObject(decoder *json.Decoder) (Value, error) {
	members := &Map{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return Value{}, err
		}
		value, err := parseValue(decoder)
		if err != nil {
			return Value{}, err
		}
		if members.find(name.(string)) >= 0 {
			return Value{}, fmt.Errorf("the name %s occurs twice in an object", AppendString(nil, name.(string)))
		}
		members.Set(name.(string), value)
	}
	_, err := decoder.Token()
	return Object(members.Sort()), err
}

func parseArray(decoder *json.Decoder) (Value, error) {
	elements := []Value{}
	for decoder.More() {
		element, err := parseValue(decoder)
		if err != nil {
			return Value{}, err
		}
		elements = append(elements, element)
	}
	_, err := decoder.Token()
	return List(elements), err
}

func parseNumber(digits string) Value {
	number, err := strconv.ParseFloat(digits, 64)
	if err != nil || !IsSafe(digits) {
		return Value{Kind: Exact, Text: digits, Number: number}
	}
	return Num(number)
}

// IsSafe is whether a double represents a number in JSON exactly, so that every reader has the same value.
func IsSafe(digits string) bool {
	const maxSafe = 1<<53 - 1
	number, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.Trunc(number) == number && math.Abs(number) > maxSafe {
		return false
	}
	return significant(digits) == significant(string(AppendNumber(nil, number)))
}

// significant returns the digits without sign, point, exponent, and zeros at both ends.
func significant(digits string) string {
	if at := strings.IndexAny(digits, "eE"); at >= 0 {
		digits = digits[:at]
	}
	return strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(digits), "0")
}
