package nhipol

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The parts of a JSON text, one after the other, for whoever gives it its canonical form.

// canonicalReader goes through a text that is JSON.
type canonicalReader struct {
	text []byte
	at   int
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
