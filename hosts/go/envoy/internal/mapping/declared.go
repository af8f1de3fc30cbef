package mapping

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
)

// Declared describes the members of requests that a policy declares, from the JSON Schema in its manifest.
type Declared struct {
	// DeclaresSession is whether `context.session` is a fact of the policy, and names no session.
	DeclaresSession bool
	root            *declaration
}

// declaration describes the value at a place: members by name, and elements.
type declaration struct {
	members map[string]*declaration
	// elements are those of a list, or the values of a map. It is nil if none are declared.
	elements *declaration
	isMap    bool
	// places is the number of decimal places that the policy reads of a number; -1: it reads no number.
	places int
}

// ReadDeclared reads a schema.
func ReadDeclared(schema cel.Value) *Declared {
	root := readDeclaration([]cel.Value{schema})
	declared := &Declared{root: root}
	if context := root.members["context"]; context != nil {
		_, declared.DeclaresSession = context.members["session"]
	}
	return declared
}

// readDeclaration unites schemas: a member that one declares is declared.
func readDeclaration(given []cel.Value) *declaration {
	var schemas []*cel.Map
	for _, schema := range given {
		schemas = append(schemas, alternatives(schema)...)
	}
	read := &declaration{members: map[string]*declaration{}, places: -1}
	members := map[string][]cel.Value{}
	var elements, values []cel.Value
	for _, schema := range schemas {
		if properties, ok := schema.Get("properties"); ok && properties.Kind == cel.MapKind {
			for at := range properties.Map().Len() {
				name, member := properties.Map().At(at)
				members[name] = append(members[name], member)
			}
		}
		if items, ok := schema.Get("items"); ok && items.Kind == cel.MapKind {
			elements = append(elements, items)
		}
		if additional, ok := schema.Get("additionalProperties"); ok && additional.Kind == cel.MapKind {
			values = append(values, additional)
		}
		if places := readPlaces(schema); places >= 0 && (read.places < 0 || places < read.places) {
			read.places = places
		}
	}
	for name, schemas := range members {
		read.members[name] = readDeclaration(schemas)
	}
	read.isMap = len(values) > 0
	if elements = append(elements, values...); len(elements) > 0 {
		read.elements = readDeclaration(elements)
	}
	return read
}

func alternatives(schema cel.Value) []*cel.Map {
	if schema.Kind != cel.MapKind {
		return nil
	}
	choices, ok := schema.Map().Get("anyOf")
	if !ok || choices.Kind != cel.ListKind {
		return []*cel.Map{schema.Map()}
	}
	var all []*cel.Map
	for _, choice := range choices.Elements() {
		all = append(all, alternatives(choice)...)
	}
	return all
}

// readPlaces returns 0 for an Int, 6 for the millionths of a Decimal, 3 for the milliseconds of seconds, or -1.
func readPlaces(schema *cel.Map) int {
	kind, _ := schema.Get("type")
	description, _ := schema.Get("description")
	switch {
	case kind.Kind == cel.String && kind.Text == "integer":
		return 0
	case kind.Kind != cel.String || kind.Text != "number":
		return -1
	case description.Kind == cel.String && strings.HasPrefix(description.Text, "seconds"):
		return 3
	}
	return 6
}

// unusual is a part of all numbers whose value may depend on the reader, and of those with many digits or decimal places.
var unusual = regexp.MustCompile(`[\d.]{13}|\.\d{4}|\d[eE]`)

// numberProblem returns why the policy or a resource may read another number than the request contains, or "".
func (d *Declared) numberProblem(text string) string {
	if !unusual.MatchString(text) {
		return ""
	}
	request, err := cel.ParseJSON(text)
	if err != nil {
		return err.Error()
	}
	if digits := firstUnsafe(request); digits != "" {
		return fmt.Sprintf("the number %s is not exact for every reader", digits)
	}
	return findRounded(d.root, request, "$")
}

func firstUnsafe(value cel.Value) string {
	switch value.Kind {
	case cel.Exact:
		return value.Text
	case cel.ListKind:
		for _, element := range value.Elements() {
			if digits := firstUnsafe(element); digits != "" {
				return digits
			}
		}
	case cel.MapKind:
		for at := range value.Map().Len() {
			_, member := value.Map().At(at)
			if digits := firstUnsafe(member); digits != "" {
				return digits
			}
		}
	}
	return ""
}

// findRounded returns the first number that the policy would round.
func findRounded(declared *declaration, value cel.Value, path string) string {
	switch value.Kind {
	case cel.Double:
		digits := string(cel.AppendNumber(nil, value.Number))
		if declared.places < 0 || isWhole(digits, declared.places) {
			return ""
		}
		return fmt.Sprintf("%s: expected %s, found %s", path, describePlaces(declared.places), digits)
	case cel.ListKind:
		if declared.elements == nil {
			return ""
		}
		for _, element := range value.Elements() {
			if problem := findRounded(declared.elements, element, path+"[*]"); problem != "" {
				return problem
			}
		}
	case cel.MapKind:
		for at := range value.Map().Len() {
			name, member := value.Map().At(at)
			inner := declared.members[name]
			if inner == nil && declared.isMap {
				inner = declared.elements
			}
			if inner == nil {
				continue
			}
			if problem := findRounded(inner, member, path+"."+name); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func describePlaces(places int) string {
	if places == 0 {
		return "an integer of 64 bits"
	}
	return fmt.Sprintf("a number of 64 bits with at most %d decimal places", places)
}

// isWhole is whether a number is a whole number of parts in 64 bits, if the unit has ten to the power of places parts.
func isWhole(digits string, places int) bool {
	number, ok := new(big.Rat).SetString(digits)
	if !ok {
		return false
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	parts := number.Mul(number, new(big.Rat).SetInt(unit))
	return parts.IsInt() && parts.Num().IsInt64()
}
