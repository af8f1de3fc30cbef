package nhipol

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// Reads the responses that a module wrote: a header comes in, and an answer or the bytes of a response go out. Everything that
// the ABI does not allow raises an engineError.

type header struct {
	effect int
	// response is in the memory of the module, and valid until its next call. It is empty if none was written.
	response []byte
	until    int64
	key      uint64
}

func (i *instance) header(address uint64) header {
	if address == 0 {
		panic(violation(violationNoResponse))
	}
	bytes := i.bytes(address, headerSize)
	read := header{
		effect:   int(bytes[headerEffect]),
		response: i.bytes(address+headerSize, uint64(binary.LittleEndian.Uint32(bytes[headerLength:]))),
		until:    noEnd,
		key:      binary.LittleEndian.Uint64(bytes[headerKey:]),
	}
	if read.effect >= len(effects) {
		panic(violation(violationUnknownEffect))
	}
	if bytes[headerFlags]&flagInvalid != 0 && effects[read.effect].isGrant() {
		panic(violation(violationGrantedInvalid))
	}
	if until := math.Float64frombits(binary.LittleEndian.Uint64(bytes[headerValidUntil:])); !math.IsInf(until, 1) {
		if math.Trunc(until) != until || math.Abs(until) > maxExactInteger {
			panic(violation(violationInvalidInstant))
		}
		read.until = int64(until)
	}
	return read
}

// checked returns a response that was to be written.
func (h header) checked() []byte {
	start := responseStarts[h.effect]
	switch {
	case len(h.response) == 0:
		panic(violation(violationNoResponse))
	case len(h.response) < len(start) || string(h.response[:len(start)]) != start:
		panic(violation(violationOtherEffect))
	case !utf8.Valid(h.response):
		panic(violation(violationInvalidUtf8))
	}
	return h.response
}

// answer returns an answer whose response was written.
func (h header) answer() Answer {
	return Answer{&content{text: string(h.checked()), effect: h.effect}, effects[h.effect], h.until}
}

// maxCached is a limit because callers choose the answers.
const maxCached = 4096

// answer takes a header whose response was not written if the answer has a key. What grants is parsed immediately, because an
// answer whose obligations or constraints cannot be read must not grant.
func (i *instance) answer(read header) Answer {
	if cached := i.cache[read.key]; cached != nil && cached.effect == read.effect {
		return Answer{cached, effects[read.effect], read.until}
	}
	key := read.key
	if key != 0 && len(read.response) == 0 {
		read = i.respond()
	}
	answer := read.answer()
	if (key != 0 || answer.Decision()) && answer.content.parsed().hasFailed {
		panic(violation(violationInvalidResponse))
	}
	if key != 0 {
		if len(i.cache) >= maxCached {
			clear(i.cache)
		}
		i.cache[key] = answer.content
	}
	return answer
}

// respond returns the header of the last answer, with its response.
func (i *instance) respond() header { return i.header(i.call("respond", formResponse)) }

// refusal is the error of a call that returned the address of a refusal; nil for 0.
func (i *instance) refusal(address uint64) *Fault {
	if address == 0 {
		return nil
	}
	return i.header(address).fault()
}

func (h header) fault() *Fault {
	fault := h.parts().fault
	if fault == nil {
		panic(violation(violationNoError))
	}
	return fault
}

// parts parses a response that was written.
func (h header) parts() *parts {
	parsed := h.answer().content.parsed()
	if parsed.hasFailed {
		panic(violation(violationInvalidResponse))
	}
	return parsed
}
