// Package wire reads the requests of Envoy's external authorization (envoy.service.auth.v3) and writes the responses, in the
// format of protobuf, reduced to the fields that the service reads and writes. Other fields are ignored.
package wire

import (
	"errors"
	"math"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
)

// CheckRequest is a request that Envoy checks. Strings are UTF-8: what is not is U+FFFD.
type CheckRequest struct {
	Source, Destination            Peer
	HTTP                           HTTPRequest
	Time                           *Timestamp
	ContextExtensions              []Pair
	MetadataContext, RouteMetadata []Namespace
	SNI                            string
}

// Peer is the source or the destination of a request.
type Peer struct {
	Address, Pipe, Service, Principal string
	Port                              uint32
	Labels                            []Pair
}

// HTTPRequest is the request itself.
type HTTPRequest struct {
	ID, Method, Path, Host, Scheme, Protocol string
	// Size is nil if it is unknown.
	Size *int64
	// Headers are in the order of the message, in which a name may occur several times; only the last of them counts.
	Headers []Pair
	// HeaderMap contains headers whose values need not be UTF-8.
	HeaderMap []Pair
	// Body is the body as text. The message has it as bytes, or as a string.
	Body string
	// hasRawBody is whether it was bytes, which count if there are both.
	hasRawBody bool
}

// Timestamp is an instant.
type Timestamp struct {
	Seconds int64
	Nanos   int32
}

// Pair is a member of a map.
type Pair struct{ Name, Value string }

// Namespace is the dynamic metadata of a filter.
type Namespace struct {
	Name    string
	Members *cel.Map
}

// maxLevels limits nested messages.
const maxLevels = 100

var (
	errMessage = errors.New("the message is not one of CheckRequest")
	errDepth   = errors.New("the message has too many levels")
	errValue   = errors.New("a member of a Struct has no value")
)

// field is one field of a message. Its content is a number, or bytes.
type field struct {
	number  protowire.Number
	kind    protowire.Type
	integer uint64
	bytes   []byte
}

// readFields calls read for the fields of a message in their order. Groups are skipped.
func readFields(message []byte, read func(field) error) error {
	for len(message) > 0 {
		number, kind, length := protowire.ConsumeTag(message)
		if length < 0 {
			return errMessage
		}
		message = message[length:]
		next := field{number: number, kind: kind}
		switch kind {
		case protowire.VarintType:
			next.integer, length = protowire.ConsumeVarint(message)
		case protowire.Fixed64Type:
			next.integer, length = protowire.ConsumeFixed64(message)
		case protowire.BytesType:
			next.bytes, length = protowire.ConsumeBytes(message)
		default:
			length = protowire.ConsumeFieldValue(number, kind, message)
		}
		if length < 0 {
			return errMessage
		}
		message = message[length:]
		if err := read(next); err != nil {
			return err
		}
	}
	return nil
}

// text is the content of a string field.
func (f field) text() string {
	if utf8.Valid(f.bytes) {
		return string(f.bytes)
	}
	return DecodeText(f.bytes)
}

// isBytes is whether the field has a content of bytes; a field of another type is not of this message.
func (f field) isBytes() bool { return f.kind == protowire.BytesType }

// message calls read for the fields of a message in a field.
func (f field) message(read func(field) error) error {
	if !f.isBytes() {
		return errMessage
	}
	return readFields(f.bytes, read)
}

// set stores a string, and refuses a field of another type.
func (f field) set(to *string) error {
	if !f.isBytes() {
		return errMessage
	}
	*to = f.text()
	return nil
}

// ReadCheckRequest returns an error for bytes that are not a message. The request does not refer to them.
func ReadCheckRequest(message []byte) (*CheckRequest, error) {
	request := &CheckRequest{}
	return request, readFields(message, func(f field) error {
		if f.number != 1 {
			return nil
		}
		// The last one counts.
		*request = CheckRequest{}
		return f.message(request.readAttribute)
	})
}

