package cel

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
)

// Inputs are what expressions read.
type Inputs interface {
	// Member returns a member of a record: of `request`, `source` or `destination`.
	Member(record, name string) (Value, bool)
	// Input returns the members of `token`, `params` or `metadata`.
	Input(name string) *Map
}

// Expression evaluates to a value. It is safe for concurrent use.
type Expression func(Inputs) (Value, error)

const maxExpressionLength = 2_000

// Compile returns an error for an expression that is not valid, that never has a value, or that is not supported.
func Compile(text string) (Expression, error) {
	if units(text) > maxExpressionLength {
		return nil, fmt.Errorf("an expression is longer than %d characters", maxExpressionLength)
	}
	refuse := func(err error) (Expression, error) { return nil, fmt.Errorf("expression `%s`: %w", text, err) }
	if err := checkCharacters(text); err != nil {
		return refuse(err)
	}
	reader, err := parser.NewParser(
		parser.Macros(),
		parser.EnableOptionalSyntax(true),
		parser.EnableVariadicOperatorASTs(true),
		parser.MaxRecursionDepth(32),
	)
	if err != nil {
		return refuse(err)
	}
	parsed, problems := reader.Parse(common.NewTextSource(text))
	if found := problems.GetErrors(); len(found) > 0 {
		return nil, fmt.Errorf("expression `%s` is not valid: %s", text, firstLine(found[0].Message))
	}
	c := &compiler{}
	compiled, err := c.expression(parsed.Expr())
	if err != nil {
		return refuse(err)
	}
	evaluate := compiled.evaluate
	return func(inputs Inputs) (Value, error) {
		value, err := evaluate(&scope{inputs: inputs})
		if err != nil {
			return value, fmt.Errorf("expression `%s` failed: %w", text, err)
		}
		return value, nil
	}, nil
}

