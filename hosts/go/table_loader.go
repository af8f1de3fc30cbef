package nhipol

import (
	"encoding/json"
	"fmt"
)

// Fills one external table of an instance: UTF-8 JSON comes in, and what is wrong with it goes out, in which case the table is as it
// was. Memory grows by what is missing, up to a limit.

func (i *instance) loadTable(row tableRow, index int, text []byte, mostBytes int) *Fault {
	outcome := i.call("table_outcome")
	// grow tells whether there is more memory now than there was.
	grow := func() bool {
		return i.reserve(i.view.address(outcome+outcomeMissingPages), mostBytes/pageBytes)
	}
	length := uint64(min(len(text), longestLength))
	at := i.call("table_text", length)
	if at == 0 && grow() {
		at = i.call("table_text", length)
	}
	if at == 0 {
		return noTableRoom(mostBytes)
	}
	i.view.write(at, text)
	code := i.call("load_table", uint64(index))
	for code == codeOutOfMemory && grow() {
		code = i.call("load_table", uint64(index))
	}
	switch code {
	case 0:
		return nil
	case codeOutOfMemory:
		return noTableRoom(mostBytes)
	default:
		return tableOutcome{i.view, outcome, row, text}.fault(uint32(code))
	}
}

func noTableRoom(mostBytes int) *Fault {
	return wrong("out_of_memory", fmt.Sprintf(textTableBytes, mostBytes), textOversizedDocument)
}

// Places that an outcome names: a key's object, and an element of the value.
const (
	placeFirstKey  = 0
	placeSecondKey = 1
	placeElement   = 3
)

// tableOutcome is what a module wrote of a text that is no table.
type tableOutcome struct {
	memory memory
	at     int
	row    tableRow
	text   []byte
}

func (o tableOutcome) fault(code uint32) *Fault {
	texts, isListed := errorTexts[code]
	if !isListed || code >= codeNoRoom {
		panic(misread(violationUnknownError))
	}
	fault := &Fault{
		Code:     texts.name,
		Path:     "$",
		Expected: texts.expected,
		Found:    orElse(texts.found, find(foundTexts, o.number(outcomeFound), violationUnknownError)),
		Offset:   o.number(outcomeOffset),
	}
	if code > codeTooLarge {
		fault.Path = o.path()
	}
	place := o.number(outcomePlace)
	if texts.name == "wrong_key" {
		fault.Expected = fmt.Sprintf(textKeyThatIs, find(o.row.keys, place, violationUnknownKey))
		fault.Found = string(appendString(nil, o.name(fault.Offset)))
	} else if fault.Expected == "" {
		fault.Expected = o.expected(place)
	}
	return fault
}

func (o tableOutcome) number(offset int) int { return o.memory.address(o.at + offset) }

func (o tableOutcome) path() string {
	var steps []pathStep
	for _, offset := range []int{outcomeFirstKey, outcomeSecondKey} {
		if at := o.number(offset); at != outcomeNone {
			steps = append(steps, pathStep{name: o.name(at)})
		}
	}
	if index := o.number(outcomeElement); index != outcomeNone {
		steps = append(steps, pathStep{index: index, isIndex: true})
	}
	return jsonPath(steps)
}

func (o tableOutcome) expected(place int) string {
	switch place {
	case placeFirstKey, placeSecondKey:
		return textObject
	case placeElement:
		return orElse(o.row.element, o.row.value)
	default:
		return o.row.value
	}
}

// name is the one whose opening quote is so many bytes into the text, which was found to be JSON.
func (o tableOutcome) name(offset int) string {
	end := offset + 1
	for end < len(o.text) && o.text[end] != '"' {
		if o.text[end] == '\\' {
			end++
		}
		end++
	}
	var name string
	if json.Unmarshal(o.text[offset:end+1], &name) != nil {
		panic(misread(violationMissingKey))
	}
	return name
}
