package nhipol

import (
	"math"
	"strconv"
)

// JSON text, appended to bytes.

// appendString leaves bytes that are not UTF-8 as they are.
func appendString(dst []byte, text string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for at := range len(text) {
		if char := text[at]; char < ' ' || char == '"' || char == '\\' {
			dst = append(dst, text[start:at]...)
			dst = append(dst, '\\', 'u', '0', '0', digits[char>>4], digits[char&15])
			start = at + 1
		}
	}
	return append(append(dst, text[start:]...), '"')
}

// appendFloat writes the shortest digits that identify a finite number.
func appendFloat(dst []byte, number float64) []byte {
	format := byte('f')
	if size := math.Abs(number); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, number+0, format, -1, 64)
}

// pathStep is the step of a JSONPath (RFC 9535) to a member, in its short form if the name allows it.
func pathStep(name string) string {
	isShort := name != ""
	for at := range len(name) {
		char := name[at]
		isLetter := char == '_' || char|0x20 >= 'a' && char|0x20 <= 'z'
		isShort = isShort && (isLetter || at > 0 && char >= '0' && char <= '9')
	}
	if isShort {
		return "." + name
	}
	return "[" + string(appendString(nil, name)) + "]"
}
