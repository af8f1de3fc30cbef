package nhipol

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

func sessionsOf(t testing.TB, policy *Policy) *Sessions {
	t.Helper()
	sessions, err := policy.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sessions.End)
	return sessions
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestASessionRemembersAndIsRevoked(t *testing.T) {
	sessions := sessionsOf(t, withLimits(t))
	at := func(minutes int) time.Time { return (monday.Add(time.Duration(minutes) * time.Minute)) }
	must(t, sessions.Open("s-1", []byte(settlement), at(0)))
	expectEffect(t, sessions.Decide("s-1", nil, at(0)), Permit, "settling")
	must(t, sessions.Record("s-1", "owner_warned", []byte(`{"by":"mail"}`), time.Time{}, at(1)))
	must(t, sessions.Record("s-1", "owner_warned", []byte(`{}`), at(1), at(2)))
	changes, err := sessions.Sweep(at(2), false)
	must(t, err)
	if want := []Change{{"s-1", Permit, Revoke}}; fmt.Sprint(changes) != fmt.Sprint(want) {
		t.Errorf("found %v", changes)
	}
	expectEffect(t, sessions.Decide("s-1", nil, at(3)), Revoke, "warned_twice")
	must(t, sessions.Close("s-1"))
	if sessions.Count() != 0 {
		t.Error("it is still open")
	}
}

func TestErrorsOfSessions(t *testing.T) {
	sessions := sessionsOf(t, withLimits(t))
	now := monday
	must(t, sessions.Open("s-1", []byte(settlement), now))
	long := string(make([]byte, maxNameBytes+1))
	for _, each := range []struct {
		err        error
		code, path string
	}{
		{sessions.Open("s-1", []byte(settlement), now), "session_exists", "$"},
		{sessions.Open(long, []byte(settlement), now), "wrong_id", "$"},
		{sessions.Open("s-2", []byte(`{`), now), "not_json", "$"},
		{sessions.Open("s-2", []byte(settlement), time.UnixMilli(furthest+1)), "wrong_type", "$"},
		{sessions.Patch("s-1", []byte(`{"context":{"risk":"x"}}`)), "wrong_type", "$.context.risk"},
		{sessions.Patch("s-1", make([]byte, maxRequestBytes+1)), "too_large", "$"},
		{sessions.Record("s-1", "other", []byte(`{}`), time.Time{}, now), "no_signal", "$"},
		{sessions.Close("s-2"), "no_session", "$"},
	} {
		expectFault(t, faultIn(each.err), each.code, each.path)
	}
	answer := sessions.Decide("s-2", nil, now)
	expectEffect(t, answer, Deny, "invalid_request")
	expectFault(t, answer.Fault(), "no_session", "$")
	expectEffect(t, sessions.Decide("s-1", nil, time.UnixMilli(furthest+1)), Deny, "engine_error")
	answer = sessions.Decide("s-1", []byte(`{"context":{"risk":"x"}}`), now)
	expectFault(t, answer.Fault(), "wrong_type", "$.context.risk")
	expectEffect(t, sessions.Decide("s-1", nil, now), Permit, "settling")
}

func TestARequestDoesNotChangeTheSubject(t *testing.T) {
	sessions := sessionsOf(t, withLimits(t))
	now := monday
	must(t, sessions.Open("s-1", []byte(payment), now))
	asked := `{"subject":{"properties":{"team":"other"}},"action":{"name":"pay","properties":{"amount":50}},` +
		`"resource":{"type":"account","id":"b-2","properties":{"frozen":false}}}`
	expectEffect(t, sessions.Decide("s-1", []byte(asked), now), Permit, "within_limit")
	must(t, sessions.Patch("s-1", []byte(`{"subject":{"properties":{"team":"other"}}}`)))
	expectEffect(t, sessions.Reevaluate("s-1", now), Deny, "over_limit")
}

func TestTablesReachSessions(t *testing.T) {
	policy := withLimits(t)
	sessions := sessionsOf(t, policy)
	now := monday
	must(t, sessions.Open("s-1", []byte(payment), now))
	expectEffect(t, sessions.Decide("s-1", nil, now), Permit, "within_limit")
	must(t, policy.LoadTable("limits", []byte(`{"ops":1}`)))
	expectEffect(t, sessions.Reevaluate("s-1", now), Deny, "over_limit")
	if due, ok := sessions.Due(); !ok || due.UnixMilli() != 0 {
		t.Errorf("found %v", due)
	}
	changes, err := sessions.Sweep(now, false)
	must(t, err)
	if len(changes) != 1 || changes[0].After != Deny {
		t.Errorf("found %v", changes)
	}
}

