package nhipol

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"
)

// furthest is the last instant that a module takes.
const furthest = 8_640_000_000_000_000

func TestAnswersContainReasons(t *testing.T) {
	policy := withLimits(t)
	at := Options{Now: monday}

	permitted := policy.DecideJSONWith([]byte(payment), at)
	expectEffect(t, permitted, Permit, "within_limit")
	if !permitted.Decision() {
		t.Error("a permit grants")
	}
	if _, ends := permitted.ValidUntil(); ends {
		t.Error("time changes nothing about a payment")
	}

	denied := policy.DecideJSONWith([]byte(frozenPayment), at)
	expectEffect(t, denied, Deny, "account_frozen")
	if detail := denied.ReasonDetails()[0]; detail.Message != "the account is frozen" || detail.Source.File != "payments.nhipol" {
		t.Errorf("found %+v", detail)
	}

	narrowed := policy.DecideJSONWith([]byte(reading), at)
	expectEffect(t, narrowed, Narrow, "few_rows")
	if rows := narrowed.Constraints()["rows"]; rows != json.Number("10") {
		t.Errorf("found %v", rows)
	}
	if until, ends := narrowed.ValidUntil(); !ends || !until.Equal(monday.Truncate(24*time.Hour).Add(22*time.Hour)) {
		t.Errorf("found %v", until)
	}

	large := strings.Replace(payment, `"amount":40`, `"amount":700`, 1)
	over := policy.DecideJSONWith([]byte(large), at)
	expectEffect(t, over, Deny, "over_limit")
	if message := over.ReasonDetails()[0].Message; message != "700 is more than 100" {
		t.Errorf("found %q", message)
	}

	if err := policy.LoadTable("limits", []byte(`{"ops":1000}`)); err != nil {
		t.Fatal(err)
	}
	challenged := policy.DecideJSONWith([]byte(large), at)
	expectEffect(t, challenged, Challenge, "large")
	if asked := challenged.Obligations()[0]; asked.Name != "tell_owner" || asked.Type != "notification" || asked.Properties["to"] != "owner" {
		t.Errorf("found %+v", asked)
	}
}

func TestAppendJSONReturnsWhatTheModuleWrote(t *testing.T) {
	policy := withLimits(t)
	for _, request := range []string{payment, frozenPayment, reading, settlement, `{"<&>": 1}`} {
		for range 2 {
			typed := policy.DecideJSONWith([]byte(request), Options{Now: monday}).AppendJSON(nil)
			written := policy.AppendResponse(nil, []byte(request), Options{Now: monday})
			if !bytes.Equal(typed, written) || !json.Valid(typed) {
				t.Errorf("expected %s, found %s", written, typed)
			}
		}
	}
	if response := policy.DecideResponse([]byte(payment)); !strings.HasPrefix(string(response), responseStarts[permit]) {
		t.Errorf("found %s", response)
	}
	answer := hostAnswer(&Fault{"wrong_type", "$", "a number > 1 & < 2", "\xff<another>", 0})
	const text = `"expected":"a number > 1 & < 2","found":"\ufffd<another>"`
	if found, _ := answer.MarshalJSON(); !strings.Contains(string(found), strings.ReplaceAll(text, `\ufffd`, "\ufffd")) {
		t.Errorf("found %s", found)
	}
}

func TestUnknownPathsAreListed(t *testing.T) {
	answer := payments(t).DecideJSONWith([]byte(payment), Options{Now: monday})
	expectEffect(t, answer, Deny, "over_limit")
	if detail := answer.ReasonDetails()[0]; !detail.FiredOnUnknown || !equal(detail.Unknown, []string{"table.limits"}) {
		t.Errorf("found %+v", detail)
	}
}

func TestInvalidRequestsAreDenied(t *testing.T) {
	policy := withLimits(t)
	for name, request := range map[string]string{
		"not_json":  `{`,
		"not_utf8":  "\"\xff\"",
		"missing":   strings.Replace(payment, `"risk":3`, ``, 1),
		"too_large": payment + strings.Repeat(" ", maxRequestBytes),
	} {
		answer := policy.DecideJSON([]byte(request))
		expectEffect(t, answer, Deny, "invalid_request")
		if answer.Fault() == nil || answer.Fault().Code != name {
			t.Errorf("expected %s, found %v", name, answer.Fault())
		}
	}
}

func TestTheHostsClockIsTheDefault(t *testing.T) {
	policy := withLimits(t)
	night := strings.Replace(reading, `"risk":60`, `"risk":60,"time":"2026-03-01T23:00:00Z"`, 1)
	expectEffect(t, policy.DecideJSONWith([]byte(night), Options{Now: monday}), Narrow, "few_rows")
	expectEffect(t, policy.DecideJSONWith([]byte(night), Options{Now: monday, Clock: RequestClock}), Deny, "out_of_hours")
	expectEffect(t, policy.DecideJSONWith([]byte(reading), Options{Now: monday, Clock: RequestClock}), Narrow, "few_rows")
	answer := policy.DecideJSONWith([]byte(reading), Options{Clock: RequestClock})
	if fault := answer.Fault(); fault == nil || fault.Code != "missing" {
		t.Errorf("found %v", fault)
	}
}

