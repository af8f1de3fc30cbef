package cel

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// method compiles a call with a receiver.
func (c *compiler) method(call ast.CallExpr) (node, error) {
	name, args := call.FunctionName(), call.Args()
	if _, ok := comprehensions[name]; ok {
		return c.comprehension(name, call.Target(), args)
	}
	if target := call.Target(); target.Kind() == ast.IdentKind && target.AsIdent() == "optional" {
		return c.optional(name, args)
	}
	if c.isRepeated && !slices.Contains([]string{"contains", "startsWith", "endsWith", "size"}, name) {
		return node{}, fmt.Errorf("`%s` is not supported within a comprehension", name)
	}
	receiver, err := c.expression(call.Target())
	if err != nil {
		return node{}, err
	}
	compiled, err := c.expressions(args)
	if err != nil {
		return node{}, err
	}
	switch {
	case name == "or" || name == "orValue":
		return compileOr(name, receiver, compiled)
	case name == "hasValue" && len(args) == 0:
		return compileOptional(receiver, name, typeBool, func(v Value) (Value, error) { return Truth(v.inner != nil), nil })
	case name == "value" && len(args) == 0:
		static := dyn
		if receiver.isOptional() && receiver.inner() != unknown {
			static = receiver.inner()
		}
		return compileOptional(receiver, name, static, func(v Value) (Value, error) {
			if v.inner == nil {
				return v, failure("Optional value is not present")
			}
			return *v.inner, nil
		})
	case name == "size" && len(args) == 0:
		if !receiver.isList() && !receiver.isOneOf(typeString, typeMap) {
			return node{}, errors.New("`size` never has a value here")
		}
		return compileMethod(receiver, compiled, name, typeInt, size)
	}
	return compileText(name, receiver, compiled)
}

// compileText compiles a method of strings.
func compileText(name string, receiver node, args []node) (node, error) {
	function, ok := textFunctions[name]
	if !ok || len(args) != function.args {
		return node{}, fmt.Errorf("`%s` is not supported here", name)
	}
	if name == "split" {
		if separator, err := args[0].evaluate(&scope{}); args[0].static != typeString || err != nil || separator.Text == "" {
			return node{}, errors.New("`split` is only supported with a separator that is a string literal")
		}
	}
	if !receiver.isOneOf(typeString) || len(args) == 1 && !args[0].isOneOf(typeString) {
		return node{}, fmt.Errorf("`%s` needs strings", name)
	}
	return compileMethod(receiver, args, name, function.static, func(values []Value) (Value, bool) {
		for _, value := range values {
			if value.Kind != String {
				return Value{}, false
			}
		}
		return function.apply(values), true
	})
}

type textFunction struct {
	args   int
	static string
	apply  func(values []Value) Value
}

var textFunctions = map[string]textFunction{
	"startsWith": {1, typeBool, func(v []Value) Value { return Truth(strings.HasPrefix(v[0].Text, v[1].Text)) }},
	"endsWith":   {1, typeBool, func(v []Value) Value { return Truth(strings.HasSuffix(v[0].Text, v[1].Text)) }},
	"contains":   {1, typeBool, func(v []Value) Value { return Truth(strings.Contains(v[0].Text, v[1].Text)) }},
	"lowerAscii": {0, typeString, func(v []Value) Value { return Str(ToLower(v[0].Text)) }},
	"upperAscii": {0, typeString, func(v []Value) Value { return Str(toUpper(v[0].Text)) }},
	"trim":       {0, typeString, func(v []Value) Value { return Str(strings.Trim(v[0].Text, spaces)) }},
	"split": {1, listOf(typeString), func(v []Value) Value {
		parts := strings.Split(v[0].Text, v[1].Text)
		elements := make([]Value, len(parts))
		for at, part := range parts {
			elements[at] = Str(part)
		}
		return List(elements)
	}},
}

// spaces are the characters that trim removes.
const spaces = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

// ToLower returns the string in lower case, as JavaScript does.
func ToLower(text string) string {
	for at := 0; at < len(text); at++ {
		if text[at] >= utf8.RuneSelf {
			return cases.Lower(language.Und).String(text)
		}
	}
	return strings.ToLower(text)
}

func toUpper(text string) string {
	for at := 0; at < len(text); at++ {
		if text[at] >= utf8.RuneSelf {
			return cases.Upper(language.Und).String(text)
		}
	}
	return strings.ToUpper(text)
}

