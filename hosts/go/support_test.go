package nhipol

import (
	"errors"
	"os"
	"testing"
	"time"
)

// monday is an instant at which the office is open.
var monday = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const (
	payment = `{"subject":{"type":"agent","id":"a-1","properties":{"team":"ops"}},` +
		`"action":{"name":"pay","properties":{"amount":40}},` +
		`"resource":{"type":"account","id":"b-1","properties":{"frozen":false}},"context":{"risk":3}}`
	frozenPayment = `{"subject":{"type":"agent","id":"a-1","properties":{"team":"ops"}},` +
		`"action":{"name":"pay","properties":{"amount":40}},` +
		`"resource":{"type":"account","id":"b-1","properties":{"frozen":true}},"context":{"risk":3}}`
	reading = `{"subject":{"type":"agent","id":"a-1","properties":{"team":"ops"}},"action":{"name":"read"},` +
		`"resource":{"type":"account","id":"b-1","properties":{"frozen":false}},"context":{"risk":60}}`
	settlement = `{"subject":{"type":"agent","id":"a-1","properties":{"team":"ops"}},"action":{"name":"settle"},` +
		`"resource":{"type":"account","id":"b-1","properties":{"frozen":false}},"context":{"risk":3}}`
)

func payments(t testing.TB, options ...LoadOption) *Policy {
	t.Helper()
	module, err := os.ReadFile("testdata/payments.wasm")
	if err != nil {
		t.Fatal(err)
	}
	policy, err := Load(module, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = policy.Close() })
	return policy
}

func withLimits(t testing.TB, options ...LoadOption) *Policy {
	t.Helper()
	policy := payments(t, options...)
	if err := policy.LoadTable("limits", []byte(`{"ops":100}`)); err != nil {
		t.Fatal(err)
	}
	return policy
}

func expectEffect(t testing.TB, answer Answer, effect Effect, reasons ...string) {
	t.Helper()
	if answer.Effect() != effect || !equal(answer.Reasons(), reasons) {
		text, _ := answer.MarshalJSON()
		t.Errorf("expected %s for %v, found %s", effect, reasons, text)
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for at := range a {
		if a[at] != b[at] {
			return false
		}
	}
	return true
}

// faultIn returns the fault of a table error or a session error.
func faultIn(err error) *Fault {
	var ofTable *TableError
	var ofSession *SessionError
	switch {
	case errors.As(err, &ofTable):
		return &ofTable.Fault
	case errors.As(err, &ofSession):
		return &ofSession.Fault
	default:
		return nil
	}
}

func expectFault(t testing.TB, found *Fault, code, path string) {
	t.Helper()
	if found == nil || found.Code != code || found.Path != path {
		t.Errorf("expected %s at %s, found %v", code, path, found)
	}
}