func TestAnInvalidInstantIsAnEngineError(t *testing.T) {
	policy := withLimits(t)
	for _, now := range []time.Time{time.UnixMilli(furthest + 1), time.Unix(1<<60, 0)} {
		answer := policy.DecideJSONWith([]byte(payment), Options{Now: now})
		expectEffect(t, answer, Deny, "engine_error")
		expectFault(t, answer.Fault(), CodeEngineError, "$")
	}
	expectEffect(t, policy.DecideJSONWith([]byte(payment), Options{Now: time.UnixMilli(furthest)}), Permit, "within_limit")
}

func TestTheZeroAnswerDenies(t *testing.T) {
	var none Answer
	expectEffect(t, none, Deny, "engine_error")
	if _, ends := none.ValidUntil(); ends || none.Decision() || none.Fault() == nil {
		t.Error("it grants nothing, and says so")
	}
}

func TestCachedAnswersAllocateNothing(t *testing.T) {
	policy := withLimits(t)
	calm := strings.Replace(reading, `"risk":60`, `"risk":3`, 1)
	for name, request := range map[string]string{"permit": payment, "deny": frozenPayment, "until": calm} {
		text, at := []byte(request), Options{Now: monday}
		if count := testing.AllocsPerRun(1000, func() { policy.DecideJSONWith(text, at) }); count != 0 {
			t.Errorf("%s: %v allocations", name, count)
		}
		var response []byte
		count := testing.AllocsPerRun(1000, func() { response = policy.AppendResponse(response[:0], text, at) })
		if count != 0 {
			t.Errorf("%s: %v allocations of a response", name, count)
		}
	}
}

func TestManyGoroutinesShareAPolicy(t *testing.T) {
	const goroutines, decisions = 8, 5000
	policy := withLimits(t, WithInstances(3))
	asked := map[string]Effect{payment: Permit, frozenPayment: Deny}
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() {
			for range decisions {
				for request, effect := range asked {
					if found := policy.DecideJSON([]byte(request)).Effect(); found != effect {
						t.Errorf("expected %s, found %s", effect, found)
						return
					}
				}
			}
		})
	}
	group.Wait()
	if made, free := policy.instances.made, len(policy.instances.free); made > 3 || free != made {
		t.Errorf("%d instances, %d free", made, free)
	}
}

func TestAClosedPolicyDenies(t *testing.T) {
	policy := withLimits(t)
	sessions, err := policy.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 1000 {
				if answer := policy.DecideJSON([]byte(payment)); answer.Effect() != Permit && answer.Reasons()[0] != "engine_error" {
					t.Errorf("found %v", answer.Reasons())
				}
			}
		})
	}
	if err := policy.Close(); err != nil {
		t.Error(err)
	}
	group.Wait()
	expectEffect(t, policy.DecideJSON([]byte(payment)), Deny, "engine_error")
	expectFault(t, faultIn(policy.LoadTable("limits", []byte(`{}`))), "engine_error", "$")
	expectFault(t, faultIn(sessions.Open("one", []byte(payment), time.Time{})), "engine_error", "$")
	expectEffect(t, sessions.Decide("one", nil, time.Time{}), Deny, "invalid_request")
	sessions.End()
	if policy.Name() != "payments" || policy.Version() != "1.2.0" || !json.Valid(policy.Manifest()) {
		t.Error("its description is not available")
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	instance := &instance{cache: map[uint64]*content{}}
	for key := range maxCached + 1 {
		instance.answer(header{effect: permit, response: []byte(granted), key: uint64(key) + 1})
	}
	if len(instance.cache) != 1 {
		t.Errorf("%d answers are cached", len(instance.cache))
	}
}

func BenchmarkDecisions(b *testing.B) {
	policy := withLimits(b)
	if err := policy.LoadTable("limits", []byte(`{"ops":1000,"dev":1}`)); err != nil {
		b.Fatal(err)
	}
	at := Options{Now: monday}
	for _, each := range []struct{ name, request string }{
		{"permit", payment},
		{"narrow", reading},
		{"default deny", strings.Replace(payment, `"pay"`, `"other"`, 1)},
		{"deny with constant message", frozenPayment},
		{"deny with message", strings.Replace(payment, `"amount":40`, `"amount":5000`, 1)},
		{"challenge with obligation", strings.Replace(payment, `"amount":40`, `"amount":700`, 1)},
		{"invalid", strings.Replace(payment, `"risk":3`, `"risk":"x"`, 1)},
	} {
		request := []byte(each.request)
		b.Run(each.name+"/typed", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				policy.DecideJSONWith(request, at)
			}
		})
		b.Run(each.name+"/response", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				policy.AppendResponse(nil, request, at)
			}
		})
	}
}
