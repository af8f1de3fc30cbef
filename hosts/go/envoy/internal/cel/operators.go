package cel

import (
	"errors"
	"fmt"
	"slices"

	"cel.dev/cel-go/common/operators"
)

var errNeverBool = errors.New("an operand is never a bool")

// operandError is the failure of a logical operator whose operand is not a bool.
func operandError(value Value) error {
	return failure("Logical operator requires bool operands, got '" + runtimeType(value) + "'")
}

// runtimeType is the type that messages about one value show.
func runtimeType(value Value) string {
	if value.Kind == OptionalKind {
		return "optional<dyn>"
	}
	return value.typeName(true)
}

// operandType is the type of an operand in messages about operators.
func operandType(static string, value Value) string {
	if static != dyn {
		return static
	}
	return "dyn<" + runtimeType(value) + ">"
}

func noOverload(left node, operator string, right node, a, b Value) error {
	return fmt.Errorf("no such overload: %s %s %s", operandType(left.static, a), operator, operandType(right.static, b))
}

// foldLogical compiles a chain of `&&` or `||`. decisive is the value that decides it.
func foldLogical(operands []node, decisive bool) (node, error) {
	left := operands[0]
	for _, right := range operands[1:] {
		if !left.isOneOf(typeBool) || !right.isOneOf(typeBool) {
			return node{}, errNeverBool
		}
		left = node{static: typeBool, evaluate: compileLogical(left.evaluate, right.evaluate, decisive)}
	}
	return left, nil
}

// compileLogical decides as soon as one operand is decisive, even if the other fails.
func compileLogical(left, right evaluate, decisive bool) evaluate {
	return func(s *scope) (Value, error) {
		first, firstErr := left(s)
		isBool := firstErr == nil && first.Kind == Bool
		if isBool && first.IsTrue() == decisive {
			return first, nil
		}
		second, err := right(s)
		switch {
		case err != nil:
			return second, err
		case second.Kind != Bool:
			return second, operandError(second)
		case second.IsTrue() == decisive || isBool:
			return second, nil
		case firstErr != nil:
			return first, firstErr
		}
		return first, operandError(first)
	}
}

func compileNot(operand node) (node, error) {
	if !operand.isOneOf(typeBool) {
		return node{}, errNeverBool
	}
	return node{static: typeBool, evaluate: func(s *scope) (Value, error) {
		value, err := operand.evaluate(s)
		if err == nil && value.Kind != Bool {
			err = fmt.Errorf("no such overload: !%s", runtimeType(value))
		}
		return Truth(!value.IsTrue()), err
	}}, nil
}

func compileTernary(condition, left, right node) (node, error) {
	if !condition.isOneOf(typeBool) {
		return node{}, errors.New("the condition is never a bool")
	}
	static, ok := unify(left.static, right.static)
	if !ok {
		return node{}, fmt.Errorf("the branches have different types, %s and %s", left.static, right.static)
	}
	return node{static: static, evaluate: func(s *scope) (Value, error) {
		value, err := condition.evaluate(s)
		switch {
		case err != nil:
			return value, err
		case value.Kind != Bool:
			return value, conditionError("Ternary condition must be bool", value)
		case value.IsTrue():
			return left.evaluate(s)
		}
		return right.evaluate(s)
	}}, nil
}

func conditionError(label string, value Value) error {
	return fmt.Errorf("%s, got '%s'", label, runtimeType(value))
}

// binary compiles an operator whose operands are evaluated from left to right.
func binary(left, right node, static string, apply func(a, b Value) (Value, error)) node {
	return node{static: static, evaluate: func(s *scope) (Value, error) {
		a, err := left.evaluate(s)
		if err != nil {
			return a, err
		}
		b, err := right.evaluate(s)
		if err != nil {
			return b, err
		}
		return apply(a, b)
	}}
}

var errNeverEqual = errors.New("the operands have types that are never compared")

func compileEquals(left, right node, isNegated bool) (node, error) {
	isScalar := left.isOneOf(typeString, typeInt, typeDouble, typeBool, typeNull)
	isComparable := left.static == dyn || right.static == dyn || left.static == right.static && isScalar
	if !isComparable || left.isOptional() || right.isOptional() {
		return node{}, errNeverEqual
	}
	return binary(left, right, typeBool, func(a, b Value) (Value, error) {
		return Truth(equal(a, b) != isNegated), nil
	}), nil
}

func compileOrder(left, right node, operator string) (node, error) {
	isNumber := func(n node) bool { return n.static == typeInt || n.static == typeDouble }
	isPair := isNumber(left) && isNumber(right) || left.static == typeString && right.static == typeString
	isDynamic := left.isOneOf(typeString, typeInt, typeDouble) && right.isOneOf(typeString, typeInt, typeDouble)
	if !isPair && !(isDynamic && (left.static == dyn || right.static == dyn)) {
		return node{}, errors.New("the operands are not ordered")
	}
	holds := orders[operator]
	symbol := displayName(operator)
	return binary(left, right, typeBool, func(a, b Value) (Value, error) {
		isNumeric := func(v Value) bool { return v.Kind == Int || v.Kind == Double || v.Kind == Bool }
		isTruth := a.Kind == Bool && b.Kind == Bool
		switch {
		case a.Kind == String && b.Kind == String:
			return Truth(holds(float64(compareText(a.Text, b.Text)), 0)), nil
		case isNumeric(a) && isNumeric(b) && (isTruth || a.Kind != Bool && b.Kind != Bool):
			return Truth(holds(a.Number, b.Number)), nil
		}
		return Value{}, noOverload(left, symbol, right, a, b)
	}), nil
}

var orders = map[string]func(a, b float64) bool{
	operators.Less:          func(a, b float64) bool { return a < b },
	operators.LessEquals:    func(a, b float64) bool { return a <= b },
	operators.Greater:       func(a, b float64) bool { return a > b },
	operators.GreaterEquals: func(a, b float64) bool { return a >= b },
}

func compileIn(left, right node) (node, error) {
	isElement := right.isList() && (left.static == dyn || right.inner() == dyn || right.inner() == left.static)
	if left.isOptional() || left.static == typeMap || !isElement && !right.isOneOf(typeMap) {
		return node{}, errors.New("the right operand of `in` never contains the left one")
	}
	return binary(left, right, typeBool, func(a, b Value) (Value, error) {
		switch b.Kind {
		case ListKind:
			return Truth(slices.ContainsFunc(b.list, func(element Value) bool { return equal(a, element) })), nil
		case MapKind:
			_, ok := b.object.Get(a.jsString())
			return Truth(ok), nil
		}
		return Value{}, noOverload(left, "in", right, a, b)
	}), nil
}

func compileAdd(left, right node) (node, error) {
	if !left.isOneOf(typeString) || !right.isOneOf(typeString) {
		return node{}, errors.New("`+` is only supported for strings")
	}
	static := dyn
	if left.static == typeString || right.static == typeString {
		static = typeString
	}
	return binary(left, right, static, func(a, b Value) (Value, error) {
		switch {
		case a.Kind == String && b.Kind == String:
			return Str(a.Text + b.Text), nil
		case a.Kind == Double && b.Kind == Double:
			return Num(a.Number + b.Number), nil
		case a.Kind == ListKind && b.Kind == ListKind:
			return List(slices.Concat(a.list, b.list)), nil
		}
		return Value{}, noOverload(left, "+", right, a, b)
	}), nil
}