// compileMethod compiles a method, whose arguments are evaluated before its receiver. apply returns false for types that the
// method does not support.
func compileMethod(receiver node, args []node, name, static string, apply func(values []Value) (Value, bool)) (node, error) {
	expressions := []evaluate{receiver.evaluate}
	for _, arg := range args {
		expressions = append(expressions, arg.evaluate)
	}
	return node{static: static, evaluate: func(s *scope) (Value, error) {
		values, err := evaluateAll(expressions, s)
		if err != nil {
			return Value{}, err
		}
		if value, ok := apply(values); ok {
			return value, nil
		}
		return Value{}, noMatch(values[0].typeName(false)+"."+name, values[1:])
	}}, nil
}

func noMatch(function string, args []Value) error {
	shown := make([]string, len(args))
	for at, arg := range args {
		shown[at] = runtimeType(arg)
	}
	return fmt.Errorf("found no matching overload for '%s(%s)'", function, strings.Join(shown, ", "))
}

// compileFunction compiles `size(x)` and `string(x)`.
func compileFunction(name string, arg node) (node, error) {
	apply := size
	static := typeInt
	if name == "string" {
		apply, static = toText, typeString
	}
	isSized := name == "size" && (arg.isList() || arg.isOneOf(typeString, typeMap))
	isShown := name == "string" && arg.isOneOf(typeString, typeInt, typeDouble, typeBool)
	if !isSized && !isShown {
		return node{}, fmt.Errorf("`%s` never has a value here", name)
	}
	return node{static: static, evaluate: func(s *scope) (Value, error) {
		value, err := arg.evaluate(s)
		if err != nil {
			return value, err
		}
		if result, ok := apply([]Value{value}); ok {
			return result, nil
		}
		return Value{}, noMatch(name, []Value{value})
	}}, nil
}

func size(values []Value) (Value, bool) {
	switch value := values[0]; value.Kind {
	case String:
		return integer(utf8.RuneCountInString(value.Text)), true
	case ListKind:
		return integer(len(value.list)), true
	case MapKind:
		return integer(value.object.Len()), true
	}
	return Value{}, false
}

func toText(values []Value) (Value, bool) {
	switch value := values[0]; value.Kind {
	case String:
		return value, true
	case Bool, Int, Double:
		text := value.jsString()
		switch text {
		case "Infinity":
			text = "+Inf"
		case "-Infinity":
			text = "-Inf"
		}
		return Str(text), true
	}
	return Value{}, false
}

// optional compiles `optional.of(x)` and `optional.none()`.
func (c *compiler) optional(name string, args []ast.Expr) (node, error) {
	if c.isRepeated {
		return node{}, fmt.Errorf("`%s` is not supported within a comprehension", name)
	}
	switch {
	case name == "none" && len(args) == 0:
		return constant(none, optionalOf(unknown)), nil
	case name == "of" && len(args) == 1:
		value, err := c.expression(args[0])
		if err == nil && value.isOptional() {
			err = errors.New("an optional of an optional is not supported")
		}
		if err != nil {
			return node{}, err
		}
		return node{static: optionalOf(value.static), evaluate: func(s *scope) (Value, error) {
			inner, err := value.evaluate(s)
			return some(inner), err
		}}, nil
	}
	return node{}, fmt.Errorf("`optional.%s` is not supported here", name)
}

// compileOr compiles `x.or(optional)` and `x.orValue(value)`, which evaluate the argument only if the optional has no value.
func compileOr(name string, receiver node, args []node) (node, error) {
	if len(args) != 1 || !receiver.isOptional() && receiver.static != dyn {
		return node{}, fmt.Errorf("`%s` needs an optional and one argument", name)
	}
	arg, static, isUnified := args[0], dyn, true
	if name == "or" {
		if !arg.isOptional() && arg.static != dyn {
			return node{}, errors.New("the argument of `or` is never an optional")
		}
		static, isUnified = unify(asOptional(receiver.static), asOptional(arg.static))
	} else if receiver.isOptional() {
		static, isUnified = unify(receiver.inner(), arg.static)
	}
	if !isUnified {
		return node{}, fmt.Errorf("the optional and the argument of `%s` have different types", name)
	}
	return node{static: static, evaluate: func(s *scope) (Value, error) {
		value, err := receiver.evaluate(s)
		switch {
		case err != nil:
			return value, err
		case value.Kind != OptionalKind && name == "or":
			return value, errors.New("optional.or(optional) receiver must be optional")
		case value.Kind != OptionalKind:
			return value, errors.New("optional.orValue(value) receiver must be optional")
		case value.inner != nil && name == "or":
			return value, nil
		case value.inner != nil:
			return *value.inner, nil
		}
		other, err := arg.evaluate(s)
		if err == nil && name == "or" && other.Kind != OptionalKind {
			err = errors.New("optional.or(optional) argument must be optional")
		}
		return other, err
	}}, nil
}

