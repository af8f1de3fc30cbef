package nhipol

import (
	"encoding/json"
	"sync"
	"time"
)

// Sessions are the sessions of a policy, in their own instance of its module: they take facts, signals and requests, return
// answers, and report in sweeps which answers changed. They are safe for concurrent use, and serve one caller at a time. The
// zero Time is the host's clock. A decision never fails: every failure is a deny. Other calls return a *SessionError, and then
// nothing changed.
type Sessions struct {
	policy   *Policy
	lock     sync.Mutex
	instance *instance
	open     map[string]*session
	// failure is that of the module, which is not called again, or that the sessions ended.
	failure *Fault
}

// session is what remains of a session if the module fails.
type session struct {
	// handle is 0 if the session is not open.
	handle uint64
	// effect is that of the last answer that was returned or reported; Deny if there was none.
	effect Effect
}

// Sessions returns a new set of sessions. It returns a *LoadError for a module that was compiled without them.
func (p *Policy) Sessions() (*Sessions, error) {
	p.open.RLock()
	defer p.open.RUnlock()
	if p.isClosed {
		return nil, refuse("the policy was closed")
	}
	made, err := p.instantiate(p.options.tableBytes + p.options.sessionBytes)
	if err != nil {
		return nil, err
	}
	if !made.hasSessions {
		made.close()
		return nil, refuse("the module does not support sessions: compile it with --sessions")
	}
	return &Sessions{policy: p, instance: made, open: map[string]*session{}}, nil
}

// Open opens a session with the facts of a request in JSON, which is not decided. Action and resource may be missing until
// Patch, Replace or Decide adds them.
func (s *Sessions) Open(id string, request []byte, now time.Time) error {
	return s.call(id, func(i *instance, held *session) *Fault {
		if held.handle != 0 {
			return i.refusal(i.call("refuse", numberSessionExists))
		}
		handle := i.call("session_open", i.writeName(id), i.writeRequest(request), instantOrNow(now))
		if handle == 0 {
			return i.respond().fault()
		}
		s.open[id] = &session{handle, Deny}
		return nil
	})
}

// Patch changes facts by a part of a request in JSON (RFC 7396): its members replace existing ones, and null removes one.
func (s *Sessions) Patch(id string, part []byte) error { return s.patch(id, part, 0) }

// Replace is like Patch, but subject, action, resource and context of the part replace the previous ones as a whole.
func (s *Sessions) Replace(id string, part []byte) error {
	return s.patch(id, part, partSubject|partAction|partResource|partContext)
}

func (s *Sessions) patch(id string, part []byte, whole uint64) error {
	return s.call(id, func(i *instance, held *session) *Fault {
		address := i.call("session_patch", held.handle, i.writeRequest(part), whole)
		if address != 0 && i.header(address).effect == revoke {
			held.effect = Revoke
		}
		return i.refusal(address)
	})
}

// Record records a signal that the policy declares: its name, its payload as a JSON object, and when it occurred; the zero
// Time is `now`. A late signal counts from its own time.
func (s *Sessions) Record(id, signal string, payload []byte, at, now time.Time) error {
	return s.call(id, func(i *instance, held *session) *Fault {
		number := i.call("signal_find", i.writeName(signal))
		length := i.writeRequest(payload)
		return i.refusal(i.call("session_record", held.handle, number, length, instantOrNone(at), instantOrNow(now)))
	})
}

// Decide decides a request in JSON: its action and resource replace the previous ones, its context is merged, and its subject
// is ignored. Without a request it decides the latest one. The decision is part of the history for later requests.
func (s *Sessions) Decide(id string, request []byte, now time.Time) Answer {
	if request == nil {
		return s.ask(id, nil, now, askLatest)
	}
	return s.ask(id, request, now, askGiven)
}

// Reevaluate evaluates the latest request again, as things are now. No decision is taken.
func (s *Sessions) Reevaluate(id string, now time.Time) Answer { return s.ask(id, nil, now, askAgain) }

