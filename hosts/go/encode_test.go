package nhipol

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

type tagged struct {
	Name  string  `json:"name"`
	Rank  int     `json:"rank,omitempty"`
	Share float64 `json:"share,omitempty"`
}

func TestValuesBecomeJSON(t *testing.T) {
	for want, value := range map[string]any{
		`null`:                       nil,
		`[true,"a"]`:                 []any{true, "a"},
		`["a\u0022","\u0001é"]`:      []string{`a"`, "\x01é"},
		`{"a":1,"b":{"c":-2}}`:       map[string]any{"b": map[string]any{"c": int64(-2)}, "a": 1},
		`[0.1,1e-07,1e+21,0]`:        []any{0.1, 1e-7, json.Number("1e+21"), math.Copysign(0, -1)},
		`[9007199254740993,7]`:       []any{int64(9007199254740993), uint8(7)},
		`"2026-03-02T12:00:00.000Z"`: monday.In(time.FixedZone("", 3600)),
		`{"name":"x"}`:               tagged{Name: "x"},
		`{"a":"b"}`:                  map[string]string{"a": "b"},
	} {
		var encoder encoder
		if text, fault := encoder.encode(value); fault != nil || string(text) != want {
			t.Errorf("expected %s, found %s, %v", want, text, fault)
		}
	}
}

func TestFaultsOfValuesHaveAPath(t *testing.T) {
	circle := map[string]any{}
	circle["again"] = circle
	var ring any
	ring = &ring
	for _, each := range []struct {
		value      any
		code, path string
	}{
		{math.NaN(), "wrong_type", "$"},
		{map[string]any{"a b": []any{1, math.Inf(1)}}, "wrong_type", `$["a b"][1]`},
		{map[string]any{"n": float64(1 << 53)}, "wrong_type", "$.n"},
		{json.Number("x"), "wrong_type", "$"},
		{json.Number(`"1"`), "wrong_type", "$"},
		{func() {}, "wrong_type", "$"},
		{map[string][]float64{"n": {1e20}}, "wrong_type", "$.n[0]"},
		{[]any{&tagged{Share: 1e20}}, "wrong_type", "$[0].share"},
		{circle, "too_deep", "$"},
		{&ring, "too_deep", "$"},
		{string(make([]byte, maxInputBytes)), "too_large", "$"},
	} {
		var encoder encoder
		_, fault := encoder.encode(each.value)
		expectFault(t, fault, each.code, each.path)
	}
}

func TestValuesAreDecided(t *testing.T) {
	policy := withLimits(t)
	var request map[string]any
	if err := json.Unmarshal([]byte(payment), &request); err != nil {
		t.Fatal(err)
	}
	expectEffect(t, policy.Decide(request), Permit, "within_limit")
	request["context"].(map[string]any)["risk"] = math.NaN()
	answer := policy.Decide(request)
	expectEffect(t, answer, Deny, "invalid_request")
	expectFault(t, answer.Fault(), "wrong_type", "$.context.risk")
}

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("no") }

func TestAValueThatPanicsIsDenied(t *testing.T) {
	policy := withLimits(t)
	expectEffect(t, policy.Decide(panicking{}), Deny, "engine_error")
	expectEffect(t, policy.Decide("text"), Deny, "invalid_request")
}
