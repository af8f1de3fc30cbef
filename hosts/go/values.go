package nhipol

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
)

// The module's cells as values: in a message, and in JSON. A cell that holds what its type does not allow panics.

func isPresent(memory memory, cell int) bool { return memory.u8(cell+cellPresent) != 0 }

func isKnown(memory memory, cell int) bool { return memory.u8(cell+cellKnown) != 0 }

// showCell is as a message prints it.
func showCell(memory memory, cell int, is valueType) string {
	if !isKnown(memory, cell) {
		return "(unknown)"
	}
	return read(memory, cell, is).show(is)
}

// cellToJSON has Durations in seconds, instants in RFC 3339, enums by name, sets in order.
func cellToJSON(memory memory, cell int, is valueType) any {
	if !isKnown(memory, cell) {
		panic(misread(violationUnknownValue))
	}
	if is.element == nil {
		return read(memory, cell, is).toJSON(is)
	}
	start, count := memory.address(cell+cellPointer), memory.address(cell+cellLength)
	_ = memory[start : start+count*cellSize]
	elements := make([]scalar, count)
	for at := range elements {
		elements[at] = read(memory, start+at*cellSize, *is.element)
	}
	slices.SortFunc(elements, compareScalars)
	values := make([]any, count)
	for at, element := range elements {
		values[at] = element.toJSON(*is.element)
	}
	return values
}

// scalar is a text, or an integer as the cell holds it.
type scalar struct {
	text   string
	number int64
	isText bool
}

func read(memory memory, cell int, is valueType) scalar {
	if !isKnown(memory, cell) {
		panic(misread(violationUnknownElement))
	}
	pointer, length := memory.address(cell+cellPointer), memory.address(cell+cellLength)
	switch is.kind {
	case "String", "SpiffeId":
		return scalar{text: memory.text(pointer, length), isText: true}
	case "Ip":
		return scalar{text: showIP(memory[pointer : pointer+length]), isText: true}
	case "Cidr":
		return scalar{text: showCIDR(memory[pointer : pointer+length]), isText: true}
	case "Set":
		panic(misread(violationNestedSet))
	default:
		return scalar{number: memory.i64(cell)}
	}
}

func (s scalar) toJSON(is valueType) any {
	if s.isText {
		return s.text
	}
	switch is.kind {
	case "Bool":
		return s.toBool()
	case "Int":
		return json.Number(strconv.FormatInt(s.number, 10))
	case "Decimal":
		return json.Number(showDecimal(s.number))
	case "Duration":
		return json.Number(showFraction(s.number, 3))
	default:
		return s.show(is)
	}
}

func (s scalar) show(is valueType) string {
	if s.isText {
		return s.text
	}
	switch is.kind {
	case "Timestamp":
		return showInstant(s.number)
	case "Duration":
		return showDuration(s.number)
	case "Decimal":
		return showDecimal(s.number)
	case "Bool":
		return strconv.FormatBool(s.toBool())
	case "Enum":
		if s.number < 0 || s.number >= int64(len(is.members)) {
			panic(misread(violationUnknownMember))
		}
		return is.members[s.number]
	default:
		return strconv.FormatInt(s.number, 10)
	}
}

func (s scalar) toBool() bool {
	if s.number != 0 && s.number != 1 {
		panic(misread(violationInvalidBool))
	}
	return s.number == 1
}

// compareScalars orders texts by code points, which is the order of UTF-8 bytes, and others by number.
func compareScalars(a, b scalar) int {
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.number, b.number))
}
