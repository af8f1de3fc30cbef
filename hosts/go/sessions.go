package nhipol

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
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
	byHandle map[uint64]*session
	// failure is that of the module, which is not called again, or that the sessions ended.
	failure *Fault
}

// session is what remains of a session if the module fails.
type session struct {
	id     string
	handle uint64
	// effect is that of the last answer that was returned or reported; Deny if there was none.
	effect Effect
}

// Sessions returns a new set of sessions. It returns a *LoadError for a module that was compiled without them.
func (p *Policy) Sessions() (*Sessions, error) {
	if !p.compiled.hasSessions {
		return nil, refuse("the module does not support sessions: compile it with --sessions")
	}
	p.open.RLock()
	defer p.open.RUnlock()
	if p.isClosed {
		return nil, refuse("the policy was closed")
	}
	made, err := p.compiled.instantiate(p.options.tableBytes + p.options.sessionBytes)
	if err != nil {
		return nil, err
	}
	return &Sessions{policy: p, instance: made, open: map[string]*session{}, byHandle: map[uint64]*session{}}, nil
}

// Open opens a session with the facts of a request in JSON, which is not decided. Action and resource may be missing until
// Patch, Replace or Decide adds them.
func (s *Sessions) Open(id string, request []byte, now time.Time) error {
	return s.call(id, func(i *instance) *Fault {
		if s.open[id] != nil {
			return i.refusal(i.call("refuse", numberSessionExists))
		}
		handle := i.call("session_open", i.writeName(id), i.writeRequest(request), instantOrNow(now))
		if handle == 0 {
			return i.respond().fault()
		}
		s.add(&session{id, handle, Deny})
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
	return s.call(id, func(i *instance) *Fault {
		address := i.call("session_patch", s.handle(id), i.writeRequest(part), whole)
		if held := s.open[id]; held != nil && address != 0 && i.header(address).effect == revoke {
			held.effect = Revoke
		}
		return i.refusal(address)
	})
}

// Record records a signal that the policy declares: its name, its payload as a JSON object, and when it occurred; the zero
// Time is `now`. A late signal counts from its own time.
func (s *Sessions) Record(id, signal string, payload []byte, at, now time.Time) error {
	return s.call(id, func(i *instance) *Fault {
		number := i.call("signal_find", i.writeName(signal))
		length := i.writeRequest(payload)
		return i.refusal(i.call("session_record", s.handle(id), number, length, instantOrNone(at), instantOrNow(now)))
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

func (s *Sessions) ask(id string, request []byte, now time.Time, ask uint64) (answer Answer) {
	s.lock.Lock()
	defer s.lock.Unlock()
	held := s.open[id]
	if held == nil {
		return hostAnswer("invalid_request", noSession)
	}
	if failure := s.guard(func(i *instance) *Fault {
		length := i.writeRequest(request)
		answer = i.answer(i.header(i.call("session_decide", held.handle, length, instantOrNow(now), ask, formUnlessKeyed)))
		return nil
	}); failure != nil {
		answer = engineErrorAnswer(failure)
	}
	held.effect = answer.Effect()
	return answer
}

// Change is a session whose answer has another effect, other reasons or other constraints than before.
type Change struct {
	Session       string
	Before, After Effect
}

// Sweep evaluates the sessions that changed or whose answer may have expired; with all, every session that was evaluated
// before. It returns those whose answer changed, in the order of their ids. After a failure of the module each sweep returns
// all open sessions: they are denied.
func (s *Sessions) Sweep(now time.Time, all bool) (changes []Change, err error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	var refused *Fault
	if failure := s.guard(func(i *instance) *Fault {
		changes, refused = s.changes(i, instantOrNow(now), all)
		return nil
	}); failure != nil {
		changes = nil
		for _, held := range s.open {
			changes = append(changes, Change{held.id, held.effect, Deny})
		}
	}
	for _, change := range changes {
		s.open[change.Session].effect = change.After
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(a.Session, b.Session) })
	return changes, sessionError("", refused)
}

// changes sweeps until there are no more changes. A module that then cannot say when the next sweep is due has failed.
func (s *Sessions) changes(i *instance, now uint64, isAll bool) (changes []Change, refused *Fault) {
	all := uint64(0)
	if isAll {
		all = 1
	}
	total := uint64(0)
	for count := uint64(maxChanges); count == maxChanges; all = 0 {
		count = i.call("session_sweep", now, all)
		if int32(count) == -1 {
			return nil, i.refusal(i.call("refuse", numberNoInstant))
		}
		// A session changes once at an instant.
		if total += count; count > maxChanges || total > uint64(2*len(s.open)+maxChanges) {
			panic(violation(violationTooManyChanges))
		}
		entries := i.bytes(i.global("changes"), count*changeSize)
		for ; len(entries) > 0; entries = entries[changeSize:] {
			before, after := int(entries[changeBefore]), int(entries[changeAfter])
			if before >= len(effects) || after >= len(effects) {
				panic(violation(violationUnknownEffect))
			}
			if held := s.byHandle[uint64(binary.LittleEndian.Uint32(entries[changeHandle:]))]; held != nil {
				changes = append(changes, Change{held.id, effects[before], effects[after]})
			}
		}
	}
	i.due()
	return changes, nil
}

// numberNoInstant is that of the error of a sweep at an invalid instant.
const numberNoInstant = 30

// Due returns when the next sweep may find a change, which may be in the past; false: never, unless something else changes. It
// is in the past after a failure of the module, as long as a session is open. If it is immediately after a sweep, there is no
// memory to store when answers expire: sweep all from time to time.
func (s *Sessions) Due() (time.Time, bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	due := 0.0
	failure := s.guard(func(i *instance) *Fault {
		due = i.due()
		return nil
	})
	if math.IsInf(due, 1) || failure != nil && len(s.open) == 0 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(due)).UTC(), true
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
		return sessionError(id, noSession)
	}
	s.guard(func(i *instance) *Fault { return i.refusal(i.call("session_close", held.handle)) })
	delete(s.open, id)
	delete(s.byHandle, held.handle)
	return nil
}

// End closes all sessions and releases their memory.
func (s *Sessions) End() {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.policy.open.RLock()
	defer s.policy.open.RUnlock()
	if !s.policy.isClosed {
		s.instance.close()
	}
	s.failure = engineError{"sessions that are open", "sessions that ended"}.fault()
	clear(s.open)
	clear(s.byHandle)
}
