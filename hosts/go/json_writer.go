package nhipol

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// JSON text as RFC 8785 writes it, appended to bytes: what a host tells of answers, and what digests are made of.

const hexDigits = "0123456789abcdef"

// appendString leaves bytes that are no UTF-8 as they are.
func appendString(dst []byte, text string) []byte {
	dst = append(dst, '"')
	start := 0
	for at := range len(text) {
		char := text[at]
		if char >= ' ' && char != '"' && char != '\\' {
			continue
		}
		dst = append(dst, text[start:at]...)
		dst = appendEscape(dst, char)
		start = at + 1
	}
	return append(append(dst, text[start:]...), '"')
}

func appendEscape(dst []byte, char byte) []byte {
	const short = "\b\f\n\r\t\"\\"
	const letters = "bfnrt\"\\"
	if at := strings.IndexByte(short, char); at >= 0 {
		return append(dst, '\\', letters[at])
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[char>>4], hexDigits[char&15])
}

// appendFloat writes a finite number as ECMAScript does: the shortest digits that are this number again.
func appendFloat(dst []byte, number float64) []byte {
	size := math.Abs(number)
	if size == 0 {
		return append(dst, '0')
	}
	if size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(dst, number, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, number, 'e', -1, 64)
	// ECMAScript writes e-7 where Go writes e-07.
	if last := len(dst) - 1; dst[last-1] == '0' && (dst[last-2] == '-' || dst[last-2] == '+') {
		dst[last-1] = dst[last]
		dst = dst[:last]
	}
	return dst
}

// appendValue writes what an answer has: bool, string, json.Number, []any, and maps in ASCII order of names.
func appendValue(dst []byte, value any) []byte {
	switch value := value.(type) {
	case bool:
		return strconv.AppendBool(dst, value)
	case string:
		return appendString(dst, value)
	case json.Number:
		return append(dst, value...)
	case []any:
		return appendList(dst, value, appendValue)
	case map[string]any:
		return appendMembers(dst, value)
	default:
		return append(dst, "null"...)
	}
}

func appendMembers(dst []byte, members map[string]any) []byte {
	dst = append(dst, '{')
	for at, name := range sortedNames(members) {
		if at > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, name), ':')
		dst = appendValue(dst, members[name])
	}
	return append(dst, '}')
}

// sortedNames is in ASCII order.
func sortedNames(members map[string]any) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func appendList[T any](dst []byte, elements []T, each func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for at, element := range elements {
		if at > 0 {
			dst = append(dst, ',')
		}
		dst = each(dst, element)
	}
	return append(dst, ']')
}

func appendStrings(dst []byte, texts []string) []byte { return appendList(dst, texts, appendString) }
