package nhipol

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// Sessions are live sessions of a policy, in an instance of its module of their own: facts and what happened come in, answers go
// out, and a sweep tells whose answer became another. They are safe for use by many goroutines, one of which is served at a
// time. Deciding never fails: whatever goes wrong is a deny. What else is asked for gives a *SessionError, and then nothing
// changed.
type Sessions struct {
	policy *Policy
	bytes  int

	lock     sync.Mutex
	engine   *sessionEngine
	open     map[string]*heldSession
	byHandle map[int]*heldSession
	// isAllDue is whether a table changed, which bears on every session: all are asked before anything else is.
	isAllDue bool
	// noticed is what was found then, for whoever sweeps next.
	noticed []Change
	// failure is that of the module, which is not asked again.
	failure *Fault
	// isEnded is whether End was called.
	isEnded bool
}

// heldSession is what a host keeps beside the module.
type heldSession struct {
	id     string
	handle int
	call   keptCall
	// effect is that of the answer that was given or reported last; Deny: there is none.
	effect Effect
}

// SessionsOption is one of the options of Policy.Sessions.
type SessionsOption func(*Sessions)

// WithSessionBytes limits up to where memory grows for sessions, what tables take included; 1 GiB unless told.
func WithSessionBytes(most int) SessionsOption {
	return func(sessions *Sessions) { sessions.bytes = most }
}

// Sessions makes room for live sessions. It gives a *LoadError for a module that was not compiled to hold them.
func (p *Policy) Sessions(options ...SessionsOption) (*Sessions, error) {
	manifest := p.described.manifest
	if manifest.sessions == nil {
		return nil, refuse("the module does not support sessions: compile it with --sessions")
	}
	sessions := &Sessions{policy: p, bytes: 1 << 30, open: map[string]*heldSession{}, byHandle: map[int]*heldSession{}}
	for _, option := range options {
		option(sessions)
	}
	if fault := p.instances.hold(); fault != nil {
		return nil, refuse("the policy was closed")
	}
	defer p.instances.release()
	made, err := p.described.instantiate()
	if err != nil {
		return nil, err
	}
	for name := range sessionFunctions {
		if !made.exports(name) {
			made.close()
			return nil, refuse("the module does not export the functions of sessions")
		}
	}
	if made.global("session_id") < 0 || made.global("changes") < 0 {
		made.close()
		return nil, refuse("the module does not export the functions of sessions")
	}
	memoryPages := math.MaxUint16 + 1
	if most := p.options.memoryBytes; most > 0 {
		memoryPages = min(memoryPages, most/pageBytes)
	}
	sessions.engine = &sessionEngine{
		instance:    made,
		manifest:    manifest,
		mostPages:   sessions.bytes / pageBytes,
		memoryPages: memoryPages,
	}
	return sessions, nil
}

// Open opens a session with the facts of a request, as JSON, which nobody has decided yet. The request may lack action and
// resource, until Replace or Decide brings both.
func (s *Sessions) Open(id string, request []byte, at Instant) error {
	return s.at(id, at, func(now float64) *Fault {
		if fault := s.expectNone(id); fault != nil {
			return fault
		}
		if len(id) > maxSessionIdBytes || !utf8.ValidString(id) {
			return wrong(errorWrongId, textSessionId, textInvalidSessionId)
		}
		call := s.callAfter(keptCall{}, request, partSubject|partAction|partResource)
		handle, fault := s.engine.open(id, request, call.digest, now)
		if fault == nil {
			s.hold(&heldSession{id, handle, call, Deny})
		}
		return fault
	})
}

// Patch changes facts by a request in part, as JSON (RFC 7396): its members take the place of those that are there, and null
// takes one away.
func (s *Sessions) Patch(id string, part []byte) error {
	return s.with(id, func(held *heldSession) *Fault { return s.patch(held, part, 0) })
}

// Replace is Patch, but that subject, action, resource and context of the part take the place of all that was there.
func (s *Sessions) Replace(id string, part []byte) error {
	return s.with(id, func(held *heldSession) *Fault { return s.patch(held, part, partsOf(part)) })
}

// Record records a signal that the policy declares: its name, what it tells, as a JSON object, and when it came about, by default
// now. One that comes late counts from its own time.
func (s *Sessions) Record(id, signal string, told []byte, time, at Instant) error {
	return s.at(id, at, func(now float64) *Fault {
		held, fault := s.find(id)
		if fault != nil {
			return fault
		}
		place := slices.Index(s.engine.manifest.sessions.signals, signal)
		if place < 0 {
			return wrong("no_signal", textSignal, string(appendString(nil, signal)))
		}
		came := math.NaN()
		if time.isSet {
			var ok bool
			if came, ok = time.resolve(); !ok {
				return wrongInstant()
			}
		}
		return s.engine.record(held.handle, place, told, came, now)
	})
}

// Decide decides what is asked now: JSON with the action and the resource, which replace those that were asked last, and what is new
// about the context. Without it, what was asked last is decided by all that is known since. A decision is part of what happened
// for those that follow.
func (s *Sessions) Decide(id string, asked []byte, at Instant) Answer {
	return s.answer(id, at, func(held *heldSession, now float64) Answer {
		if asked != nil {
			text := askedParts(asked)
			if refused, fault := s.tell(held, text, partsOf(text)&(partAction|partResource)); fault != nil {
				return refused
			}
		}
		return s.engine.decide(held.handle, now, true)
	})
}

