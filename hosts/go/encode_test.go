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
		`["a\"","\u0001é"]`:          []string{`a"`, "\x01é"},
		`{"a":1,"b":{"c":-2}}`:       map[string]any{"b": map[string]any{"c": int64(-2)}, "a": 1},
		`[0.1,1e-7,1e+21,0]`:         []any{0.1, 1e-7, json.Number("1e+21"), math.Copysign(0, -1)},
		`[9007199254740993,7]`:       []any{int64(9007199254740993), uint8(7)},
		`"2026-03-02T12:00:00.000Z"`: monday.In(time.FixedZone("", 3600)),
		`{"name":"x"}`:               tagged{Name: "x"},
		`{"a":"b"}`:                  map[string]string{"a": "b"},
	} {
		var encoder encoder
		if fault := encoder.encode(value, nil); fault != nil || string(encoder.dst) != want {
			t.Errorf("expected %s, found %s, %v", want, encoder.dst, fault)
		}
	}
}

func TestWhatJSONCannotCarryIsToldByItsPath(t *testing.T) {
	circle := map[string]any{}
	circle["again"] = circle
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
		{map[string][]float64{"n": {1e20}}, "wrong_type", "$"},
		{[]any{&tagged{Share: 1e20}}, "wrong_type", "$[0]"},
		{circle, "too_deep", "$"},
		{string(make([]byte, mostEncoded)), "too_large", "$"},
	} {
		var encoder encoder
		expectFault(t, encoder.encode(each.value, nil), each.code, each.path)
	}
}

func valueOf(t *testing.T, text string) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestWhatIsNotDeclaredIsNotLookedAt(t *testing.T) {
	policy := withLimits(t)
	request := valueOf(t, payment)
	expectEffect(t, policy.DecideValue(request), Permit, "within_limit")
	request["more"] = math.NaN()
	request["subject"].(map[string]any)["properties"].(map[string]any)["more"] = func() {}
	expectEffect(t, policy.DecideValue(request), Permit, "within_limit")
	request["context"].(map[string]any)["risk"] = math.NaN()
	answer := policy.DecideValue(request)
	expectEffect(t, answer, Deny, "invalid_request")
	expectFault(t, answer.Fault(), "wrong_type", "$.context.risk")
}

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("no") }

func TestAValueThatPanicsIsDenied(t *testing.T) {
	policy := withLimits(t)
	expectEffect(t, policy.DecideValue(panicking{}), Deny, "engine_error")
	expectEffect(t, policy.DecideValueWith(nil, Options{Clock: 9}), Deny, "engine_error")
	expectEffect(t, policy.DecideValue("text"), Deny, "invalid_request")
}
