package nhipol

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestInvalidContentsLeaveATableUnchanged(t *testing.T) {
	policy := withLimits(t)
	for contents, path := range map[string]string{`{"ops":"x"}`: "$.ops", `{"a b":-1}`: `$["a b"]`, `[]`: "$"} {
		expectFault(t, faultIn(policy.LoadTable("limits", []byte(contents))), "wrong_type", path)
	}
	expectFault(t, faultIn(policy.LoadTable("limits", []byte(`{`))), "not_json", "$")
	expectFault(t, faultIn(policy.LoadTable("limit", []byte(`{}`))), "unknown_table", "$")
	expectFault(t, faultIn(policy.DropTable("limit")), "unknown_table", "$")
	expectEffect(t, policy.DecideJSON([]byte(payment)), Permit, "within_limit")
	if err := policy.DropTable("limits"); err != nil {
		t.Fatal(err)
	}
	expectEffect(t, policy.DecideJSON([]byte(payment)), Deny, "over_limit")
}

// large is a table with this number of keys.
func large(count int) []byte {
	var text strings.Builder
	text.WriteString(`{"ops":100`)
	for at := range count {
		fmt.Fprintf(&text, `,"team-%d":%d`, at, at)
	}
	text.WriteString("}")
	return []byte(text.String())
}

func TestTablesGrowUpToALimit(t *testing.T) {
	limited := payments(t, WithTableBytes(4*pageBytes))
	expectFault(t, faultIn(limited.LoadTable("limits", large(20_000))), "out_of_memory", "$")
	if err := limited.LoadTable("limits", large(10)); err != nil {
		t.Error(err)
	}
	expectEffect(t, limited.DecideJSON([]byte(payment)), Permit, "within_limit")

	confined := payments(t, WithMaxMemoryBytes(16*pageBytes))
	expectFault(t, faultIn(confined.LoadTable("limits", large(20_000))), "out_of_memory", "$")

	policy := payments(t)
	if err := policy.LoadTable("limits", large(20_000)); err != nil {
		t.Error(err)
	}
	expectEffect(t, policy.DecideJSON([]byte(payment)), Permit, "within_limit")
}

func TestATableReachesAllInstances(t *testing.T) {
	policy := withLimits(t, WithInstances(4))
	for round := range 50 {
		limit, effect := 100, Permit
		if round%2 == 0 {
			limit, effect = 1, Deny
		}
		if err := policy.LoadTable("limits", fmt.Appendf(nil, `{"ops":%d}`, limit)); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if found := policy.DecideJSON([]byte(payment)).Effect(); found != effect {
					t.Errorf("round %d: expected %s, found %s", round, effect, found)
				}
			})
		}
		group.Wait()
	}
}
