package nhipol

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestAnswersSayWhy(t *testing.T) {
	policy := withLimits(t)
	at := Options{Now: At(monday)}

	permitted := policy.DecideWith([]byte(payment), at)
	expectEffect(t, permitted, Permit, "within_limit")
	if !permitted.Decision() {
		t.Error("a permit grants")
	}
	if _, ends := permitted.ValidUntil(); ends {
		t.Error("time changes nothing about a payment")
	}

	denied := policy.DecideWith([]byte(frozenPayment), at)
	expectEffect(t, denied, Deny, "account_frozen")
	if detail := denied.ReasonDetails()[0]; detail.Message != "the account is frozen" || detail.Source.File != "payments.nhipol" {
		t.Errorf("found %+v", detail)
	}

	narrowed := policy.DecideWith([]byte(reading), at)
	expectEffect(t, narrowed, Narrow, "few_rows")
	if rows := narrowed.Constraints()["rows"]; rows != json.Number("10") {
		t.Errorf("found %v", rows)
	}
	if until, ends := narrowed.ValidUntil(); !ends || !until.Equal(monday.Truncate(24*time.Hour).Add(22*time.Hour)) {
		t.Errorf("found %v", until)
	}

	large := strings.Replace(payment, `"amount":40`, `"amount":700`, 1)
	over := policy.DecideWith([]byte(large), at)
	expectEffect(t, over, Deny, "over_limit")
	if message := over.ReasonDetails()[0].Message; message != "700 is more than 100" {
		t.Errorf("found %q", message)
	}

	if err := policy.LoadTable("limits", []byte(`{"ops":1000}`)); err != nil {
		t.Fatal(err)
	}
	challenged := policy.DecideWith([]byte(large), at)
	expectEffect(t, challenged, Challenge, "large")
	if asked := challenged.Obligations()[0]; asked.Name != "tell_owner" || asked.Type != "notification" || asked.Properties["to"] != "owner" {
		t.Errorf("found %+v", asked)
	}
}

func TestAppendJSONWritesCharactersAsTheyAre(t *testing.T) {
	answer := invalidAnswer(wrong("wrong_type", "a number > 1 & < 2", "<another>"))
	const text = `"expected":"a number > 1 & < 2","found":"<another>"`
	if found := string(answer.AppendJSON(nil)); !strings.Contains(found, text) {
		t.Errorf("found %s", found)
	}
	var written strings.Builder
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil || written.String() != string(answer.AppendJSON(nil))+"\n" {
		t.Errorf("found %s, %v", written.String(), err)
	}
	marshaled, err := json.Marshal(answer)
	var value, same any
	if err != nil || json.Unmarshal(marshaled, &value) != nil || json.Unmarshal(answer.AppendJSON(nil), &same) != nil || !reflect.DeepEqual(value, same) {
		t.Errorf("found %s, %v", marshaled, err)
	}
}

func TestUnknownIsToldByItsPaths(t *testing.T) {
	answer := payments(t).DecideWith([]byte(payment), Options{Now: At(monday)})
	expectEffect(t, answer, Deny, "over_limit")
	if detail := answer.ReasonDetails()[0]; !detail.FiredOnUnknown || !equal(detail.Unknown, []string{"table.limits"}) {
		t.Errorf("found %+v", detail)
	}
}

func TestRequestsAtFaultAreDenied(t *testing.T) {
	policy := withLimits(t)
	for name, request := range map[string]string{
		"not_json":  `{`,
		"not_utf8":  "\"\xff\"",
		"missing":   strings.Replace(payment, `"risk":3`, ``, 1),
		"too_large": payment + strings.Repeat(" ", maxRequestBytes),
	} {
		answer := policy.Decide([]byte(request))
		expectEffect(t, answer, Deny, "invalid_request")
		if answer.Fault() == nil || answer.Fault().Code != name {
			t.Errorf("expected %s, found %v", name, answer.Fault())
		}
	}
}

