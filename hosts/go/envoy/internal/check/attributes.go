package check

import (
	"fmt"
	"strings"
	"time"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
	"github.com/nhipol/nhipol/hosts/go/envoy/internal/wire"
)

// attributes are the inputs of a mapping: what Envoy did not send is absent. They serve one check.
type attributes struct {
	request *wire.CheckRequest
	// Each of these is nil until it is read.
	headers, metadata, token, params *cel.Map
}

// The namespaces of Envoy's filters, and the members in which they have the payload of a token and the parameters of a call.
const (
	jwtNamespace  = "envoy.filters.http.jwt_authn"
	payloadMember = "payload"
	mcpNamespace  = "envoy.filters.http.mcp"
	paramsMember  = "params"
)

func (a *attributes) Input(name string) *cel.Map {
	switch name {
	case "token":
		return a.inNamespace(&a.token, jwtNamespace, payloadMember)
	case "params":
		return a.inNamespace(&a.params, mcpNamespace, paramsMember)
	}
	if a.metadata == nil {
		a.metadata = toMap(a.request.MetadataContext)
	}
	return a.metadata
}

// inNamespace returns the object in a member of the metadata of a filter, or one without members.
func (a *attributes) inNamespace(cached **cel.Map, namespace, name string) *cel.Map {
	if *cached != nil {
		return *cached
	}
	*cached = cel.Empty
	// Of several with this name the last one counts.
	for at := len(a.request.MetadataContext) - 1; at >= 0; at-- {
		if filter := a.request.MetadataContext[at]; filter.Name == namespace {
			if member, ok := filter.Members.Get(name); ok && member.Kind == cel.MapKind {
				*cached = member.Map()
			}
			break
		}
	}
	return *cached
}

func toMap(namespaces []wire.Namespace) *cel.Map {
	members := &cel.Map{}
	for _, namespace := range namespaces {
		members.Set(namespace.Name, cel.Object(namespace.Members))
	}
	return members.Sort()
}

func pairs(list []wire.Pair) cel.Value {
	members := &cel.Map{}
	for _, pair := range list {
		members.Set(pair.Name, cel.Str(pair.Value))
	}
	return cel.Object(members.Sort())
}

func given(text string) (cel.Value, bool) { return cel.Str(text), text != "" }

func (a *attributes) Member(record, name string) (cel.Value, bool) {
	switch record {
	case "source":
		return peerMember(&a.request.Source, name)
	case "destination":
		return peerMember(&a.request.Destination, name)
	}
	http := &a.request.HTTP
	switch name {
	case "method":
		return given(http.Method)
	case "path":
		path, _, _ := strings.Cut(http.Path, "?")
		return cel.Str(path), http.Path != ""
	case "headers":
		return cel.Object(a.header()), true
	case "host":
		return given(http.Host)
	case "scheme":
		return given(http.Scheme)
	case "query":
		return parseQuery(http.Path), true
	case "target":
		return given(http.Path)
	case "protocol":
		return given(http.Protocol)
	case "id":
		return given(http.ID)
	case "size":
		if http.Size == nil || *http.Size < 0 {
			return cel.Value{}, false
		}
		return cel.Num(float64(*http.Size)), true
	case "text":
		return a.text()
	case "time":
		return readTime(a.request.Time)
	case "sni":
		return given(a.request.SNI)
	case "context_extensions":
		return pairs(a.request.ContextExtensions), true
	}
	return cel.Object(toMap(a.request.RouteMetadata)), true
}

func peerMember(peer *wire.Peer, name string) (cel.Value, bool) {
	switch name {
	case "address":
		if peer.Pipe != "" {
			return cel.Str(peer.Pipe), true
		}
		return given(peer.Address)
	case "port":
		return cel.Num(float64(peer.Port)), peer.Port != 0
	case "service":
		return given(peer.Service)
	case "principal":
		return given(peer.Principal)
	}
	return pairs(peer.Labels), true
}

// header returns the headers by their names in lower case. Values of one name are joined (RFC 9110, section 5.3).
func (a *attributes) header() *cel.Map {
	if a.headers != nil {
		return a.headers
	}
	http := &a.request.HTTP
	sent := pairs(http.Headers).Map()
	values := map[string][]string{}
	var names []string
	add := func(name, value string) {
		name = cel.ToLower(name)
		if len(values[name]) == 0 {
			names = append(names, name)
		}
		values[name] = append(values[name], value)
	}
	for at := range sent.Len() {
		name, value := sent.At(at)
		add(name, value.Text)
	}
	for _, pair := range http.HeaderMap {
		add(pair.Name, pair.Value)
	}
	joined := &cel.Map{}
	for _, name := range names {
		joined.Set(name, cel.Str(strings.Join(values[name], ", ")))
	}
	a.headers = joined.Sort()
	return a.headers
}

// parseQuery returns the values of each parameter of the query of a target, in their order.
func parseQuery(target string) cel.Value {
	_, query, _ := strings.Cut(target, "?")
	values := &cel.Map{}
	for _, pair := range strings.Split(strings.TrimPrefix(query, "?"), "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name = decodeParameter(name)
		earlier, _ := values.Get(name)
		values.Set(name, cel.List(append(earlier.Elements(), cel.Str(decodeParameter(value)))))
	}
	return cel.Object(values.Sort())
}

// decodeParameter decodes a name or a value of a form (WHATWG URL, section 5.1). A `%` without two digits stands for itself.
func decodeParameter(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	bytes := make([]byte, 0, len(text))
	for at := 0; at < len(text); at++ {
		switch char := text[at]; {
		case char == '+':
			bytes = append(bytes, ' ')
		case char == '%' && at+2 < len(text) && isHex(text[at+1]) && isHex(text[at+2]):
			bytes = append(bytes, fromHex(text[at+1])<<4|fromHex(text[at+2]))
			at += 2
		default:
			bytes = append(bytes, char)
		}
	}
	return wire.DecodeText(bytes)
}

func isHex(char byte) bool {
	return char >= '0' && char <= '9' || char >= 'a' && char <= 'f' || char >= 'A' && char <= 'F'
}

func fromHex(char byte) byte {
	if char <= '9' {
		return char - '0'
	}
	return char&0xf + 9
}

// text returns the body in UTF-8, if Envoy sent all of it.
func (a *attributes) text() (cel.Value, bool) {
	text := a.request.HTTP.Body
	partial, _ := a.header().Get("x-envoy-auth-partial-body")
	return cel.Str(text), text != "" && partial.Text != "true"
}

// maxTime is the last instant that JavaScript represents, in milliseconds since the epoch.
const maxTime = 8_640_000_000_000_000

// readTime returns an instant in RFC 3339, with years beyond 9999 as JavaScript writes them.
func readTime(at *wire.Timestamp) (cel.Value, bool) {
	if at == nil {
		return cel.Value{}, false
	}
	instant := float64(at.Seconds)*1_000 + float64(at.Nanos)/1_000_000
	if instant > maxTime || instant < -maxTime {
		return cel.Value{}, false
	}
	utc := time.UnixMilli(int64(instant)).UTC()
	text := utc.Format("-01-02T15:04:05.000Z")
	switch number := utc.Year(); {
	case number < 0:
		return cel.Str(fmt.Sprintf("-%06d", -number) + text), true
	case number > 9999:
		return cel.Str(fmt.Sprintf("+%06d", number) + text), true
	default:
		return cel.Str(fmt.Sprintf("%04d", number) + text), true
	}
}
