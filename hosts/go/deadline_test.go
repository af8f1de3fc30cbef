package nhipol

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	shortDeadline = 50 * time.Millisecond
	// longDeadline is longer than a decision takes on a busy machine.
	longDeadline = 500 * time.Millisecond
	// stopped is the maximum time of a call that is stopped.
	stopped = 20 * time.Second
)

func conformanceModule(t testing.TB, path string) []byte {
	t.Helper()
	folder := os.Getenv("NHIPOL_CONFORMANCE")
	if folder == "" {
		folder = "../../test/conformance"
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skip("there are no conformance cases: ", err)
	}
	module, err := os.ReadFile(folder + "/" + path)
	if err != nil {
		t.Fatal(err)
	}
	return module
}

func loadWithin(t testing.TB, path string, deadline time.Duration) *Policy {
	t.Helper()
	policy, err := Load(conformanceModule(t, path), WithDeadline(deadline))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = policy.Close() })
	return policy
}

func TestAStartThatNeverReturnsIsALoadError(t *testing.T) {
	began := time.Now()
	_, err := Load(conformanceModule(t, "endless/start.wasm"), WithDeadline(shortDeadline))
	var loadError *LoadError
	if !errors.As(err, &loadError) || !strings.Contains(err.Error(), "did not start within 50ms") {
		t.Errorf("expected a LoadError, found %v", err)
	}
	if took := time.Since(began); took > stopped {
		t.Errorf("it took %v", took)
	}
}

func TestADecisionThatNeverReturnsIsDenied(t *testing.T) {
	policy := loadWithin(t, "modules/answers-canned.wasm", longDeadline)
	// The end of the answer to "count" is the number of calls of this instance.
	count := func() time.Time {
		until, _ := policy.DecideJSON([]byte("count")).ValidUntil()
		return until
	}
	first := count()
	if count().Equal(first) {
		t.Fatal("it does not count")
	}
	began := time.Now()
	answer := policy.DecideJSON([]byte("forever"))
	if took := time.Since(began); took < longDeadline || took > stopped {
		t.Errorf("it took %v", took)
	}
	if answer.Decision() || !slices.Equal(answer.Reasons(), []string{"engine_error"}) {
		t.Errorf("expected a deny with engine_error, found %v", answer.Reasons())
	}
	if fault := answer.Fault(); fault == nil || fault.Expected != engineDeadline || fault.Found != engineNoAnswer {
		t.Errorf("found the fault %v", fault)
	}
	if again := count(); !again.Equal(first) {
		t.Errorf("the instance that was stopped is used again")
	}
}

func TestASessionThatNeverReturnsDeniesAllSessions(t *testing.T) {
	policy := loadWithin(t, "modules/sessions-trapping.wasm", longDeadline)
	sessions, err := policy.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sessions.End)
	if err := sessions.Open("one", []byte("{}"), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if !sessions.Decide("one", nil, time.Time{}).Decision() {
		t.Fatal("expected a permit")
	}
	if err := sessions.Patch("one", []byte(`{"context":{"fail":5}}`)); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if answer := sessions.Decide("one", nil, time.Time{}); answer.Decision() || answer.Fault() == nil {
		t.Error("expected a deny")
	}
	if took := time.Since(began); took > stopped {
		t.Errorf("it took %v", took)
	}
	if changes, err := sessions.Sweep(time.Time{}, false); err != nil || len(changes) != 1 || changes[0].After != Deny {
		t.Errorf("expected a deny of the session, found %v", changes)
	}
}

func TestEachCallHasTheWholeDeadline(t *testing.T) {
	policy := withLimits(t, WithDeadline(longDeadline))
	for began := time.Now(); time.Since(began) < 3*longDeadline; {
		expectEffect(t, policy.DecideJSONWith([]byte(payment), Options{Now: monday}), Permit, "within_limit")
		if t.Failed() {
			return
		}
	}
}

func BenchmarkDecideWithDeadline(b *testing.B) {
	for name, options := range map[string][]LoadOption{"none": nil, "100ms": {WithDeadline(100 * time.Millisecond)}} {
		policy := withLimits(b, options...)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				policy.DecideJSONWith([]byte(payment), Options{Now: monday})
			}
		})
	}
}