func TestTheHostsClockCounts(t *testing.T) {
	policy := withLimits(t)
	night := strings.Replace(reading, `"risk":60`, `"risk":60,"time":"2026-03-01T23:00:00Z"`, 1)
	expectEffect(t, policy.DecideWith([]byte(night), Options{Now: At(monday)}), Narrow, "few_rows")
	expectEffect(t, policy.DecideWith([]byte(night), Options{Now: At(monday), Clock: RequestClock}), Deny, "out_of_hours")
	expectEffect(t, policy.DecideWith([]byte(reading), Options{Now: At(monday), Clock: RequestClock}), Narrow, "few_rows")
	answer := policy.DecideWith([]byte(reading), Options{Clock: RequestClock})
	if fault := answer.Fault(); fault == nil || fault.Code != "missing" {
		t.Errorf("found %v", fault)
	}
}

func TestWhatIsNoInstantIsNeverPassedOn(t *testing.T) {
	policy := withLimits(t)
	for _, options := range []Options{
		{Now: AtMilli(furthest + 1)},
		{Now: At(time.Unix(1<<60, 0))},
		{Clock: 2},
	} {
		expectEffect(t, policy.DecideWith([]byte(payment), options), Deny, "engine_error")
	}
	expectEffect(t, policy.DecideWith([]byte(payment), Options{Now: AtMilli(furthest)}), Permit, "within_limit")
}

func TestTheZeroAnswerDenies(t *testing.T) {
	var none Answer
	expectEffect(t, none, Deny, "engine_error")
	if _, ends := none.ValidUntil(); ends || none.Decision() || none.Fault() == nil {
		t.Error("it grants nothing, and says so")
	}
}

// Answers that are as usual, one that grants and one that says why not, take no memory.
func TestUsualDecisionsAllocateNothing(t *testing.T) {
	policy := withLimits(t)
	calm := strings.Replace(reading, `"risk":60`, `"risk":3`, 1)
	for name, request := range map[string]string{"permit": payment, "deny": frozenPayment, "until": calm} {
		text, at := []byte(request), Options{Now: At(monday)}
		if count := testing.AllocsPerRun(1000, func() { policy.DecideWith(text, at) }); count != 0 {
			t.Errorf("%s: %v allocations", name, count)
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
					if found := policy.Decide([]byte(request)).Effect(); found != effect {
						t.Errorf("expected %s, found %s", effect, found)
						return
					}
				}
			}
		})
	}
	group.Wait()
	if policy.instances.made > 3 || policy.instances.held != 0 {
		t.Errorf("%d instances, %d of them held", policy.instances.made, policy.instances.held)
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
				if answer := policy.Decide([]byte(payment)); answer.Effect() != Permit && answer.Reasons()[0] != "engine_error" {
					t.Errorf("found %v", answer.Reasons())
				}
			}
		})
	}
	if err := policy.Close(); err != nil {
		t.Error(err)
	}
	group.Wait()
	expectEffect(t, policy.Decide([]byte(payment)), Deny, "engine_error")
	expectFault(t, faultIn(policy.LoadTable("limits", []byte(`{}`))), "engine_error", "$")
	expectFault(t, faultIn(sessions.Open("one", []byte(payment), Now())), "engine_error", "$")
	expectEffect(t, sessions.Decide("one", nil, Now()), Deny, "invalid_request")
	if policy.Name() != "payments" || policy.Version() != "1.2.0" || !json.Valid(policy.Manifest()) {
		t.Error("what it is can still be told")
	}
}

func TestAnInstanceThatFailedIsNotAskedAgain(t *testing.T) {
	policy := withLimits(t, WithInstances(1))
	broken := policy.instances.free[0]
	broken.result = len(broken.view)
	broken.reasons = len(broken.view)
	expectEffect(t, policy.Decide([]byte(payment)), Deny, "engine_error")
	expectEffect(t, policy.Decide([]byte(payment)), Permit, "within_limit")
	if policy.instances.free[0] == broken {
		t.Error("it was asked again")
	}
}

func TestKeptAnswersHaveAnEnd(t *testing.T) {
	kept := newKeptAnswers()
	for at := range mostKept + 1 {
		kept.keep([]byte{byte(at), byte(at >> 8)}, unanswered)
	}
	if len(kept.answers) != 1 {
		t.Errorf("%d are kept", len(kept.answers))
	}
}