// Reevaluate judges what was asked last once more, as things are now; nothing is taken by it.
func (s *Sessions) Reevaluate(id string, at Instant) Answer {
	return s.answer(id, at, func(held *heldSession, now float64) Answer {
		return s.engine.decide(held.handle, now, false)
	})
}

// Change is a session whose answer is another than before, in its effect, its reasons or its constraints.
type Change struct {
	Session       string
	Before, After Effect
}

// Sweep asks once more about all sessions that changed or whose answer may have ended by now; with all, about every one that was
// ever asked. It gives those whose answer is another, in ASCII order. After the module failed each sweep gives all open sessions:
// they are denied.
func (s *Sessions) Sweep(at Instant, all bool) ([]Change, error) {
	var found []Change
	err := s.at("", at, func(now float64) *Fault {
		found = append(s.noticed, s.changes(now, all)...)
		s.noticed = nil
		return nil
	})
	if denied, hasFailed := s.deniedByFailure(); hasFailed {
		found, err = denied, nil
	}
	slices.SortStableFunc(found, func(a, b Change) int { return cmp.Compare(a.Session, b.Session) })
	return found, err
}

// deniedByFailure gives all open sessions after the module failed.
func (s *Sessions) deniedByFailure() (denied []Change, hasFailed bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.failure == nil || s.isEnded {
		return nil, false
	}
	for _, held := range s.open {
		denied = append(denied, Change{held.id, held.effect, Deny})
		held.effect = Deny
	}
	return denied, true
}

// changes sweeps until all is told.
func (s *Sessions) changes(now float64, isAll bool) []Change {
	var found []Change
	for {
		changes := s.engine.sweep(now, isAll)
		isAll = false
		for _, change := range changes {
			if held := s.byHandle[change.handle]; held != nil {
				found = append(found, Change{held.id, change.before, change.after})
				held.effect = change.after
			}
		}
		// Where it lacks room to note when answers end, it says that it is due at once.
		if len(changes) < maxChanges && (s.engine.due() != 0 || !s.engine.grow()) {
			return found
		}
	}
}

// Due is when the next sweep may find something, which may be past; false: only when something is told. After the module failed
// it is past: sweep, and all sessions are reported as denied.
func (s *Sessions) Due() (time.Time, bool) {
	due := math.Inf(1)
	err := s.do("", func() *Fault {
		due = s.engine.due()
		if s.isAllDue || len(s.noticed) > 0 {
			due = 0
		}
		return nil
	})
	if err != nil && s.Count() > 0 {
		due = 0
	} else if err != nil || math.IsInf(due, 1) {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(due)).UTC(), true
}

// Count is how many sessions are open.
func (s *Sessions) Count() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.open)
}

// Snapshot is a session as text, for Restore: JSON of one line, with all that it knows and all that it remembers.
func (s *Sessions) Snapshot(id string) (text string, err error) {
	err = s.with(id, func(held *heldSession) (fault *Fault) {
		text, fault = s.engine.snapshot(held.handle)
		return fault
	})
	return text, err
}

// Restored is a session that is open again.
type Restored struct {
	Session string
	// Misfit is the first of its facts that the policy reads otherwise, which is then unknown; nil: all fit.
	Misfit *Fault
}

// Restore opens a session that was open before, here or in another process, under this policy or another, which may have written the
// text. What fits the policy is known again; what doesn't restricts.
func (s *Sessions) Restore(text string) (restored Restored, err error) {
	restored.Session = idIn(text)
	err = s.do(restored.Session, func() *Fault {
		if fault := s.expectNone(restored.Session); fault != nil {
			return fault
		}
		if len(text) > maxSnapshotBytes {
			return wrong("too_large", textSnapshotBytes, textLongerDocument)
		}
		handle, misfit, fault := s.engine.restore([]byte(text))
		if fault == nil {
			restored.Misfit = misfit
			s.hold(&heldSession{restored.Session, handle, s.callIn(text), effectIn(text)})
		}
		return fault
	})
	return restored, err
}

// Close closes a session.
func (s *Sessions) Close(id string) error {
	if isClosed, err := s.closeFailed(id); isClosed {
		return err
	}
	return s.with(id, func(held *heldSession) *Fault {
		s.engine.close(held.handle)
		delete(s.open, id)
		delete(s.byHandle, held.handle)
		return nil
	})
}

// closeFailed closes a session whose module failed, without it.
func (s *Sessions) closeFailed(id string) (hasFailed bool, err error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.failure == nil || s.isEnded {
		return false, nil
	}
	held, fault := s.find(id)
	if fault == nil {
		delete(s.open, id)
		delete(s.byHandle, held.handle)
	}
	return true, sessionError(id, fault)
}

// End closes all sessions, and gives back what they take.
func (s *Sessions) End() {
	_ = s.do("", func() *Fault {
		s.engine.instance.close()
		s.isEnded = true
		s.failure = engineFault("sessions that are open", "those that ended")
		clear(s.open)
		clear(s.byHandle)
		return nil
	})
}

// effectIn is that of the answer that was given last before the session's text was written.
func effectIn(text string) Effect {
	var told struct {
		Effect string `json:"effect"`
	}
	_ = json.Unmarshal([]byte(text), &told)
	if effectNumber(told.Effect) < 0 {
		return Deny
	}
	return Effect(told.Effect)
}

func idIn(text string) string {
	var told struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal([]byte(text), &told)
	return told.ID
}
