package nhipol

import "encoding/json"

// What every call of Sessions goes through: one at a time, with the policy's tables as they are now. A module that fails is not
// asked again.

// do gives a *SessionError for a fault, and for a failure.
func (s *Sessions) do(id string, act func() *Fault) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	return sessionError(id, s.guarded(act))
}

// at is do, with an instant.
func (s *Sessions) at(id string, at Instant, act func(now float64) *Fault) error {
	return s.do(id, func() *Fault {
		now, ok := at.resolve()
		if !ok {
			return wrongInstant()
		}
		s.catchUp(now)
		return act(now)
	})
}

// catchUp looks at all sessions after a table changed, so that no change is missed by whoever asks in between.
func (s *Sessions) catchUp(now float64) {
	if s.isAllDue {
		s.noticed = append(s.noticed, s.changes(now, true)...)
		s.isAllDue = false
	}
}

// with is do, with an open session.
func (s *Sessions) with(id string, act func(*heldSession) *Fault) error {
	return s.do(id, func() *Fault {
		held, fault := s.find(id)
		if fault != nil {
			return fault
		}
		return act(held)
	})
}

// answer is a deny for a fault, and for a failure.
func (s *Sessions) answer(id string, at Instant, act func(held *heldSession, now float64) Answer) Answer {
	s.lock.Lock()
	defer s.lock.Unlock()
	now, ok := at.resolve()
	if !ok {
		return noInstant()
	}
	held, fault := s.find(id)
	if fault != nil {
		return invalidAnswer(fault)
	}
	var answer Answer
	if fault := s.guarded(func() *Fault {
		s.catchUp(now)
		answer = act(held, now)
		held.effect = answer.Effect()
		return nil
	}); fault != nil {
		return engineErrorAnswer(fault)
	}
	return answer
}

// guarded has the lock.
func (s *Sessions) guarded(act func() *Fault) (fault *Fault) {
	if s.failure != nil {
		return s.failure
	}
	if fault := s.policy.instances.hold(); fault != nil {
		return fault
	}
	defer s.policy.instances.release()
	isDone := false
	defer func() {
		if !isDone {
			s.failure = faultOf(recover())
			fault = s.failure
		}
	}()
	isChanged, fault := s.policy.tables.bring(s.engine.instance, s.bytes)
	s.isAllDue = s.isAllDue || isChanged
	if fault == nil {
		fault = act()
	}
	isDone = true
	return fault
}

func (s *Sessions) hold(held *heldSession) {
	s.open[held.id] = held
	s.byHandle[held.handle] = held
}

func (s *Sessions) find(id string) (*heldSession, *Fault) {
	if held := s.open[id]; held != nil {
		return held, nil
	}
	return nil, wrong(errorNoSession, textOpenSession, textUnknownSession)
}

func (s *Sessions) expectNone(id string) *Fault {
	if s.open[id] == nil {
		return nil
	}
	return wrong("session_exists", textNewSession, textOpenSession)
}

func (s *Sessions) patch(held *heldSession, part []byte, replaced int) *Fault {
	_, fault := s.tell(held, part, replaced)
	return fault
}

// tell gives, with a fault, the answer that has it.
func (s *Sessions) tell(held *heldSession, part []byte, replaced int) (Answer, *Fault) {
	call := s.callAfter(held.call, part, replaced)
	refused, fault := s.engine.patch(held.handle, part, replaced, call.digest)
	if fault == nil {
		held.call = call
	}
	return refused, fault
}

func (s *Sessions) callAfter(before keptCall, part []byte, replaced int) keptCall {
	if !s.policy.asksDigest {
		return before
	}
	return before.after(part, replaced, s.policy.Name())
}

func (s *Sessions) callIn(text string) keptCall {
	if !s.policy.asksDigest {
		return keptCall{}
	}
	return callIn([]byte(text), s.engine.instance.judgedCall())
}

// partsOf is which parts of a request a text has, and none of what is no object: what is wrong with it the module tells.
func partsOf(text []byte) int {
	var members map[string]json.RawMessage
	if len(text) > maxRequestBytes || json.Unmarshal(text, &members) != nil {
		return 0
	}
	parts := 0
	for name, part := range map[string]int{
		"subject": partSubject, "action": partAction, "resource": partResource, "context": partContext,
	} {
		if _, ok := members[name]; ok {
			parts |= part
		}
	}
	return parts
}

// askedParts leaves out the subject, which no question changes.
func askedParts(text []byte) []byte {
	if partsOf(text)&partSubject == 0 {
		return text
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(text, &members)
	delete(members, "subject")
	rest, _ := json.Marshal(members)
	return rest
}

func wrongInstant() *Fault {
	return wrong("wrong_type", textInstant, textOtherValue)
}