// Could returns whether a request in JSON, with an action, a resource and changes of the context, could be permitted now, for
// some value of the members that neither it nor the session has; without a request it is about the latest one. Nothing about
// the session changes. The module must have been compiled with --possible.
func (s *Sessions) Could(id string, request []byte, now time.Time) (possibility Possibility) {
	s.lock.Lock()
	defer s.lock.Unlock()
	held := s.open[id]
	if held == nil {
		return possibilityOf(hostAnswer(noSession))
	}
	if !s.instance.hasSessionPossibility {
		return possibilityOf(hostAnswer(noPossibility))
	}
	if fault := s.guard(func(i *instance) *Fault {
		length := i.writeRequest(request)
		header := i.header(i.call("session_could", held.handle, length, instantOrNow(now), formUnlessKeyed))
		possibility = i.possibility(header)
		return nil
	}); fault != nil {
		return possibilityOf(hostAnswer(fault))
	}
	return possibility
}

func (s *Sessions) ask(id string, request []byte, now time.Time, ask uint64) (answer Answer) {
	s.lock.Lock()
	defer s.lock.Unlock()
	held := s.open[id]
	if held == nil {
		return hostAnswer(noSession)
	}
	if fault := s.guard(func(i *instance) *Fault {
		length := i.writeRequest(request)
		answer = i.answer(i.header(i.call("session_decide", held.handle, length, instantOrNow(now), ask, formUnlessKeyed)))
		return nil
	}); fault != nil {
		answer = hostAnswer(fault)
	}
	held.effect = answer.Effect()
	return answer
}

// Snapshot returns all facts and the history of a session as one line of JSON, for Restore.
func (s *Sessions) Snapshot(id string) (text string, err error) {
	err = s.call(id, func(i *instance, held *session) *Fault {
		length := i.call("session_snapshot", held.handle)
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
	err = s.call(head.ID, func(i *instance, _ *session) *Fault {
		handle := i.call("session_restore", i.writeText("session_buffer", []byte(text)))
		response := i.respond()
		if handle == 0 {
			return response.fault()
		}
		mismatch := response.content().mustParse().fault
		id := i.sessionID(handle)
		if s.open[id] != nil {
			i.call("session_close", handle)
			return i.refusal(i.call("refuse", numberSessionExists))
		}
		s.open[id] = &session{handle, head.Effect}
		restored = Restored{id, mismatch}
		return nil
	})
	return restored, err
}

// Count returns the number of open sessions.
func (s *Sessions) Count() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.open)
}

// Close closes a session.
func (s *Sessions) Close(id string) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	held := s.open[id]
	if held == nil {
		return &SessionError{id, *noSession}
	}
	s.guard(func(i *instance) *Fault { return i.refusal(i.call("session_close", held.handle)) })
	delete(s.open, id)
	return nil
}

// End closes all sessions and releases their memory.
func (s *Sessions) End() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.policy.guard(func() *Fault { s.instance.close(); return nil })
	s.failure = engineError("sessions that are open", "sessions that ended")
	clear(s.open)
}

// noSession is the fault of an id that is not open.
var noSession = &Fault{Code: CodeNoSession, Path: "$", Expected: textOpenSession, Found: textUnknownSession}

// call locks the sessions, and returns a *SessionError for a fault of act. An id that is not open is a session without a
// handle, which the module refuses.
func (s *Sessions) call(id string, act func(*instance, *session) *Fault) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	held := s.open[id]
	if held == nil {
		held = &session{}
	}
	if fault := s.guard(func(i *instance) *Fault { return act(i, held) }); fault != nil {
		return &SessionError{id, *fault}
	}
	return nil
}

// guard calls act with the current tables, unless the module failed before. It returns the fault of act, or that of a failure.
// The lock must be held.
func (s *Sessions) guard(act func(*instance) *Fault) *Fault {
	if s.failure != nil {
		return s.failure
	}
	fault, hasFailed := s.policy.guard(func() *Fault { return s.policy.tables.use(s.instance, act) })
	if hasFailed {
		s.failure = fault
	}
	return fault
}
