package nhipol

import (
	"bytes"
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
	// until is infinite if time alone changes nothing, and untilOffset is where the response contains it, or 0.
	until       float64
	untilOffset int
	key         uint64
}

// decide evaluates a request.
func (i *instance) decide(request []byte, options Options, form uint64) header {
	now, clock := options.numbers()
	return i.header(i.run(i.decider, i.writeRequest(request), now, clock, form))
}

// respond returns the last answer, with its response.
func (i *instance) respond() header { return i.header(i.call("respond", formResponse)) }

// header reads the header at an address.
func (i *instance) header(address uint64) header {
	require(address != 0, violationNoResponse)
	bytes := i.bytes(address, headerSize)
	read := header{
		effect:      int(bytes[headerEffect]),
		response:    i.bytes(address+headerSize, uint64(binary.LittleEndian.Uint32(bytes[headerLength:]))),
		until:       math.Float64frombits(binary.LittleEndian.Uint64(bytes[headerValidUntil:])),
		untilOffset: int(binary.LittleEndian.Uint32(bytes[headerUntilOffset:])),
		key:         binary.LittleEndian.Uint64(bytes[headerKey:]),
	}
	require(read.effect < len(effects), violationUnknownEffect)
	require(bytes[headerFlags]&flagInvalid == 0 || !effects[read.effect].isGrant(), violationGrantedInvalid)
	isWhole := math.Trunc(read.until) == read.until && math.Abs(read.until) <= maxExactInteger
	require(isWhole || math.IsInf(read.until, 1), violationInvalidInstant)
	return read
}

// checked returns a response that was to be written.
func (h header) checked() []byte {
	require(len(h.response) > 0, violationNoResponse)
	require(bytes.HasPrefix(h.response, []byte(responseStarts[h.effect])), violationOtherEffect)
	require(utf8.Valid(h.response), violationInvalidUtf8)
	return h.response
}

// maxCached is a limit because callers choose the answers.
const maxCached = 4096

// answer takes a header whose response was not written if the answer has a key. What grants is parsed immediately, because an
// answer whose obligations or constraints cannot be read must not grant.
func (i *instance) answer(read header) Answer {
	if cached := i.cache[read.key]; cached != nil && cached.effect == read.effect && cached.fits(read.until) {
		return Answer{cached, read.until}
	}
	key := read.key
	if key != 0 && len(read.response) == 0 {
		read = i.respond()
	}
	content := read.content()
	if key != 0 || effects[read.effect].isGrant() {
		content.mustParse()
	}
	if key != 0 {
		if len(i.cache) >= maxCached {
			clear(i.cache)
		}
		i.cache[key] = content
	}
	return Answer{content, read.until}
}

// refusal is the error of a call that returned the address of a refusal; nil for 0.
func (i *instance) refusal(address uint64) *Fault {
	if address == 0 {
		return nil
	}
	return i.header(address).fault()
}

// fault is the error in a refusal.
func (h header) fault() *Fault {
	fault := h.content().mustParse().fault
	require(fault != nil, violationNoError)
	return fault
}
