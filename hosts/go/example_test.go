package nhipol_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

func load() *nhipol.Policy {
	module, err := os.ReadFile("testdata/payments.wasm")
	if err != nil {
		log.Fatal(err)
	}
	policy, err := nhipol.Load(module)
	if err != nil {
		log.Fatal(err)
	}
	return policy
}

func Example() {
	module, err := os.ReadFile("testdata/payments.wasm")
	if err != nil {
		log.Fatal(err)
	}
	policy, err := nhipol.Load(module)
	if err != nil {
		log.Fatal(err)
	}
	if err := policy.LoadTable("limits", []byte(`{"ops": 100}`)); err != nil {
		log.Fatal(err)
	}
	answer := policy.DecideJSON([]byte(`{
		"subject": {"type": "agent", "id": "a-1", "properties": {"team": "ops"}},
		"action": {"name": "pay", "properties": {"amount": 700}},
		"resource": {"type": "account", "id": "b-1", "properties": {"frozen": false}},
		"context": {"risk": 3}
	}`))
	fmt.Println(answer.Decision(), answer.Effect(), answer.Reasons())
	fmt.Println(answer.ReasonDetails()[0].Message)
	// Output:
	// false deny [over_limit]
	// 700 is more than 100
}

func ExamplePolicy_DecideWith() {
	policy := load()
	answer := policy.DecideWith(map[string]any{
		"subject":  map[string]any{"type": "agent", "id": "a-1", "properties": map[string]any{"team": "ops"}},
		"action":   map[string]any{"name": "read"},
		"resource": map[string]any{"type": "account", "id": "b-1", "properties": map[string]any{"frozen": false}},
		"context":  map[string]any{"risk": 60},
	}, nhipol.Options{Now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)})
	until, _ := answer.ValidUntil()
	fmt.Println(answer.Effect(), answer.Constraints(), until)
	// Output: narrow map[rows:10] 2026-03-02 22:00:00 +0000 UTC
}

func ExamplePolicy_LoadTable() {
	policy := load()
	err := policy.LoadTable("limits", []byte(`{"ops": -1}`))
	var wrong *nhipol.TableError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Code, wrong.Path, wrong.Offset)
		fmt.Println(wrong)
	}
	// Output:
	// wrong_type $.ops 8
	// table "limits": wrong_type at $.ops: expected an integer in 0..1000000 (Int), found an invalid value
}

func ExamplePolicy_Sessions() {
	sessions, err := load().Sessions()
	if err != nil {
		log.Fatal(err)
	}
	defer sessions.End()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	err = sessions.Open("s-1", []byte(`{
		"subject": {"type": "agent", "id": "a-1", "properties": {"team": "ops"}},
		"action": {"name": "settle"},
		"resource": {"type": "account", "id": "b-1", "properties": {"frozen": false}},
		"context": {"risk": 3}
	}`), now)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sessions.Decide("s-1", nil, now).Effect())
	for minute := range 2 {
		warned := now.Add(time.Duration(minute) * time.Minute)
		if err := sessions.Record("s-1", "owner_warned", []byte(`{"by": "mail"}`), time.Time{}, warned); err != nil {
			log.Fatal(err)
		}
	}
	changes, err := sessions.Sweep(now.Add(2*time.Minute), false)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changes)
	// Output:
	// permit
	// [{s-1 permit revoke}]
}