func (r *CheckRequest) readAttribute(f field) error {
	switch f.number {
	case 1:
		r.Source = Peer{}
		return f.message(r.Source.read)
	case 2:
		r.Destination = Peer{}
		return f.message(r.Destination.read)
	case 4:
		r.HTTP, r.Time = HTTPRequest{}, nil
		return f.message(r.readRequest)
	case 10:
		return readPair(f, &r.ContextExtensions)
	case 11:
		r.MetadataContext = nil
		return readMetadata(f, &r.MetadataContext)
	case 12:
		r.SNI = ""
		return f.message(func(f field) error {
			if f.number == 1 {
				return f.set(&r.SNI)
			}
			return nil
		})
	case 13:
		r.RouteMetadata = nil
		return readMetadata(f, &r.RouteMetadata)
	}
	return nil
}

func (r *CheckRequest) readRequest(f field) error {
	switch f.number {
	case 1:
		r.Time = &Timestamp{}
		return f.message(func(f field) error {
			switch f.number {
			case 1:
				r.Time.Seconds = int64(f.integer)
			case 2:
				r.Time.Nanos = int32(f.integer)
			}
			return nil
		})
	case 2:
		r.HTTP = HTTPRequest{}
		return f.message(r.HTTP.read)
	}
	return nil
}

func (h *HTTPRequest) read(f field) error {
	switch f.number {
	case 1:
		return f.set(&h.ID)
	case 2:
		return f.set(&h.Method)
	case 3:
		return readPair(f, &h.Headers)
	case 4:
		return f.set(&h.Path)
	case 5:
		return f.set(&h.Host)
	case 6:
		return f.set(&h.Scheme)
	case 9:
		size := int64(f.integer)
		h.Size = &size
	case 10:
		return f.set(&h.Protocol)
	case 11:
		if !h.hasRawBody {
			return f.set(&h.Body)
		}
	case 12:
		h.hasRawBody = true
		return f.set(&h.Body)
	case 13:
		h.HeaderMap = nil
		return f.message(h.readHeader)
	}
	return nil
}

func (h *HTTPRequest) readHeader(f field) error {
	if f.number != 1 {
		return nil
	}
	var pair Pair
	var raw []byte
	err := f.message(func(f field) error {
		switch f.number {
		case 1:
			return f.set(&pair.Name)
		case 2:
			return f.set(&pair.Value)
		case 3:
			raw = f.bytes
		}
		return nil
	})
	if pair.Value == "" {
		pair.Value = DecodeText(raw)
	}
	h.HeaderMap = append(h.HeaderMap, pair)
	return err
}

func (p *Peer) read(f field) error {
	switch f.number {
	case 1:
		p.Address, p.Port, p.Pipe = "", 0, ""
		return f.message(p.readAddress)
	case 2:
		return f.set(&p.Service)
	case 3:
		return readPair(f, &p.Labels)
	case 4:
		return f.set(&p.Principal)
	}
	return nil
}

func (p *Peer) readAddress(f field) error {
	switch f.number {
	case 1:
		p.Address, p.Port = "", 0
		return f.message(func(f field) error {
			switch f.number {
			case 2:
				return f.set(&p.Address)
			case 3:
				p.Port = uint32(f.integer)
			}
			return nil
		})
	case 2:
		p.Pipe = ""
		return f.message(func(f field) error {
			if f.number == 1 {
				return f.set(&p.Pipe)
			}
			return nil
		})
	}
	return nil
}

// readPair reads an entry of a map of strings.
func readPair(f field, pairs *[]Pair) error {
	var pair Pair
	err := f.message(func(f field) error {
		switch f.number {
		case 1:
			return f.set(&pair.Name)
		case 2:
			return f.set(&pair.Value)
		}
		return nil
	})
	*pairs = append(*pairs, pair)
	return err
}

