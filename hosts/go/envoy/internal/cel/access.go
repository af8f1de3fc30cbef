package cel

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// recordMembers are the members of records. Other names are refused, and are absent where they may be.
var recordMembers = map[string][]string{
	"request": {
		"id", "method", "host", "scheme", "protocol", "size", "path", "target", "query", "headers", "text", "time", "sni",
		"context_extensions", "route_metadata",
	},
	"source":      {"address", "port", "service", "principal", "labels"},
	"destination": {"address", "port", "service", "principal", "labels"},
}

func checkMember(record, name string) error {
	if name == "body" && record == "request" {
		return errors.New("`request.body` is not supported here: use `nhipol serve --grpc`")
	}
	if name == "certificate" && record != "request" {
		return fmt.Errorf("`%s.certificate` is not supported here: use `%[1]s.principal`, or `nhipol serve --grpc`", record)
	}
	if slices.Contains(recordMembers[record], name) {
		return nil
	}
	return fmt.Errorf("`%s` has no member `%s`", record, name)
}

// failure is why an expression has no value, as the service words it.
type failure string

func (f failure) Error() string { return string(f) }

func noKey(key string) error { return failure("No such key: " + key) }

// access compiles `operand.name`, or `operand.?name`.
func (c *compiler) access(expr ast.Expr, name string, isOptional bool) (node, error) {
	operand, err := c.compile(expr)
	if err != nil {
		return node{}, err
	}
	if record := operand.record; record != "" {
		return accessRecord(record, name, isOptional)
	}
	key := Str(name)
	return accessValue(operand, node{static: typeString, evaluate: func(*scope) (Value, error) { return key, nil }}, isOptional)
}

func accessRecord(record, name string, isOptional bool) (node, error) {
	if err := checkMember(record, name); err != nil {
		return node{}, err
	}
	missing := noKey(name)
	if isOptional {
		return node{static: optionalOf(dyn), evaluate: func(s *scope) (Value, error) {
			if value, ok := s.inputs.Member(record, name); ok {
				return some(value), nil
			}
			return none, nil
		}}, nil
	}
	return node{static: dyn, evaluate: func(s *scope) (Value, error) {
		value, ok := s.inputs.Member(record, name)
		if !ok {
			return value, missing
		}
		return value, nil
	}}, nil
}

// index compiles `operand[key]`, or `operand[?key]`.
func (c *compiler) index(operandExpr, keyExpr ast.Expr, isOptional bool) (node, error) {
	operand, err := c.compile(operandExpr)
	if err != nil {
		return node{}, err
	}
	if operand.record != "" {
		name, ok := keyExpr.AsLiteral().(types.String)
		if keyExpr.Kind() != ast.LiteralKind || !ok {
			return node{}, fmt.Errorf("`%s` is only supported with one of its members, such as `%[1]s.%s`", operand.record, exampleMember(operand.record))
		}
		return accessRecord(operand.record, string(name), isOptional)
	}
	key, err := c.expression(keyExpr)
	if err != nil {
		return node{}, err
	}
	return accessValue(operand, key, isOptional)
}

func accessValue(operand, key node, isOptional bool) (node, error) {
	container, isInOptional := operand, operand.isOptional()
	if isInOptional {
		container.static = operand.inner()
	}
	static := dyn
	switch {
	case container.isList() && !key.isOneOf(typeInt):
		return node{}, errors.New("the index of a list is an integer")
	case container.isList():
		static = container.inner()
	case !container.isOneOf(typeMap):
		return node{}, fmt.Errorf("a value of type %s has no members", container.static)
	}
	if isOptional || isInOptional {
		static = optionalOf(static)
	}
	return node{static: static, evaluate: func(s *scope) (Value, error) {
		container, err := operand.evaluate(s)
		if err != nil {
			return container, err
		}
		name, err := key.evaluate(s)
		if err != nil {
			return name, err
		}
		if isOptional || container.Kind == OptionalKind {
			return optionalField(container, name), nil
		}
		return field(container, name)
	}}, nil
}