// checkCharacters refuses literals that parsers of the language may read differently.
func checkCharacters(text string) error {
	if strings.ContainsAny(text, "\\\r\n") || strings.Contains(text, `"""`) || strings.Contains(text, "'''") {
		return errors.New("escapes, line breaks and triple quotes are not supported here")
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// scope is what the evaluation of an expression reads.
type scope struct {
	inputs Inputs
	// variable is the element of the comprehension, which cannot be nested.
	variable Value
}

type evaluate func(*scope) (Value, error)

// node is a compiled expression with its static type: `dyn` if only its value has one.
type node struct {
	evaluate evaluate
	static   string
	// record is the name of a record, which is not a value: only its members are.
	record string
}

type compiler struct {
	// variable is the name of the element of the comprehension that is compiled.
	variable     string
	variableType string
	// isRepeated is whether the expression is within a comprehension.
	isRepeated bool
}

const (
	dyn        = "dyn"
	typeString = "string"
	typeInt    = "int"
	typeDouble = "double"
	typeBool   = "bool"
	typeNull   = "null"
	typeMap    = "map"
)

func listOf(static string) string     { return "list<" + static + ">" }
func optionalOf(static string) string { return "optional<" + static + ">" }

func (n node) isList() bool     { return strings.HasPrefix(n.static, "list<") }
func (n node) isOptional() bool { return strings.HasPrefix(n.static, "optional<") }

// inner is the type of the elements of a list, or of the value of an optional.
func (n node) inner() string {
	_, rest, _ := strings.Cut(n.static, "<")
	return strings.TrimSuffix(rest, ">")
}

// unknown is the type of the value that `optional.none()` does not have.
const unknown = "T"

// unify returns the type of a value that has one of two types.
func unify(a, b string) (string, bool) {
	switch {
	case a == b || b == unknown:
		return a, true
	case a == unknown:
		return b, true
	case a == dyn || b == dyn:
		return dyn, true
	}
	first, second := node{static: a}, node{static: b}
	if first.isOptional() && second.isOptional() {
		inner, ok := unify(first.inner(), second.inner())
		return optionalOf(inner), ok
	}
	return dyn, false
}

func (n node) isOneOf(statics ...string) bool {
	for _, static := range append(statics, dyn) {
		if n.static == static {
			return true
		}
	}
	return false
}

// expression compiles an expression whose value is used: records are refused.
func (c *compiler) expression(expr ast.Expr) (node, error) {
	compiled, err := c.compile(expr)
	if err == nil && compiled.record != "" {
		return compiled, fmt.Errorf("`%s` is only supported with one of its members, such as `%[1]s.%s`", compiled.record, exampleMember(compiled.record))
	}
	return compiled, err
}

func exampleMember(record string) string {
	if record == "request" {
		return "path"
	}
	return "address"
}

func (c *compiler) compile(expr ast.Expr) (node, error) {
	switch expr.Kind() {
	case ast.LiteralKind:
		return compileLiteral(expr)
	case ast.IdentKind:
		return c.identifier(expr.AsIdent())
	case ast.SelectKind:
		selected := expr.AsSelect()
		return c.access(selected.Operand(), selected.FieldName(), false)
	case ast.ListKind:
		return c.list(expr.AsList())
	case ast.CallKind:
		return c.call(expr.AsCall())
	}
	return node{}, errors.New("literals of maps and messages are not supported here")
}

func compileLiteral(expr ast.Expr) (node, error) {
	switch literal := expr.AsLiteral().(type) {
	case types.Null:
		return constant(Value{}, typeNull), nil
	case types.Bool:
		return constant(Truth(bool(literal)), typeBool), nil
	case types.String:
		return constant(Str(string(literal)), typeString), nil
	case types.Double:
		return constant(Num(float64(literal)), typeDouble), nil
	case types.Int:
		const maxExact = 1<<53 - 1
		if literal > maxExact || literal < -maxExact {
			return node{}, errors.New("integers beyond 2^53 are not supported")
		}
		return constant(integer(int(literal)), typeInt), nil
	}
	return node{}, errors.New("bytes and unsigned integers are not supported here")
}

func constant(value Value, static string) node {
	return node{evaluate: func(*scope) (Value, error) { return value, nil }, static: static}
}

func (c *compiler) identifier(name string) (node, error) {
	switch {
	case c.variable != "" && name == c.variable:
		return node{evaluate: func(s *scope) (Value, error) { return s.variable, nil }, static: c.variableType}, nil
	case name == "request" || name == "source" || name == "destination":
		return node{record: name}, nil
	case name == "token" || name == "params" || name == "metadata":
		return node{evaluate: func(s *scope) (Value, error) { return Object(s.inputs.Input(name)), nil }, static: typeMap}, nil
	case name == "peer":
		return node{}, errors.New("`peer` is not supported here: use `source.principal`, or `nhipol serve --grpc`")
	}
	return node{}, fmt.Errorf("unknown variable `%s`", name)
}

func (c *compiler) list(list ast.ListExpr) (node, error) {
	if len(list.OptionalIndices()) > 0 {
		return node{}, errors.New("optional elements are not supported")
	}
	if list.Size() > 64 {
		return node{}, errors.New("a list has more than 64 elements")
	}
	var elements []evaluate
	static := dyn
	for at, expr := range list.Elements() {
		element, err := c.expression(expr)
		if err != nil {
			return element, err
		}
		elements = append(elements, element.evaluate)
		if at == 0 {
			static = element.static
		} else if element.static != static {
			static = dyn
		}
	}
	return node{static: listOf(static), evaluate: func(s *scope) (Value, error) {
		values, err := evaluateAll(elements, s)
		return List(values), err
	}}, nil
}

// evaluateAll evaluates the last first, as the service does.
func evaluateAll(expressions []evaluate, s *scope) ([]Value, error) {
	values := make([]Value, len(expressions))
	for at := len(expressions) - 1; at >= 0; at-- {
		var err error
		if values[at], err = expressions[at](s); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (c *compiler) call(call ast.CallExpr) (node, error) {
	name := call.FunctionName()
	if call.IsMemberFunction() {
		return c.method(call)
	}
	args := call.Args()
	switch name {
	case operators.Index, operators.OptIndex:
		return c.index(args[0], args[1], name == operators.OptIndex)
	case operators.OptSelect:
		literal, ok := args[1].AsLiteral().(types.String)
		if !ok {
			return node{}, errors.New("`.?` needs a name")
		}
		return c.access(args[0], string(literal), true)
	case operators.Has:
		return c.has(args)
	}
	compiled, err := c.expressions(args)
	if err != nil {
		return node{}, err
	}
	switch name {
	case operators.LogicalAnd:
		return foldLogical(compiled, false)
	case operators.LogicalOr:
		return foldLogical(compiled, true)
	case operators.LogicalNot:
		return compileNot(compiled[0])
	case operators.Conditional:
		return compileTernary(compiled[0], compiled[1], compiled[2])
	case operators.Equals, operators.NotEquals:
		return compileEquals(compiled[0], compiled[1], name == operators.NotEquals)
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return compileOrder(compiled[0], compiled[1], name)
	case operators.In:
		return compileIn(compiled[0], compiled[1])
	case operators.Add:
		if c.isRepeated {
			return node{}, errors.New("`+` is not supported within a comprehension")
		}
		return compileAdd(compiled[0], compiled[1])
	case "size", "string":
		if len(compiled) == 1 {
			return compileFunction(name, compiled[0])
		}
	}
	return node{}, fmt.Errorf("`%s` is not supported here", displayName(name))
}

func displayName(name string) string {
	if symbol, ok := operators.FindReverse(name); ok && symbol != "" {
		return symbol
	}
	return name
}

func (c *compiler) expressions(exprs []ast.Expr) ([]node, error) {
	compiled := make([]node, len(exprs))
	for at, expr := range exprs {
		var err error
		if compiled[at], err = c.expression(expr); err != nil {
			return nil, err
		}
	}
	return compiled, nil
}
