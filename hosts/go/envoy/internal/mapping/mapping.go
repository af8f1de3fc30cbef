// Package mapping maps requests that Envoy checks to requests of AuthZEN, by the same files as `nhipol serve --grpc-mapping`.
package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
)

// Mapping is a mapping file.
type Mapping struct {
	request part
	// Headers are the headers that an upstream gets, without their prefix.
	Headers []string
	// HasExtMcp is whether the file also maps calls of MCP, which are not answered here.
	HasExtMcp bool
	declared  *Declared
}

// OwnHeaders are the headers that an upstream may get, in their order.
var OwnHeaders = []string{"effect", "decision-id", "valid-until", "constraints"}

// Default is the mapping without a file: that of AuthZEN's profile for API gateways.
const Default = `{
  "ext_authz": {
    "subject": { "type": "identity", "id": "$token.?sub.orValue(source.principal)" },
    "action": { "name": "$request.method" },
    "resource": {
      "type": "route",
      "id": "$request.path",
      "properties": { "host": "$request.?host", "scheme": "$request.?scheme", "query": "$request.query" }
    },
    "context": { "network": { "ip": "$source.?address" } }
  }
}`

// Parse reads a file. Its errors have the path of the member at fault.
func Parse(text string, declared *Declared) (*Mapping, error) {
	file, err := cel.ParseJSON(text)
	if err != nil {
		return nil, fmt.Errorf("this is not JSON: %w", err)
	}
	members, err := expectObject(file, true, "$")
	if err != nil {
		return nil, err
	}
	if err := expectOnly(members, "$", "ext_authz", "ext_mcp", "headers"); err != nil {
		return nil, err
	}
	mapping := &Mapping{Headers: []string{"effect", "decision-id", "valid-until"}, declared: declared}
	if headers, ok := members.Get("headers"); ok {
		if mapping.Headers, err = readHeaders(headers); err != nil {
			return nil, err
		}
	}
	mapping.Headers = append(mapping.Headers, "constraints")
	_, mapping.HasExtMcp = members.Get("ext_mcp")
	template, ok := members.Get("ext_authz")
	if !ok {
		byDefault, err := cel.ParseJSON(Default)
		if err != nil {
			return nil, err
		}
		template, _ = byDefault.Map().Get("ext_authz")
	}
	mapping.request, err = compileRequest(template, declared)
	return mapping, err
}

func readHeaders(value cel.Value) ([]string, error) {
	failure := fmt.Errorf("$.headers: expected an array of %s", strings.Join(OwnHeaders, ", "))
	if value.Kind != cel.ListKind {
		return nil, failure
	}
	names := []string{}
	for _, element := range value.Elements() {
		if element.Kind != cel.String || !slices.Contains(OwnHeaders, element.Text) {
			return nil, failure
		}
		names = append(names, element.Text)
	}
	return names, nil
}

func expectObject(value cel.Value, isPresent bool, path string) (*cel.Map, error) {
	if !isPresent || value.Kind != cel.MapKind {
		return nil, fmt.Errorf("%s: expected an object", path)
	}
	return value.Map(), nil
}

func expectOnly(members *cel.Map, path string, names ...string) error {
	for at := range members.Len() {
		if name, _ := members.At(at); !slices.Contains(names, name) {
			return fmt.Errorf("%s: unknown member `%s`", path, name)
		}
	}
	return nil
}

var entities = []string{"subject", "action", "resource"}

