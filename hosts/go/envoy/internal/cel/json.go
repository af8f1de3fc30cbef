package cel

import (
	"errors"
	"math"
	"strconv"
)

// maxValueSize limits the strings and the number of values that one expression may return.
const maxValueSize = 65_536

// Writer writes JSON as the service writes it.
type Writer struct {
	Bytes []byte
	// HasNumber is whether a number was written.
	HasNumber bool
	left      int
}

// Value writes a value. It returns false for an optional without one, of which nothing is written.
func (w *Writer) Value(value Value) (bool, error) {
	w.left = maxValueSize
	return w.value(value)
}

// ToJSON returns a value of a response, which is JSON and finite, however long it is.
func ToJSON(value Value) []byte {
	writer := Writer{left: math.MaxInt}
	_, _ = writer.value(value)
	return writer.Bytes
}

func (w *Writer) value(value Value) (isPresent bool, err error) {
	w.left--
	if value.Kind == String {
		w.left -= units(value.Text)
	}
	if w.left < 0 {
		return false, errTooLong
	}
	switch value.Kind {
	case Null:
		w.Bytes = append(w.Bytes, "null"...)
	case Bool:
		w.Bytes = strconv.AppendBool(w.Bytes, value.IsTrue())
	case Int, Double:
		if math.IsNaN(value.Number) || math.IsInf(value.Number, 0) {
			return false, errNotFinite
		}
		w.Bytes, w.HasNumber = AppendNumber(w.Bytes, value.Number), true
	case Exact:
		w.Bytes, w.HasNumber = append(w.Bytes, value.Text...), true
	case String:
		w.Bytes = AppendString(w.Bytes, value.Text)
	case OptionalKind:
		if value.inner == nil {
			return false, nil
		}
		return w.value(*value.inner)
	case ListKind:
		err = w.list(value.list)
	case MapKind:
		err = w.members(value.object)
	}
	return true, err
}

func (w *Writer) list(elements []Value) error {
	w.Bytes = append(w.Bytes, '[')
	for at, element := range elements {
		if at > 0 {
			w.Bytes = append(w.Bytes, ',')
		}
		isPresent, err := w.value(element)
		if err == nil && !isPresent {
			err = errMissing
		}
		if err != nil {
			return err
		}
	}
	w.Bytes = append(w.Bytes, ']')
	return nil
}

func (w *Writer) members(members *Map) error {
	w.Bytes = append(w.Bytes, '{')
	for at, name := range members.names {
		if at > 0 {
			w.Bytes = append(w.Bytes, ',')
		}
		w.Bytes = append(AppendString(w.Bytes, name), ':')
		// Members of inputs are never optional.
		if _, err := w.value(members.values[at]); err != nil {
			return err
		}
	}
	w.Bytes = append(w.Bytes, '}')
	return nil
}

var (
	errTooLong   = errors.New("its value is too long")
	errNotFinite = errors.New("its value is not a finite number")
	errMissing   = errors.New("a list has an element that is missing")
)

// AppendString appends a string as JSON.stringify writes it. The text is valid UTF-8.
func AppendString(dst []byte, text string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for at := 0; at < len(text); at++ {
		char := text[at]
		if char >= ' ' && char != '"' && char != '\\' {
			continue
		}
		dst = append(dst, text[start:at]...)
		start = at + 1
		switch char {
		case '"', '\\':
			dst = append(dst, '\\', char)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', digits[char>>4], digits[char&15])
		}
	}
	return append(append(dst, text[start:]...), '"')
}

// AppendNumber appends a finite number as JavaScript writes it.
func AppendNumber(dst []byte, number float64) []byte {
	if number == 0 {
		return append(dst, '0')
	}
	if math.Trunc(number) == number && math.Abs(number) < 1e15 {
		return strconv.AppendInt(dst, int64(number), 10)
	}
	if number < 0 {
		return AppendNumber(append(dst, '-'), -number)
	}
	// One digit, a point, more digits, and an exponent.
	var buffer [32]byte
	text := strconv.AppendFloat(buffer[:0], number, 'e', -1, 64)
	mark := len(text) - 1
	for text[mark] != 'e' {
		mark--
	}
	exponent, _ := strconv.Atoi(string(text[mark+1:]))
	digits := append([]byte{text[0]}, text[min(2, mark):mark]...)
	count := len(digits)
	switch point := exponent + 1; {
	case count <= point && point <= 21:
		dst = append(dst, digits...)
		for ; count < point; count++ {
			dst = append(dst, '0')
		}
		return dst
	case 0 < point && point <= 21:
		return append(append(append(dst, digits[:point]...), '.'), digits[point:]...)
	case -6 < point && point <= 0:
		dst = append(dst, '0', '.')
		for ; point < 0; point++ {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	dst = append(dst, digits[0])
	if count > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	dst = append(dst, 'e')
	if exponent > 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendInt(dst, int64(exponent), 10)
}