// field returns a member or an element.
func field(container, key Value) (Value, error) {
	switch container.Kind {
	case MapKind:
		if value, ok := container.object.Get(key.jsString()); ok {
			return value, nil
		}
	case ListKind:
		if key.Kind != Int && key.Kind != Double {
			break
		}
		if at := key.Number; at >= 0 && at < float64(len(container.list)) && math.Trunc(at) == at {
			return container.list[int(at)], nil
		}
		return Value{}, noKey(outOfBounds(key, len(container.list)))
	}
	return Value{}, noKey(key.jsString())
}

func outOfBounds(key Value, size int) string {
	switch {
	case key.Number < 0:
		return "index out of bounds, index " + key.jsString() + " < 0"
	case size == 0:
		return "index out of bounds, index " + key.jsString() + " >= size undefined"
	}
	return fmt.Sprintf("index out of bounds, index %s >= size %d", key.jsString(), size)
}

// optionalField is field of a value, or of the value of an optional.
func optionalField(container, key Value) Value {
	if container.Kind == OptionalKind {
		if container.inner == nil {
			return none
		}
		container = *container.inner
	}
	if value, err := field(container, key); err == nil {
		return some(value)
	}
	return none
}

// jsString is the value as JavaScript converts it to the name of a member.
func (v Value) jsString() string {
	switch v.Kind {
	case Null:
		return "null"
	case Bool:
		if v.IsTrue() {
			return "true"
		}
		return "false"
	case Int, Double:
		return numberText(v.Number)
	case String:
		return v.Text
	case OptionalKind:
		return "[object optional]"
	case MapKind:
		return "[object Object]"
	}
	parts := make([]string, len(v.list))
	for at, element := range v.list {
		if element.Kind != Null {
			parts[at] = element.jsString()
		}
	}
	return strings.Join(parts, ",")
}

func numberText(number float64) string {
	switch {
	case math.IsNaN(number):
		return "NaN"
	case math.IsInf(number, 1):
		return "Infinity"
	case math.IsInf(number, -1):
		return "-Infinity"
	}
	return string(AppendNumber(nil, number))
}

// has compiles `has(a.b.c)`: whether the last member is there. The others must be, except after `.?`.
func (c *compiler) has(args []ast.Expr) (node, error) {
	errInvalid := errors.New("`has` needs a member, such as `has(token.sub)`")
	if len(args) != 1 || args[0].Kind() != ast.SelectKind {
		return node{}, errInvalid
	}
	type step struct {
		name       string
		isOptional bool
	}
	var steps []step
	expr := args[0]
	for expr.Kind() != ast.IdentKind {
		if expr.Kind() == ast.SelectKind {
			selected := expr.AsSelect()
			steps = append(steps, step{selected.FieldName(), false})
			expr = selected.Operand()
			continue
		}
		if expr.Kind() != ast.CallKind || expr.AsCall().FunctionName() != operators.OptSelect {
			return node{}, errInvalid
		}
		call := expr.AsCall().Args()
		name, _ := call[1].AsLiteral().(types.String)
		steps = append(steps, step{string(name), true})
		expr = call[0]
	}
	slices.Reverse(steps)
	root, err := c.identifier(expr.AsIdent())
	if err != nil {
		return node{}, err
	}
	if root.record != "" {
		if err := checkMember(root.record, steps[0].name); err != nil {
			return node{}, err
		}
	}
	return node{static: typeBool, evaluate: func(s *scope) (Value, error) {
		var value Value
		if root.record == "" {
			var err error
			if value, err = root.evaluate(s); err != nil {
				return value, err
			}
		}
		isAfterOptional := false
		for at, step := range steps {
			isAfterOptional = isAfterOptional || step.isOptional
			next, ok := value, false
			if at == 0 && root.record != "" {
				next, ok = s.inputs.Member(root.record, step.name)
			} else if next, err := field(value, Str(step.name)); err == nil {
				value, ok = next, true
				continue
			}
			if !ok {
				if !isAfterOptional && at < len(steps)-1 && !step.isOptional {
					return Value{}, noKey(step.name)
				}
				return Truth(false), nil
			}
			value = next
		}
		return Truth(true), nil
	}}, nil
}
