package nhipol

import (
	"strings"
	"testing"
)

func TestDigestOfTheContract(t *testing.T) {
	const want = "sha-256:1c9ad967c311cce91575fe4f9c1670bf9f98e130a426b5caf9df7a40af852496"
	for _, request := range []string{
		`{"action":{"name":"pay","properties":{"amount":5}},"resource":{"type":"account","id":"b1"},"subject":{"type":"agent","id":"a1"}}`,
		` {"x":[{"action":"]"}], "resource" : {"id":"\u0062\u0031","type":"account"},"action":{"properties":{"amount":5.0},"name":"pay"},"subject":{"id":"\u00611","properties":{"on_behalf_of":null,"n":1e400},"type":"agent"}} `,
		`{"subject":{"type":"agent","id":"a1","more":1,"more":2},"action":{"name":"pay","properties":{"amount":0.05e2}},"resource":{"type":"account","id":"b1"},"context":{"\ud800":1e400}}`,
	} {
		if found := callDigest([]byte(request), "acme.payments"); found != want {
			t.Errorf("%s: found %q", request, found)
		}
	}
}

const agent = `,"subject":{"type":"agent","id":"a1"}`

func TestWhatHasNoDigest(t *testing.T) {
	for _, request := range []string{
		``, `5`, `[]`, `{"action":{},"resource":{}`, "{\"action\":\"\xff\",\"resource\":{}" + agent + "}",
		`{"action":{}` + agent + `}`,
		`{"action":{},"resource":{}}`,
		`{"action":{},"resource":{}` + agent + agent + `}`,
		`{"action":{},"resource":{},"subject":"a1"}`,
		`{"action":{},"resource":{},"subject":{"type":"agent"}}`,
		`{"action":{},"resource":{},"subject":{"type":"agent","id":1}}`,
		`{"action":{},"resource":{},"subject":{"type":null,"id":"a1"}}`,
		`{"action":{},"resource":{},"subject":{"type":"agent","id":"a1","id":"a1"}}`,
		`{"action":{},"resource":{},"subject":{"type":"agent","id":"a1","properties":{"on_behalf_of":{"id":"x","n":1e400}}}}`,
		`{"action":{},"resource":{},"action":{}` + agent + `}`,
		`{"action":{},"resource":{"a":1,"\u0061":1}` + agent + `}`,
		`{"action":{},"resource":"\ud800"` + agent + `}`,
		`{"action":{},"resource":{"\udc00\ud800":1}` + agent + `}`,
		`{"action":9007199254740993,"resource":{}` + agent + `}`,
		`{"action":1e400,"resource":{}` + agent + `}`,
		`{"action":1e-400,"resource":{}` + agent + `}`,
		`{"action":{},"resource":` + strings.Repeat("[", mostLevels+1) + strings.Repeat("]", mostLevels+1) + agent + `}`,
	} {
		if found := callDigest([]byte(request), "p"); found != "" {
			t.Errorf("%s: found %q", request, found)
		}
	}
}

func TestACallIsThatOfOneCallerAndOnePolicy(t *testing.T) {
	seen := map[string]string{}
	for _, subject := range []string{
		`"type":"agent","id":"a1"`, `"type":"agent","id":"a2"`, `"type":"bot","id":"a1"`,
		`"type":"agent","id":"a1","properties":{"on_behalf_of":{"id":"x"}}`,
		`"type":"agent","id":"a1","properties":{"on_behalf_of":{"id":"x","type":"user"}}`,
		`"type":"agent","id":"a1","properties":{"on_behalf_of":{"id":"y"}}`,
		`"type":"agent","id":"a1","properties":{"on_behalf_of":"x"}`,
		`"type":"agent","id":"a1","properties":{"on_behalf_of":{"mail":"x"}}`,
	} {
		request := []byte(`{"action":{},"resource":{},"subject":{` + subject + `}}`)
		for _, policy := range []string{"p", "q"} {
			digest := callDigest(request, policy)
			if other, ok := seen[digest]; ok || digest == "" {
				t.Errorf("%s under %s has the digest %q of %s", subject, policy, digest, other)
			}
			seen[digest] = subject
		}
	}
	refreshed := callDigest([]byte(`{"action":{},"resource":{},"subject":{"type":"agent","id":"a1","properties":{"token":1,"on_behalf_of":{"type":"user","scopes":[],"id":"x"}}}}`), "p")
	if !strings.Contains(seen[refreshed], `"user"`) {
		t.Error("a principal is identified by its type and id")
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
	call := keptCall{}.after([]byte(`{"action":{"name":"pay","x":{"a":1,"b":2}},"resource":{"id":"b1"}`+agent+`}`), partSubject|partAction|partResource, "p")
	patched := call.after([]byte(`{"action":{"x":{"a":null,"c":[3]}}}`), 0, "p")
	if string(patched.action) != `{"name":"pay","x":{"b":2,"c":[3]}}` || patched.digest == call.digest {
		t.Errorf("found %s", patched.action)
	}
	if same := patched.after([]byte(`{"context":{"risk":1}}`), partContext, "p"); same.digest != patched.digest {
		t.Error("what is no part of the call changes nothing")
	}
	if same := patched.after([]byte(`{"subject":{"properties":{"token":1}}}`), 0, "p"); same.digest != patched.digest {
		t.Error("another token is the same caller")
	}
	if other := patched.after([]byte(`{"subject":{"id":"a2"}}`), 0, "p"); other.digest == patched.digest || other.digest == "" {
		t.Error("another agent has another digest")
	}
	unknown := patched.after([]byte(`{"resource":{"n":1e400}}`), 0, "p")
	if unknown.digest != "" || unknown.after([]byte(`{"resource":{"n":1}}`), 0, "p").digest != "" {
		t.Error("what is not known whole has no digest")
	}
	if unknown.after([]byte(`{"resource":{"n":1}}`), partResource, "p").digest == "" {
		t.Error("what is told as a whole has one again")
	}
}
