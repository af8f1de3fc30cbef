package nhipol

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON text in its one canonical form: the JSON Canonicalization Scheme, RFC 8785. Members stand in the order of their names'
// UTF-16 code units, strings and numbers as ECMAScript writes them, and nothing between. Of two texts that say something
// else no form is the same: what the form can't carry (a name twice, a number of more digits than a double keeps, a lone
// surrogate, more than 64 levels) has none.

const mostLevels = 64

// canonicalMember is the form of a member of an object; nil: it has none, or is not there.
type canonicalMember struct {
	form   []byte
	isTold bool
}

// canonicalMembers are those of the names. A text that is no JSON object has none of them.
func canonicalMembers(text []byte, names ...string) []canonicalMember {
	found := make([]canonicalMember, len(names))
	if !utf8.Valid(text) || !json.Valid(text) {
		return found
	}
	reader := canonicalReader{text: text}
	if reader.next() != '{' {
		return found
	}
	reader.items('}', func() bool {
		name, _ := reader.name()
		start := reader.at
		reader.skip()
		if place := slices.Index(names, name); place >= 0 {
			member := &found[place]
			member.form = nil
			if !member.isTold {
				member.form = canonicalForm(text[start:reader.at])
			}
			member.isTold = true
		}
		return true
	})
	return found
}

// canonicalForm takes JSON, and gives nil where it has none.
func canonicalForm(text []byte) []byte {
	reader := canonicalReader{text: text}
	form, ok := reader.value(nil, 1)
	if !ok {
		return nil
	}
	return form
}

// canonicalReader goes through a text that is JSON.
type canonicalReader struct {
	text []byte
	at   int
}

// value appends the form, and gives false where there is none.
func (r *canonicalReader) value(dst []byte, depth int) ([]byte, bool) {
	if depth > mostLevels {
		return dst, false
	}
	switch r.peek() {
	case '{':
		return r.object(dst, depth)
	case '[':
		return r.array(dst, depth)
	case '"':
		text, ok := r.string()
		return appendString(dst, text), ok
	}
	word := r.word()
	if char := word[0]; char == '-' || char >= '0' && char <= '9' {
		return appendExact(dst, string(word))
	}
	return append(dst, word...), true
}

func (r *canonicalReader) array(dst []byte, depth int) ([]byte, bool) {
	r.next()
	dst = append(dst, '[')
	isFirst := true
	ok := r.items(']', func() (ok bool) {
		if !isFirst {
			dst = append(dst, ',')
		}
		isFirst = false
		dst, ok = r.value(dst, depth+1)
		return ok
	})
	return append(dst, ']'), ok
}

type canonicalPair struct {
	name string
	form []byte
}

func (r *canonicalReader) object(dst []byte, depth int) ([]byte, bool) {
	r.next()
	var pairs []canonicalPair
	ok := r.items('}', func() bool {
		name, isText := r.name()
		form, isForm := r.value(nil, depth+1)
		pairs = append(pairs, canonicalPair{name, form})
		return isText && isForm
	})
	slices.SortFunc(pairs, func(a, b canonicalPair) int { return compareUTF16(a.name, b.name) })
	dst = append(dst, '{')
	for at, pair := range pairs {
		if at > 0 {
			if pairs[at-1].name == pair.name {
				return dst, false
			}
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, pair.name), ':')
		dst = append(dst, pair.form...)
	}
	return append(dst, '}'), ok
}

// items calls for each until one gives false. Its first bracket was read.
func (r *canonicalReader) items(end byte, item func() bool) bool {
	if r.peek() == end {
		r.at++
		return true
	}
	for {
		if !item() {
			return false
		}
		if r.next() == end {
			return true
		}
	}
}

// name is a member's, with its colon.
func (r *canonicalReader) name() (string, bool) {
	name, ok := r.string()
	r.next()
	return name, ok
}