func readMetadata(f field, namespaces *[]Namespace) error {
	return f.message(func(f field) error {
		if f.number != 1 {
			return nil
		}
		namespace := Namespace{Members: cel.Empty}
		err := f.message(func(f field) (err error) {
			switch f.number {
			case 1:
				return f.set(&namespace.Name)
			case 2:
				namespace.Members, err = readStruct(f, 0)
			}
			return err
		})
		*namespaces = append(*namespaces, namespace)
		return err
	})
}

// readStruct reads an object of JSON (google.protobuf.Struct).
func readStruct(f field, level int) (*cel.Map, error) {
	if level > maxLevels {
		return nil, errDepth
	}
	members := &cel.Map{}
	err := f.message(func(f field) error {
		if f.number != 1 {
			return nil
		}
		var name string
		var value *cel.Value
		err := f.message(func(f field) error {
			switch f.number {
			case 1:
				return f.set(&name)
			case 2:
				read, err := readValue(f, level+1)
				value = &read
				return err
			}
			return nil
		})
		if err == nil && value == nil {
			err = errValue
		}
		if err == nil {
			members.Set(name, *value)
		}
		return err
	})
	return members.Sort(), err
}

// Of several kinds in one value the first of these counts.
const (
	structKind = iota
	listKind
	stringKind
	numberKind
	boolKind
	nullKind
)

// readValue reads a value of JSON (google.protobuf.Value).
func readValue(f field, level int) (value cel.Value, err error) {
	best := nullKind
	take := func(kind int, read cel.Value) {
		if kind <= best {
			value, best = read, kind
		}
	}
	return value, f.message(func(f field) error {
		switch f.number {
		case 2:
			take(numberKind, cel.Num(math.Float64frombits(f.integer)))
		case 3:
			var text string
			err := f.set(&text)
			take(stringKind, cel.Str(text))
			return err
		case 4:
			take(boolKind, cel.Truth(f.integer != 0))
		case 5:
			members, err := readStruct(f, level+1)
			take(structKind, cel.Object(members))
			return err
		case 6:
			elements, err := readList(f, level+1)
			take(listKind, cel.List(elements))
			return err
		}
		return nil
	})
}

func readList(f field, level int) ([]cel.Value, error) {
	if level > maxLevels {
		return nil, errDepth
	}
	elements := []cel.Value{}
	return elements, f.message(func(f field) error {
		if f.number != 1 {
			return nil
		}
		value, err := readValue(f, level+1)
		elements = append(elements, value)
		return err
	})
}

// DecodeText replaces what is not UTF-8 by U+FFFD, as browsers do: one for each part of a character that is not complete.
func DecodeText(bytes []byte) string {
	if utf8.Valid(bytes) {
		return string(bytes)
	}
	var text strings.Builder
	for at := 0; at < len(bytes); {
		if char, width := utf8.DecodeRune(bytes[at:]); char != utf8.RuneError || width > 1 {
			text.WriteRune(char)
			at += width
			continue
		}
		text.WriteRune(utf8.RuneError)
		at += brokenLength(bytes[at:])
	}
	return text.String()
}

// brokenLength returns the length of the longest start of a character at the start of bytes that are not one.
func brokenLength(bytes []byte) int {
	first := bytes[0]
	length, low, high := 0, byte(0x80), byte(0xbf)
	switch {
	case first >= 0xc2 && first <= 0xdf:
		length = 2
	case first >= 0xe0 && first <= 0xef:
		length = 3
	case first >= 0xf0 && first <= 0xf4:
		length = 4
	}
	switch first {
	case 0xe0:
		low = 0xa0
	case 0xed:
		high = 0x9f
	case 0xf0:
		low = 0x90
	case 0xf4:
		high = 0x8f
	}
	at := 1
	for ; at < length && at < len(bytes) && bytes[at] >= low && bytes[at] <= high; at++ {
		low, high = 0x80, 0xbf
	}
	return at
}
