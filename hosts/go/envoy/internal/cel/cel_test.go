package cel

import (
	"math"
	"strings"
	"testing"
)

// inputs has the members of a request, and the claims of a token.
type inputs struct{ token *Map }

func (i inputs) Input(string) *Map { return i.token }

func (i inputs) Member(record, name string) (Value, bool) {
	if record == "request" && name == "path" {
		return Str("/customers"), true
	}
	return Value{}, false
}

func claims(t *testing.T) inputs {
	t.Helper()
	token, err := ParseJSON(`{"sub":"alice","n":1,"list":["a","b"],"mixed":["a",1],"object":{"k":"v"},"empty":[],"null":null,"yes":true}`)
	if err != nil {
		t.Fatal(err)
	}
	return inputs{token.Map()}
}

// evaluateText returns the value in JSON, `absent`, or the failure.
func evaluateText(t *testing.T, text string) string {
	t.Helper()
	expression, err := Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	value, err := expression(claims(t))
	if err != nil {
		return strings.TrimPrefix(err.Error(), "expression `"+text+"` failed: ")
	}
	var writer Writer
	isPresent, err := writer.Value(value)
	switch {
	case err != nil:
		return err.Error()
	case !isPresent:
		return "absent"
	}
	return string(writer.Bytes)
}

func TestExpressionsHaveTheValuesOfTheService(t *testing.T) {
	for text, expected := range map[string]string{
		"token.sub":                              `"alice"`,
		"token.missing":                          "No such key: missing",
		"token.?missing":                         "absent",
		"token.?missing.orValue(request.path)":   `"/customers"`,
		"token.list[5]":                          "No such key: index out of bounds, index 5 >= size 2",
		"token.empty[0]":                         "No such key: index out of bounds, index 0 >= size undefined",
		"token.object.?k":                        `"v"`,
		"token.n == 1":                           "true",
		"token.missing == 1 || true":             "true",
		"token.missing == 1 && token.yes":        "No such key: missing",
		"token.yes && token.sub":                 "Logical operator requires bool operands, got 'string'",
		"token.sub ? 1 : 2":                      "Ternary condition must be bool, got 'string'",
		"'a' + token.n":                          "no such overload: string + dyn<double>",
		"'a' in token.list":                      "true",
		"token.n.startsWith('a')":                "found no matching overload for 'double.startsWith(string)'",
		"token.sub.split('i')":                   `["al","ce"]`,
		"token.mixed.exists(r, r.contains('z'))": "found no matching overload for 'double.contains(string)'",
		"token.mixed.exists(r, r == 1)":          "true",
		"token.list.filter(r, r != 'a')":         `["b"]`,
		"has(token.missing.x)":                   "No such key: missing",
		"has(token.?missing.x)":                  "false",
		"size(token.sub)":                        "5",
		"string(token.n)":                        `"1"`,
		"[token.?missing]":                       "a list has an element that is missing",
	} {
		if found := evaluateText(t, text); found != expected {
			t.Errorf("%s: expected %s, found %s", text, expected, found)
		}
	}
}

func TestCompileRefusesWhatItDoesNotSupport(t *testing.T) {
	for text, expected := range map[string]string{
		"peer.subject":            "`peer` is not supported here",
		"request":                 "only supported with one of its members",
		"request.body.a":          "`request.body` is not supported here",
		"source.certificate":      "`source.certificate` is not supported here",
		"request.nothing":         "`request` has no member `nothing`",
		"nothing":                 "unknown variable `nothing`",
		"token.a - 1":             "`-` is not supported here",
		"token.a.matches('a')":    "`matches` is not supported here",
		"token.a.split('')":       "`split` is only supported with a separator",
		`token.a == "\x41"`:       "escapes, line breaks and triple quotes",
		"token.yes ? 'a' : 1":     "the branches have different types",
		"1 == 'a'":                "types that are never compared",
		"token.sub ==":            "is not valid",
		"token.l.map(r, r + 'a')": "`+` is not supported within a comprehension",
		"{'a': token.sub}":        "literals of maps",
		strings.Repeat("a", 2001): "longer than 2000 characters",
		strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200): "is not valid",
	} {
		if _, err := Compile(text); err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("%s: expected %q, found %v", text, expected, err)
		}
	}
}

func TestNumbersAreWrittenAsByJavaScript(t *testing.T) {
	for number, expected := range map[float64]string{
		0:                     "0",
		math.Copysign(0, -1):  "0",
		-1.5:                  "-1.5",
		1e21:                  "1e+21",
		1e20:                  "100000000000000000000",
		123_456_789_012.5:     "123456789012.5",
		0.000001:              "0.000001",
		0.0000001:             "1e-7",
		5e-324:                "5e-324",
		-1.25e-9:              "-1.25e-9",
		9_007_199_254_740_993: "9007199254740992",
	} {
		if found := string(AppendNumber(nil, number)); found != expected {
			t.Errorf("expected %s, found %s", expected, found)
		}
	}
}

func TestNamesThatAreIndexesComeFirst(t *testing.T) {
	members := &Map{}
	for _, name := range []string{"b", "10", "9", "07", "4294967295", "a", "0"} {
		members.Set(name, Truth(true))
	}
	sorted := string(ToJSON(Object(members.Sort())))
	if expected := `{"0":true,"9":true,"10":true,"b":true,"07":true,"4294967295":true,"a":true}`; sorted != expected {
		t.Errorf("expected %s, found %s", expected, sorted)
	}
}

func TestValuesAreLimited(t *testing.T) {
	var writer Writer
	if _, err := writer.Value(Str(strings.Repeat("a", maxValueSize))); err == nil {
		t.Error("a long string was written")
	}
	if _, err := writer.Value(Str(strings.Repeat("ü", maxValueSize-1))); err != nil {
		t.Error("the length counts characters, not bytes")
	}
	if _, err := writer.Value(Num(math.NaN())); err == nil {
		t.Error("NaN was written")
	}
}

func TestParseJSONRefusesRepeatedNames(t *testing.T) {
	for _, text := range []string{`{"a":1,"a":2}`, `{"a":{"b":1,"b":1}}`, `{} {}`, `{`, ``} {
		if value, err := ParseJSON(text); err == nil {
			t.Errorf("%s was read as %v", text, value)
		}
	}
}