// peek is the next byte that is no space.
func (r *canonicalReader) peek() byte {
	for {
		switch char := r.text[r.at]; char {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return char
		}
	}
}

func (r *canonicalReader) next() byte {
	char := r.peek()
	r.at++
	return char
}

// word is a number, true, false or null.
func (r *canonicalReader) word() []byte {
	rest := r.text[r.at:]
	end := bytes.IndexAny(rest, " \t\n\r,]}")
	if end < 0 {
		end = len(rest)
	}
	r.at += end
	return rest[:end]
}

// skip goes to the end of a value.
func (r *canonicalReader) skip() {
	for depth := 0; ; {
		switch r.peek() {
		case '{', '[':
			depth++
			r.at++
		case '}', ']':
			depth--
			r.at++
		case '"':
			r.quoted()
		case ',', ':':
			r.at++
			continue
		default:
			r.word()
		}
		if depth == 0 {
			return
		}
	}
}

// quoted is a string as it stands, without its quotes.
func (r *canonicalReader) quoted() []byte {
	r.next()
	start := r.at
	for r.text[r.at] != '"' {
		if r.text[r.at] == '\\' {
			r.at++
		}
		r.at++
	}
	r.at++
	return r.text[start : r.at-1]
}

// string gives false for one with a lone surrogate.
func (r *canonicalReader) string() (string, bool) {
	quoted := r.quoted()
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted), true
	}
	text := make([]byte, 0, len(quoted))
	isWellFormed := true
	for at := 0; at < len(quoted); at++ {
		if quoted[at] != '\\' {
			text = append(text, quoted[at])
			continue
		}
		at++
		if quoted[at] != 'u' {
			text = append(text, unescaped(quoted[at]))
			continue
		}
		char := codeUnit(quoted[at+1:])
		at += 4
		if utf16.IsSurrogate(char) {
			low := rune(0)
			if rest := quoted[at+1:]; len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
				low = codeUnit(rest[2:])
			}
			char = utf16.DecodeRune(char, low)
			if char == utf8.RuneError {
				isWellFormed = false
			} else {
				at += 6
			}
		}
		text = utf8.AppendRune(text, char)
	}
	return string(text), isWellFormed
}

func unescaped(letter byte) byte {
	const letters = "bfnrt"
	if at := strings.IndexByte(letters, letter); at >= 0 {
		return "\b\f\n\r\t"[at]
	}
	return letter
}

// codeUnit takes four hexadecimal digits.
func codeUnit(digits []byte) rune {
	unit, _ := strconv.ParseUint(string(digits[:4]), 16, 16)
	return rune(unit)
}

// compareUTF16 is by code units: a surrogate stands before what UTF-8 has from U+E000 to U+FFFF.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// appendExact writes the number that a double keeps, and gives false where that is another.
func appendExact(dst []byte, digits string) ([]byte, bool) {
	number, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(number, 0) {
		return dst, isZero(digits)
	}
	start := len(dst)
	dst = appendFloat(dst, number)
	return dst, decimalOf(digits) == decimalOf(string(dst[start:]))
}

func isZero(digits string) bool { return decimalOf(digits) == "0" }

// decimalOf is the same of two texts that are the same number: its digits from the first that isn't 0 to the last, and where
// they stand.
func decimalOf(number string) string {
	unsigned, isNegative := strings.CutPrefix(number, "-")
	mantissa, power := unsigned, 0
	isFar := false
	if at := strings.IndexAny(unsigned, "eE"); at >= 0 {
		var err error
		mantissa = unsigned[:at]
		power, err = strconv.Atoi(unsigned[at+1:])
		isFar = err != nil
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(all, "0")
	if significant == "" {
		return "0"
	}
	if isFar {
		return "far " + number
	}
	if isNegative {
		significant = "-" + significant
	}
	return significant + "e" + strconv.Itoa(power-len(fraction)+len(all)-len(strings.TrimLeft(significant, "-")))
}
