package nhipol

import "math"

// The sessions of one instance of a module, by their handles. Memory grows as sessions need it, up to a limit. Failures of the
// module are raised, and caught by Sessions.

type sessionEngine struct {
	instance  *instance
	manifest  *manifest
	mostPages int
	// memoryPages is the engine's own limit for the whole memory.
	memoryPages int
}

// Pages that are reserved at least when there is no more room.
const leastPages = 16

const noRoom = "no_room"

// refusedLength tells a module that a text is too long to be written.
const refusedLength = math.MaxUint32

// growing does something again until there is room for it, or no more memory.
func (e *sessionEngine) growing(attempt func() *Fault) *Fault {
	for {
		fault := attempt()
		if fault == nil || fault.Code != noRoom || !e.grow() {
			return fault
		}
	}
}

// grow takes a quarter more, so that it is seldom, and tells whether there is more than before.
func (e *sessionEngine) grow() bool {
	before := e.instance.call("reserve", 0)
	left := e.memoryPages - len(e.instance.view)/pageBytes
	more := min(max(leastPages, before/4), e.mostPages-before, left)
	return e.instance.reserve(more, e.mostPages)
}

// open gives a handle, or why there is none.
func (e *sessionEngine) open(id string, request []byte, digest string, now float64) (handle int, fault *Fault) {
	fault = e.growing(func() *Fault {
		length := e.write(request)
		e.instance.view.write(e.instance.global("session_id"), []byte(id))
		e.instance.tellDigest(digest)
		handle = e.instance.call("session_open", length, uint64(len(id)), math.Float64bits(now))
		return e.refusal(handle == 0, e.instance.result)
	})
	return handle, fault
}

// patch gives an answer that has a fault where nothing changed.
func (e *sessionEngine) patch(handle int, part []byte, replaced int, digest string) (refused Answer, fault *Fault) {
	fault = e.growing(func() *Fault {
		length := e.write(part)
		e.instance.tellDigest(digest)
		result := e.instance.call("session_patch", uint64(handle), length, uint64(replaced))
		if result == 0 {
			return nil
		}
		refused = e.answer(result)
		return e.refusal(true, result)
	})
	return refused, fault
}

func (e *sessionEngine) record(handle, signal int, told []byte, time, now float64) *Fault {
	length := e.write(told)
	result := e.instance.call("session_record",
		uint64(handle), uint64(signal), length, math.Float64bits(time), math.Float64bits(now))
	return e.refusal(result != 0, result)
}

// decide judges; where it is taken it is part of what happened for whatever is asked next.
func (e *sessionEngine) decide(handle int, now float64, isTaken bool) Answer {
	return e.answer(e.instance.call("session_decide", uint64(handle), math.Float64bits(now), flag(isTaken)))
}

func (e *sessionEngine) close(handle int) { e.instance.call("session_close", uint64(handle)) }

func (e *sessionEngine) snapshot(handle int) (text string, fault *Fault) {
	fault = e.growing(func() *Fault {
		length := e.instance.call("session_snapshot", uint64(handle))
		if length == 0 {
			return e.refusal(true, e.instance.result)
		}
		at := e.instance.call("session_buffer", 0)
		text = e.instance.view.text(at, length)
		return nil
	})
	return text, fault
}

// restore gives, too, the first fact that does not fit the policy.
func (e *sessionEngine) restore(text []byte) (handle int, misfit, fault *Fault) {
	fault = e.growing(func() *Fault {
		at := e.instance.call("session_buffer", uint64(len(text)))
		if at == 0 {
			lacking := errorTexts[codeNoRoom]
			return wrong(lacking.name, lacking.expected, lacking.found)
		}
		e.instance.view.write(at, text)
		handle = e.instance.call("session_restore", uint64(len(text)))
		misfit = readFault(e.instance.view, e.instance.result, e.manifest)
		return e.refusal(handle == 0, e.instance.result)
	})
	return handle, misfit, fault
}

type handleChange struct {
	handle        int
	before, after Effect
}

// sweep gives at most maxChanges; where there are as many there may be more.
func (e *sessionEngine) sweep(now float64, isAll bool) []handleChange {
	count := e.instance.call("session_sweep", math.Float64bits(now), flag(isAll))
	if count > maxChanges {
		panic(misread(violationTooManyChanges))
	}
	changes := make([]handleChange, count)
	entry := e.instance.global("changes")
	for at := range changes {
		view := e.instance.view
		changes[at] = handleChange{
			handle: view.address(entry + changeHandle),
			before: effectAt(int(view.u8(entry + changeBefore))),
			after:  effectAt(int(view.u8(entry + changeAfter))),
		}
		entry += changeSize
	}
	return changes
}

// due is in milliseconds: 0 at once, and infinite where time alone changes nothing.
func (e *sessionEngine) due() float64 { return e.instance.callFloat("session_due") }

// write gives the length to tell the module.
func (e *sessionEngine) write(text []byte) uint64 {
	if !e.instance.write(text) {
		return refusedLength
	}
	return uint64(len(text))
}

func (e *sessionEngine) answer(result int) Answer {
	return e.instance.reader.read(e.instance, result)
}

// refusal says why, where there is one.
func (e *sessionEngine) refusal(isRefused bool, result int) *Fault {
	if !isRefused {
		return nil
	}
	fault := readFault(e.instance.view, result, e.manifest)
	if fault == nil {
		panic(misread(violationNoError))
	}
	return fault
}

func flag(isSet bool) uint64 {
	if isSet {
		return 1
	}
	return 0
}
