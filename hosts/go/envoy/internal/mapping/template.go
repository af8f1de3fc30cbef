package mapping

import (
	"fmt"
	"math"
	"strings"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
)

// output is the request that is being written, and what is known about it.
type output struct {
	cel.Writer
	// problem is that of the first member that must be an object and is not, by the order in which the service checks them.
	problem      string
	problemPlace int
	// namesSession is whether the context names a session.
	namesSession bool
}

// part writes a part of a request as JSON. It returns false for an expression whose value is missing.
type part func(*output, cel.Inputs) (bool, error)

// compilePart compiles a part of a template: JSON in which a string that begins with `$` is an expression.
func compilePart(value cel.Value) (part, error) {
	switch value.Kind {
	case cel.String:
		if strings.HasPrefix(value.Text, "$") && !strings.HasPrefix(value.Text, "$$") {
			return compileExpression(value.Text[1:], nil)
		}
		return literal(cel.Str(strings.TrimPrefix(value.Text, "$"))), nil
	case cel.ListKind:
		return compileElements(value.Elements())
	case cel.MapKind:
		return compileMembers(value.Map(), func(_ string, member cel.Value) (part, error) { return compilePart(member) })
	case cel.Exact:
		if math.IsInf(value.Number, 0) {
			return nil, fmt.Errorf("the number %s is too large", value.Text)
		}
		return literal(cel.Num(value.Number)), nil
	}
	return literal(value), nil
}

func literal(value cel.Value) part {
	return func(to *output, _ cel.Inputs) (bool, error) { return to.Value(value) }
}

// compileExpression compiles an expression. look gets its value, unless it is nil.
func compileExpression(text string, look func(*output, cel.Value)) (part, error) {
	expression, err := cel.Compile(text)
	if err != nil {
		return nil, err
	}
	return func(to *output, inputs cel.Inputs) (bool, error) {
		value, err := expression(inputs)
		if err != nil {
			return false, err
		}
		if look != nil {
			look(to, value)
		}
		isPresent, err := to.Value(value)
		if err != nil {
			err = fmt.Errorf("expression `%s` failed: %w", text, err)
		}
		return isPresent, err
	}, nil
}

// compileElements compiles an array, of which elements whose values are missing are left out.
func compileElements(elements []cel.Value) (part, error) {
	parts := make([]part, len(elements))
	for at, element := range elements {
		var err error
		if parts[at], err = compilePart(element); err != nil {
			return nil, err
		}
	}
	return func(to *output, inputs cel.Inputs) (bool, error) {
		to.Bytes = append(to.Bytes, '[')
		isFirst := true
		for _, write := range parts {
			start := len(to.Bytes)
			if !isFirst {
				to.Bytes = append(to.Bytes, ',')
			}
			isPresent, err := write(to, inputs)
			if err != nil {
				return false, err
			}
			if !isPresent {
				to.Bytes = to.Bytes[:start]
			}
			isFirst = isFirst && !isPresent
		}
		to.Bytes = append(to.Bytes, ']')
		return true, nil
	}, nil
}

// compileMembers compiles an object, of which members whose values are missing are left out.
func compileMembers(members *cel.Map, compile func(name string, value cel.Value) (part, error)) (part, error) {
	type member struct {
		// prefix is the name in JSON and a colon.
		prefix []byte
		write  part
	}
	var compiled []member
	for at := range members.Len() {
		name, value := members.At(at)
		write, err := compile(name, value)
		if err != nil {
			return nil, err
		}
		compiled = append(compiled, member{append(cel.AppendString(nil, name), ':'), write})
	}
	return func(to *output, inputs cel.Inputs) (bool, error) {
		to.Bytes = append(to.Bytes, '{')
		isFirst := true
		for at := range compiled {
			start := len(to.Bytes)
			if !isFirst {
				to.Bytes = append(to.Bytes, ',')
			}
			to.Bytes = append(to.Bytes, compiled[at].prefix...)
			isPresent, err := compiled[at].write(to, inputs)
			if err != nil {
				return false, err
			}
			if !isPresent {
				to.Bytes = to.Bytes[:start]
			}
			isFirst = isFirst && !isPresent
		}
		to.Bytes = append(to.Bytes, '}')
		return true, nil
	}, nil
}
