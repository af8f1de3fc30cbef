package nhipol

import (
	"strings"
	"testing"
)

func TestDigestOfTheContract(t *testing.T) {
	const want = "sha-256:b411363850276ffca73630e9c01b631726f4d2070dcdc33d6d715788b8331f7a"
	for _, request := range []string{
		`{"action":{"name":"pay","properties":{"amount":5}},"resource":{"type":"account","id":"b1"}}`,
		` {"x":[{"action":"]"}], "resource" : {"id":"\u0062\u0031","type":"account"},"action":{"properties":{"amount":5.0},"name":"pay"}} `,
		`{"action":{"name":"pay","properties":{"amount":0.05e2}},"resource":{"type":"account","id":"b1"},"context":{"\ud800":1e400}}`,
	} {
		if found := callDigest([]byte(request)); found != want {
			t.Errorf("%s: found %q", request, found)
		}
	}
}

func TestWhatHasNoDigest(t *testing.T) {
	for _, request := range []string{
		``, `5`, `[]`, `{"action":{},"resource":{}`, "{\"action\":\"\xff\",\"resource\":{}}",
		`{"action":{}}`,
		`{"action":{},"resource":{},"action":{}}`,
		`{"action":{},"resource":{"a":1,"\u0061":1}}`,
		`{"action":{},"resource":"\ud800"}`,
		`{"action":{},"resource":{"\udc00\ud800":1}}`,
		`{"action":9007199254740993,"resource":{}}`,
		`{"action":1e400,"resource":{}}`,
		`{"action":1e-400,"resource":{}}`,
		`{"action":{},"resource":` + strings.Repeat("[", mostLevels+1) + strings.Repeat("]", mostLevels+1) + `}`,
	} {
		if found := callDigest([]byte(request)); found != "" {
			t.Errorf("%s: found %q", request, found)
		}
	}
}

// The pairs of numbers are those of RFC 8785, and where the ways to write one change.
func TestCanonicalForms(t *testing.T) {
	for text, want := range map[string]string{
		`1E30`: `1e+30`, `4.50`: `4.5`, `2e-3`: `0.002`, `0.000000000000000000000000001`: `1e-27`,
		`-0`: `0`, `0e99999999999999999999`: `0`, `100000000000000000000`: `100000000000000000000`,
		`1e21`: `1e+21`, `0.000001`: `0.000001`, `1e-7`: `1e-7`, `-12.50e1`: `-125`, `5e-324`: `5e-324`,
		`"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"`: "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"",
		`"\ud83d\ude00"`: "\"\U0001f600\"",
		"{\"\ufb33\":1,\"\U0001f600\":2,\"\\r\":3}":                       "{\"\\r\":3,\"\U0001f600\":2,\"\ufb33\":1}",
		`[ true , null,{ } ,[] ]`:                                         `[true,null,{},[]]`,
		strings.Repeat("[", mostLevels) + strings.Repeat("]", mostLevels): strings.Repeat("[", mostLevels) + strings.Repeat("]", mostLevels),
	} {
		if found := string(canonicalForm([]byte(text))); found != want {
			t.Errorf("%s: expected %s, found %s", text, want, found)
		}
	}
}

func TestThePartsOfACallAreMerged(t *testing.T) {
	call := keptCall{}.after([]byte(`{"action":{"name":"pay","x":{"a":1,"b":2}},"resource":{"id":"b1"}}`), partAction|partResource)
	patched := call.after([]byte(`{"action":{"x":{"a":null,"c":[3]}}}`), 0)
	if string(patched.action) != `{"name":"pay","x":{"b":2,"c":[3]}}` || patched.digest == call.digest {
		t.Errorf("found %s", patched.action)
	}
	if same := patched.after([]byte(`{"context":{"risk":1}}`), partContext); same.digest != patched.digest {
		t.Error("what is no part of the call changes nothing")
	}
	unknown := patched.after([]byte(`{"resource":{"n":1e400}}`), 0)
	if unknown.digest != "" || unknown.after([]byte(`{"resource":{"n":1}}`), 0).digest != "" {
		t.Error("what is not known whole has no digest")
	}
	if unknown.after([]byte(`{"resource":{"n":1}}`), partResource).digest == "" {
		t.Error("what is told as a whole has one again")
	}
}
