package nhipol

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"time"
)

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
	fault := s.guard(func(i *instance) (refusal *Fault) {
		changes, refusal = s.changes(i, instantOrNow(now), all)
		return refusal
	})
	switch {
	case fault == nil:
	case fault.Code == CodeEngineError:
		changes = nil
		for id, held := range s.open {
			changes = append(changes, Change{id, held.effect, Deny})
		}
	default:
		return nil, &SessionError{"", *fault}
	}
	for _, change := range changes {
		s.open[change.Session].effect = change.After
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(a.Session, b.Session) })
	return changes, nil
}

// changes sweeps until there are no more changes. A module that then cannot say when the next sweep is due has failed.
func (s *Sessions) changes(i *instance, now uint64, isAll bool) (changes []Change, refusal *Fault) {
	all := uint64(0)
	if isAll {
		all = 1
	}
	total := uint64(0)
	for count := uint64(maxChanges); count == maxChanges; all = 0 {
		count = i.call("session_sweep", now, all)
		if int32(count) == -1 {
			return nil, i.respond().fault()
		}
		// A session changes once at an instant.
		total += count
		require(count <= maxChanges && total <= uint64(2*len(s.open)+maxChanges), violationTooManyChanges)
		entries := i.bytes(i.global("changes"), count*changeSize)
		for ; len(entries) > 0; entries = entries[changeSize:] {
			before, after := int(entries[changeBefore]), int(entries[changeAfter])
			require(before < len(effects) && after < len(effects), violationUnknownEffect)
			id := i.sessionID(uint64(binary.LittleEndian.Uint32(entries[changeHandle:])))
			if s.open[id] != nil {
				changes = append(changes, Change{id, effects[before], effects[after]})
			}
		}
	}
	i.due()
	return changes, nil
}

// Due returns when the next sweep may find a change, which may be in the past; false: never, unless something else changes. It
// is in the past after a failure of the module, as long as a session is open. If it is immediately after a sweep, there is no
// memory to store when answers expire: sweep all from time to time.
func (s *Sessions) Due() (time.Time, bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	due := 0.0
	fault := s.guard(func(i *instance) *Fault {
		due = i.due()
		return nil
	})
	if math.IsInf(due, 1) || fault != nil && len(s.open) == 0 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(due)).UTC(), true
}

// due is in milliseconds: 0 immediately, infinite if time alone changes nothing.
func (i *instance) due() float64 {
	i.call("session_due")
	due := math.Float64frombits(i.stack[0])
	require(!math.IsNaN(due), violationInvalidInstant)
	return due
}
