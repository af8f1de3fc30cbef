package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

// compareAnswer holds an answer's AuthZEN response against what is expected: members in any order, numbers by their exact value.
func compareAnswer(expected json.RawMessage, answer nhipol.Answer) string {
	found, err := json.Marshal(answer)
	if err != nil {
		return err.Error()
	}
	wanted, told := parsed(expected), parsed(found)
	if codeOf(wanted) == "engine_error" {
		wanted, told = comparedOfFailure(wanted), comparedOfFailure(told)
	}
	if !isSame(wanted, told) {
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

// comparedOfFailure leaves out what each host says in its own words.
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
