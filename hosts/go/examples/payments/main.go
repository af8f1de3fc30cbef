// Command payments shows a service that decides payments, and a session:
//
//	go run ./examples/payments testdata/payments.wasm
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: payments MODULE")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(path string) error {
	module, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	policy, err := nhipol.Load(module, nhipol.WithTableBytes(1<<20))
	if err != nil {
		return err
	}
	defer policy.Close()
	fmt.Printf("%s, version %s\n", policy.Name(), policy.Version())
	if err := policy.LoadTable("limits", []byte(`{"ops": 1000}`)); err != nil {
		return err
	}
	for _, amount := range []int{40, 700, 7000} {
		answer := policy.Decide(payment(amount))
		fmt.Println(amount, answer.Effect(), answer.Reasons())
		for _, obligation := range answer.Obligations() {
			fmt.Println("  to do:", obligation.Name, obligation.Properties)
		}
	}
	return live(policy)
}

func payment(amount int) map[string]any {
	return map[string]any{
		"subject":  map[string]any{"type": "agent", "id": "a-1", "properties": map[string]any{"team": "ops"}},
		"action":   map[string]any{"name": "pay", "properties": map[string]any{"amount": amount}},
		"resource": map[string]any{"type": "account", "id": "b-1", "properties": map[string]any{"frozen": false}},
		"context":  map[string]any{"risk": 3},
	}
}

// live freezes the account while a session is open, and prints how its answer changes.
func live(policy *nhipol.Policy) error {
	sessions, err := policy.Sessions()
	if err != nil {
		return err
	}
	defer sessions.End()
	request := []byte(`{"subject":{"type":"agent","id":"a-1","properties":{"team":"ops"}},` +
		`"action":{"name":"pay","properties":{"amount":40}},` +
		`"resource":{"type":"account","id":"b-1","properties":{"frozen":false}},"context":{"risk":3}}`)
	if err := sessions.Open("s-1", request, time.Time{}); err != nil {
		return err
	}
	fmt.Println("s-1", sessions.Decide("s-1", nil, time.Time{}).Effect())
	if err := sessions.Patch("s-1", []byte(`{"resource":{"properties":{"frozen":true}}}`)); err != nil {
		return err
	}
	changes, err := sessions.Sweep(time.Time{}, false)
	for _, change := range changes {
		fmt.Printf("%s went from %s to %s\n", change.Session, change.Before, change.After)
	}
	return err
}
