package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

// compareAnswer compares the parts of an answer with the expected response.
func compareAnswer(expected json.RawMessage, answer nhipol.Answer) string {
	return compare(parsed(expected), responseOf(answer))
}

// compareResponse compares a response with the expected one, except for two members that are compared in the parts of the
// answer: a module that was written by hand may omit `valid_until`, and one without constraints omits `constraints`.
func compareResponse(expected json.RawMessage, found []byte) string {
	wanted, actual := parsed(expected), parsed(found)
	for _, response := range []any{wanted, actual} {
		context, _ := member(response, "context").(map[string]any)
		delete(context, "valid_until")
		if constraints, _ := context["constraints"].(map[string]any); len(constraints) == 0 {
			delete(context, "constraints")
		}
	}
	return compare(wanted, actual)
}

// compare takes members in any order, and numbers by their exact value.
func compare(wanted, actual any) string {
	if codeOf(wanted) == "engine_error" {
		wanted, actual = comparedOfFailure(wanted), comparedOfFailure(actual)
	}
	if !isSame(wanted, actual) {
		expected, _ := json.Marshal(wanted)
		found, _ := json.Marshal(actual)
		return fmt.Sprintf("expected %s, found %s", expected, found)
	}
	return ""
}

func parsed(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	return value
}

func codeOf(answer any) any { return member(member(member(answer, "context"), "error"), "code") }

// comparedOfFailure leaves out the texts that each host words itself.
func comparedOfFailure(answer any) any {
	context := member(answer, "context")
	return []any{member(answer, "decision"), member(context, "effect"), member(context, "reasons"), codeOf(answer)}
}

func member(value any, name string) any {
	members, _ := value.(map[string]any)
	return members[name]
}

func isSame(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for name, value := range a {
			if found, isThere := other[name]; !isThere || !isSame(value, found) {
				return false
			}
		}
		return true
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for at := range a {
			if !isSame(a[at], other[at]) {
				return false
			}
		}
		return true
	case json.Number:
		other, ok := b.(json.Number)
		return ok && exact(a).Cmp(exact(other)) == 0
	default:
		return a == b
	}
}

func exact(number json.Number) *big.Rat {
	value, ok := new(big.Rat).SetString(string(number))
	if !ok {
		return new(big.Rat)
	}
	return value
}
