package nhipol

import (
	"encoding/json"
	"testing"
)

// Whatever bytes are asked, the answer is one: JSON, and a grant only of what can be read.
func FuzzDecide(f *testing.F) {
	policy := withLimits(f)
	for _, request := range []string{payment, frozenPayment, reading, settlement, "", "{", "null", "\xff"} {
		f.Add([]byte(request))
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		answer := policy.DecideWith(request, Options{Now: At(monday)})
		if text, err := json.Marshal(answer); err != nil || !json.Valid(text) {
			t.Errorf("%s, %v", text, err)
		}
		if answer.Decision() && !json.Valid(request) {
			t.Error("what is not valid JSON was granted")
		}
	})
}

// A canonical form is JSON, and its own form.
func FuzzCanonicalForm(f *testing.F) {
	for _, text := range []string{payment, `[1e21,-0,"\ud83d\ude00",{"b":1,"a":[]}]`, `"\ud800"`, `1e400`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return
		}
		form := canonicalForm(text)
		if form == nil {
			return
		}
		if again := canonicalForm(form); string(again) != string(form) {
			t.Errorf("%s became %s", form, again)
		}
	})
}