// asOptional is the type of a receiver or an argument that is an optional.
func asOptional(static string) string {
	if static == dyn {
		return optionalOf(dyn)
	}
	return static
}

// compileOptional compiles a method of optionals without arguments.
func compileOptional(receiver node, name, static string, apply func(Value) (Value, error)) (node, error) {
	if !receiver.isOptional() && receiver.static != dyn {
		return node{}, fmt.Errorf("`%s` needs an optional", name)
	}
	return node{static: static, evaluate: func(s *scope) (Value, error) {
		value, err := receiver.evaluate(s)
		if err != nil {
			return value, err
		}
		if value.Kind != OptionalKind {
			return value, noMatch(value.typeName(false)+"."+name, nil)
		}
		return apply(value)
	}}, nil
}

// comprehensions have the label of their predicate in messages; `map` has none.
var comprehensions = map[string]string{
	"all":    "all(var, predicate) predicate must return bool",
	"exists": "exists(var, predicate) predicate must return bool",
	"filter": "filter(var, predicate) predicate must return bool",
	"map":    "",
}

// comprehension compiles a call that evaluates its last argument for each element of a list, or each name of a map.
func (c *compiler) comprehension(name string, target ast.Expr, args []ast.Expr) (node, error) {
	if c.isRepeated {
		return node{}, fmt.Errorf("`%s` is not supported within a comprehension", name)
	}
	if len(args) != 2 || args[0].Kind() != ast.IdentKind {
		return node{}, fmt.Errorf("`%s` needs a variable and an expression", name)
	}
	inner := &compiler{isRepeated: true}
	list, err := inner.expression(target)
	if err != nil {
		return node{}, err
	}
	if !list.isList() && !list.isOneOf(typeMap) {
		return node{}, fmt.Errorf("`%s` needs a list or a map", name)
	}
	inner.variable, inner.variableType = args[0].AsIdent(), dyn
	if list.isList() {
		inner.variableType = list.inner()
	}
	body, err := inner.expression(args[1])
	if err != nil {
		return node{}, err
	}
	if name != "map" && !body.isOneOf(typeBool) {
		return node{}, fmt.Errorf("the expression of `%s` is never a bool", name)
	}
	loop := loops[name]
	static := typeBool
	switch name {
	case "map":
		static = listOf(body.static)
	case "filter":
		static = listOf(inner.variableType)
	}
	return node{static: static, evaluate: func(s *scope) (Value, error) {
		value, err := list.evaluate(s)
		if err != nil {
			return value, err
		}
		elements, err := iterate(value)
		if err != nil {
			return value, err
		}
		before := s.variable
		defer func() { s.variable = before }()
		return loop(elements, func(element Value) (Value, error) {
			s.variable = element
			result, err := body.evaluate(s)
			if err == nil && name != "map" && result.Kind != Bool {
				err = conditionError(comprehensions[name], result)
			}
			return result, err
		})
	}}, nil
}

func iterate(value Value) ([]Value, error) {
	switch value.Kind {
	case ListKind:
		return value.list, nil
	case MapKind:
		names := make([]Value, value.object.Len())
		for at, name := range value.object.names {
			names[at] = Str(name)
		}
		return names, nil
	}
	return nil, failure("Expression of type '" + value.typeName(false) + "' cannot be range of a comprehension (must be list, map, or dynamic).")
}

type loop func(elements []Value, body func(Value) (Value, error)) (Value, error)

var loops = map[string]loop{
	"exists": func(elements []Value, body func(Value) (Value, error)) (Value, error) {
		return quantify(elements, body, true)
	},
	"all": func(elements []Value, body func(Value) (Value, error)) (Value, error) {
		return quantify(elements, body, false)
	},
	"filter": func(elements []Value, body func(Value) (Value, error)) (Value, error) {
		selected := []Value{}
		for _, element := range elements {
			result, err := body(element)
			if err != nil {
				return result, err
			}
			if result.IsTrue() {
				selected = append(selected, element)
			}
		}
		return List(selected), nil
	},
	"map": func(elements []Value, body func(Value) (Value, error)) (Value, error) {
		results := make([]Value, len(elements))
		for at, element := range elements {
			var err error
			if results[at], err = body(element); err != nil {
				return Value{}, err
			}
		}
		return List(results), nil
	},
}

// quantify ends at the first decisive element. An element that fails only counts if none is decisive.
func quantify(elements []Value, body func(Value) (Value, error), decisive bool) (Value, error) {
	var failure error
	for _, element := range elements {
		result, err := body(element)
		if err != nil {
			if failure == nil {
				failure = err
			}
			continue
		}
		if result.IsTrue() == decisive {
			return result, nil
		}
	}
	return Truth(!decisive), failure
}
