package nhipol

import (
	"encoding/json"
	"math"
	"unicode/utf8"
)

// Snapshot returns all facts and the history of a session as one line of JSON, for Restore.
func (s *Sessions) Snapshot(id string) (text string, err error) {
	err = s.call(id, func(i *instance) *Fault {
		length := i.call("session_snapshot", s.handle(id))
		if length == 0 {
			return i.respond().fault()
		}
		text = i.text(i.call("session_buffer", 0), length)
		return nil
	})
	return text, err
}

// Restored is a session that was opened from a snapshot.
type Restored struct {
	Session string
	// Mismatch is the first of its facts that the policy declares differently, or requires and does not find; nil: all fit.
	Mismatch *Fault
}

// Restore opens the session of a snapshot, which this or another policy wrote, here or in another process. Facts that fit the
// policy are known again. Others can only restrict.
func (s *Sessions) Restore(text string) (restored Restored, err error) {
	var head struct {
		ID     string
		Effect Effect
	}
	if json.Unmarshal([]byte(text), &head) != nil || head.Effect == "" {
		head.Effect = Deny
	}
	err = s.call(head.ID, func(i *instance) *Fault {
		if len(text) <= maxSnapshotBytes {
			if address := i.call("session_buffer", uint64(len(text))); address != 0 {
				i.write(address, []byte(text))
			}
		}
		handle := i.call("session_restore", lengthOf([]byte(text)))
		response := i.respond()
		if handle == 0 {
			return response.fault()
		}
		mismatch := response.parts().fault
		id := i.text(i.global("name"), i.call("session_name", handle))
		if s.open[id] != nil {
			i.call("session_close", handle)
			return i.refusal(i.call("refuse", numberSessionExists))
		}
		s.add(&session{id, handle, head.Effect})
		restored = Restored{id, mismatch}
		return nil
	})
	return restored, err
}

// text is a copy.
func (i *instance) text(address, length uint64) string {
	bytes := i.bytes(address, length)
	if !utf8.Valid(bytes) {
		panic(violation(violationInvalidUtf8))
	}
	return string(bytes)
}

// due is in milliseconds: 0 immediately, infinite if time alone changes nothing.
func (i *instance) due() float64 {
	i.call("session_due")
	due := math.Float64frombits(i.stack[0])
	if math.IsNaN(due) {
		panic(violation(violationInvalidInstant))
	}
	return due
}

// noSession is the fault of an id that is not open.
var noSession = &Fault{Code: CodeNoSession, Path: "$", Expected: "the id of an open session", Found: "an unknown id"}

// handle is 0 for a session that is not open, which the module reports.
func (s *Sessions) handle(id string) uint64 {
	if held := s.open[id]; held != nil {
		return held.handle
	}
	return 0
}

func (s *Sessions) add(opened *session) {
	s.open[opened.id] = opened
	s.byHandle[opened.handle] = opened
}

// call locks the sessions. It returns a *SessionError for a fault and for a failure.
func (s *Sessions) call(id string, act func(*instance) *Fault) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	return sessionError(id, s.guard(act))
}

// guard lends the instance with the current tables, unless it failed before. It returns the fault of the function, or that of a
// failure. The lock must be held.
func (s *Sessions) guard(act func(*instance) *Fault) (fault *Fault) {
	if s.failure != nil {
		return s.failure
	}
	s.policy.open.RLock()
	defer s.policy.open.RUnlock()
	if s.policy.isClosed {
		return closedPolicy.fault()
	}
	defer func() {
		if failure := recover(); failure != nil {
			s.failure = faultOf(failure)
			fault = s.failure
		}
	}()
	if fault = s.policy.tables.update(s.instance); fault == nil {
		fault = act(s.instance)
	}
	return fault
}

func sessionError(id string, fault *Fault) error {
	if fault == nil {
		return nil
	}
	return &SessionError{id, *fault}
}