func compileRequest(template cel.Value, declared *Declared) (part, error) {
	const path = "$.ext_authz"
	members, err := expectObject(template, true, path)
	if err != nil {
		return nil, err
	}
	if err := expectOnly(members, path, append(entities, "context", "session")...); err != nil {
		return nil, err
	}
	for _, name := range entities {
		entity, ok := members.Get(name)
		if _, err := expectObject(entity, ok, path+"."+name); err != nil {
			return nil, err
		}
	}
	if _, ok := members.Get("session"); ok {
		return nil, fmt.Errorf("%s.session: sessions are not supported here: use `nhipol serve --grpc`", path)
	}
	request, err := compileMembers(members, func(name string, value cel.Value) (part, error) {
		if name == "context" {
			return compileContext(value, declared)
		}
		return compileEntity(name, value.Map())
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return request, nil
}

// compileEntity compiles an entity, whose properties must be an object.
func compileEntity(entity string, members *cel.Map) (part, error) {
	return compileMembers(members, func(name string, value cel.Value) (part, error) {
		if name != "properties" {
			return compilePart(value)
		}
		return compileObject(value, slices.Index(entities, entity)+1, "$."+entity+".properties", nil)
	})
}

func compileContext(value cel.Value, declared *Declared) (part, error) {
	if declared.DeclaresSession {
		return compileObject(value, 0, "$.context", nil)
	}
	if value.Kind == cel.MapKind {
		if _, ok := value.Map().Get("session"); ok {
			return nil, errors.New("`context.session` names a session, and sessions are not supported here: use `nhipol serve --grpc`")
		}
	}
	return compileObject(value, 0, "$.context", func(to *output, context cel.Value) {
		if context.Kind != cel.MapKind {
			return
		}
		session, _ := context.Map().Get("session")
		if session.Kind == cel.MapKind {
			id, ok := session.Map().Get("id")
			to.namesSession = ok && id.Kind == cel.String
		}
	})
}

// compileObject compiles a part that must be an object or null. place is its place in the order of checks.
func compileObject(value cel.Value, place int, path string, look func(*output, cel.Value)) (part, error) {
	check := func(to *output, value cel.Value) {
		value = value.Unwrap()
		if value.Kind != cel.MapKind && value.Kind != cel.Null && (to.problem == "" || place < to.problemPlace) {
			to.problem = fmt.Sprintf("%s: expected an object, found %s", path, describeKind(value.Kind))
			to.problemPlace = place
		}
		if look != nil {
			look(to, value)
		}
	}
	if value.Kind == cel.String && strings.HasPrefix(value.Text, "$") && !strings.HasPrefix(value.Text, "$$") {
		return compileExpression(value.Text[1:], check)
	}
	write, err := compilePart(value)
	if err != nil || value.Kind == cel.MapKind {
		return write, err
	}
	return func(to *output, inputs cel.Inputs) (bool, error) {
		check(to, value)
		return write(to, inputs)
	}, nil
}

func describeKind(kind cel.Kind) string {
	switch kind {
	case cel.ListKind:
		return "an array"
	case cel.String:
		return "a string"
	case cel.Bool:
		return "a boolean"
	}
	return "a number"
}

// NotMappedError is a request that the mapping cannot map.
type NotMappedError struct{ reason error }

func (e *NotMappedError) Error() string { return "the request cannot be mapped: " + e.reason.Error() }

// InvalidError is a mapped request that is not one of AuthZEN.
type InvalidError struct{ message string }

func (e *InvalidError) Error() string { return e.message }

// ErrSession is the error of a request that names a session.
var ErrSession = errors.New("no session with this id is open")

// AppendRequest appends the request of AuthZEN in JSON. Its errors are a *NotMappedError, an *InvalidError, or ErrSession.
func (m *Mapping) AppendRequest(dst []byte, inputs cel.Inputs) ([]byte, error) {
	start := len(dst)
	to := &output{Writer: cel.Writer{Bytes: dst}}
	if _, err := m.request(to, inputs); err != nil {
		return dst, &NotMappedError{err}
	}
	if to.HasNumber {
		if problem := m.declared.numberProblem(string(to.Bytes[start:])); problem != "" {
			return dst, &NotMappedError{errors.New(problem)}
		}
	}
	if to.problem != "" {
		return dst, &InvalidError{to.problem}
	}
	if to.namesSession {
		return dst, ErrSession
	}
	return to.Bytes, nil
}
