package nhipol

import (
	"encoding/json"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON text in its one canonical form: the JSON Canonicalization Scheme, RFC 8785. Members stand in the order of their names'
// UTF-16 code units, strings and numbers as ECMAScript writes them, and nothing between. Of two texts that say something
// else no form is the same: what the form can't carry (a duplicate name, a number of more digits than a double keeps, a lone
// surrogate, more than 64 levels) has none.

const mostLevels = maxInputLevels

// canonicalMember is the form of a member of an object; nil: it has none, or is not there.
type canonicalMember struct {
	form   []byte
	isTold bool
}

// selection is the members of an object that are read, by their names; the value of one with nil is read as a whole.
type selection map[string]selection

// canonicalMembers are those of the names, each read as far as the selection of its name goes. A text that is not valid JSON object
// has none of them.
func canonicalMembers(text []byte, selected selection, names ...string) []canonicalMember {
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
				member.form = selectedForm(text[start:reader.at], selected[name])
			}
			member.isTold = true
		}
		return true
	})
	return found
}

// canonicalForm takes JSON, and gives nil where it has none.
func canonicalForm(text []byte) []byte { return selectedForm(text, nil) }

func selectedForm(text []byte, selected selection) []byte {
	reader := canonicalReader{text: text}
	form, ok := reader.value(nil, 1, selected)
	if !ok {
		return nil
	}
	return form
}

// value appends the form, and gives false where there is none.
func (r *canonicalReader) value(dst []byte, depth int, selected selection) ([]byte, bool) {
	if depth > mostLevels {
		return dst, false
	}
	switch r.peek() {
	case '{':
		return r.object(dst, depth, selected)
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
		dst, ok = r.value(dst, depth+1, nil)
		return ok
	})
	return append(dst, ']'), ok
}

type canonicalPair struct {
	name string
	form []byte
}

func (r *canonicalReader) object(dst []byte, depth int, selected selection) ([]byte, bool) {
	r.next()
	var pairs []canonicalPair
	ok := r.items('}', func() bool {
		name, isText := r.name()
		within, isSelected := selected[name]
		if selected != nil && !isSelected {
			r.skip()
			return true
		}
		form, isForm := r.value(nil, depth+1, within)
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

// compareUTF16 is by code units: a surrogate stands before what UTF-8 has from U+E000 to U+FFFF.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}
