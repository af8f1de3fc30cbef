package nhipol

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// memory is a view of a module's memory, good until the module is called again. What lies outside of it panics, as an index
// of a slice does, and so never passes for an answer.
type memory []byte

func (m memory) u8(at int) byte { return m[at] }

func (m memory) u32(at int) uint32 { return binary.LittleEndian.Uint32(m[at:]) }

// address is an unsigned number that others are counted from.
func (m memory) address(at int) int { return int(m.u32(at)) }

func (m memory) u64(at int) uint64 { return binary.LittleEndian.Uint64(m[at:]) }

func (m memory) i64(at int) int64 { return int64(m.u64(at)) }

func (m memory) f64(at int) float64 { return math.Float64frombits(m.u64(at)) }

// text is a copy.
func (m memory) text(at, length int) string {
	bytes := m[at : at+length]
	if !utf8.Valid(bytes) {
		panic(misread(violationInvalidUtf8))
	}
	return string(bytes)
}

// write panics where there is no room for all of it.
func (m memory) write(at int, bytes []byte) {
	copy(m[at:at+len(bytes)], bytes)
}