func TestASessionIsRestoredElsewhere(t *testing.T) {
	here, there := sessionsOf(t, withLimits(t)), sessionsOf(t, withLimits(t))
	now := monday
	must(t, here.Open("s-1", []byte(settlement), now))
	must(t, here.Record("s-1", "owner_warned", []byte(`{}`), time.Time{}, now))
	text, err := here.Snapshot("s-1")
	must(t, err)
	restored, err := there.Restore(text)
	must(t, err)
	if restored.Session != "s-1" || restored.Mismatch != nil {
		t.Errorf("found %+v", restored)
	}
	must(t, there.Record("s-1", "owner_warned", []byte(`{}`), time.Time{}, now))
	expectEffect(t, there.Decide("s-1", nil, now), Revoke, "warned_twice")
	_, err = there.Restore("{}")
	expectFault(t, faultIn(err), "no_snapshot", "$")
}

func TestSessionsGrowUpToALimit(t *testing.T) {
	const count = 3000
	policy := withLimits(t)
	sessions := sessionsOf(t, policy)
	for at := range count {
		must(t, sessions.Open(fmt.Sprint("s-", at), []byte(payment), monday))
		sessions.Decide(fmt.Sprint("s-", at), nil, monday)
	}
	must(t, policy.DropTable("limits"))
	changes, err := sessions.Sweep(monday, false)
	must(t, err)
	if len(changes) != count || sessions.Count() != count {
		t.Errorf("%d changes of %d sessions", len(changes), sessions.Count())
	}

	limited := sessionsOf(t, payments(t, WithTableBytes(0), WithSessionBytes(pageBytes)))
	for at := range count {
		if err = limited.Open(fmt.Sprint("s-", at), []byte(payment), monday); err != nil {
			break
		}
	}
	expectFault(t, faultIn(err), "no_room", "$")
}

func TestManyGoroutinesShareSessions(t *testing.T) {
	sessions := sessionsOf(t, withLimits(t))
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			id := fmt.Sprint("s-", worker)
			if err := sessions.Open(id, []byte(payment), monday); err != nil {
				t.Error(err)
			}
			for range 200 {
				expectEffect(t, sessions.Decide(id, nil, monday), Permit, "within_limit")
			}
		})
	}
	group.Wait()
}

func TestAfterTheModuleFailedEachSweepReportsAllSessions(t *testing.T) {
	module := conformanceModule(t, "modules/sessions-trapping.wasm")
	for _, fail := range []string{"1", "2", "3"} {
		policy, err := Load(module)
		must(t, err)
		sessions := sessionsOf(t, policy)
		at := monday
		for _, id := range []string{"one", "two"} {
			must(t, sessions.Open(id, []byte(payment), at))
		}
		expectEffect(t, sessions.Decide("one", nil, at), Permit, "works")
		must(t, sessions.Patch("one", []byte(`{"context":{"fail":`+fail+`}}`)))
		if fail == "1" {
			expectEffect(t, sessions.Decide("two", nil, at), Deny, "engine_error")
			if due, ok := sessions.Due(); !ok || due.UnixMilli() != 0 {
				t.Errorf("due %v, %v", due, ok)
			}
		}
		for _, before := range []Effect{Permit, Deny} {
			found, err := sessions.Sweep(at, false)
			if err != nil || !slices.Equal(found, []Change{{"one", before, Deny}, {"two", Deny, Deny}}) {
				t.Errorf("found %v, %v", found, err)
			}
		}
		expectEffect(t, sessions.Reevaluate("one", at), Deny, "engine_error")
		if due, ok := sessions.Due(); !ok || due.UnixMilli() != 0 {
			t.Errorf("due %v, %v", due, ok)
		}
		if sessions.Open("three", []byte(payment), at) == nil {
			t.Error("a session was opened")
		}
		must(t, sessions.Close("one"))
		must(t, sessions.Close("two"))
		if found, err := sessions.Sweep(at, true); err != nil || len(found) > 0 {
			t.Errorf("found %v, %v", found, err)
		}
		if _, ok := sessions.Due(); ok {
			t.Error("nothing is due without sessions")
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	sessions := sessionsOf(t, withLimits(t))
	must(t, sessions.Open("s-1", []byte(payment), monday))
	sessions.End()
	err := sessions.Open("s-2", []byte(payment), monday)
	var ended *SessionError
	if !errors.As(err, &ended) || ended.Code != "engine_error" || ended.Session != "s-2" {
		t.Errorf("found %v", err)
	}
	if _, ok := sessions.Due(); ok {
		t.Error("nothing is due")
	}
}
