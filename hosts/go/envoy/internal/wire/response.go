package wire

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
)

// CheckResponse is the response to a request that Envoy checks.
type CheckResponse struct {
	// Code and Message are those of google.rpc.Status.
	Code    int32
	Message string
	// Status is that of HTTP for a client that is refused; 0: the request goes on.
	Status int32
	// Headers are those of the request for the upstream, or of the response to the client. They replace others.
	Headers []Pair
	// Remove has the names of headers that are removed from a request that goes on.
	Remove []string
	Body   string
	// Metadata is the dynamic metadata, in JSON.
	Metadata *cel.Map
}

const overwrite = 2

// Append appends the message.
func (r *CheckResponse) Append(dst []byte) []byte {
	status := appendInteger(nil, 1, uint64(r.Code))
	if r.Message != "" {
		status = appendText(status, 2, r.Message)
	}
	dst = appendMessage(dst, 1, status)
	if r.Status != 0 {
		denied := appendMessage(nil, 1, appendInteger(nil, 1, uint64(r.Status)))
		for _, header := range r.Headers {
			denied = appendHeader(denied, header)
		}
		dst = appendMessage(dst, 2, appendText(denied, 3, r.Body))
	} else {
		var permitted []byte
		for _, header := range r.Headers {
			permitted = appendHeader(permitted, header)
		}
		for _, name := range r.Remove {
			permitted = appendMessage(permitted, 5, []byte(name))
		}
		dst = appendMessage(dst, 3, permitted)
	}
	return appendMessage(dst, 4, appendStruct(nil, r.Metadata))
}

func appendMessage(dst []byte, number protowire.Number, message []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(dst, number, protowire.BytesType), message)
}

func appendText(dst []byte, number protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(dst, number, protowire.BytesType), text)
}

func appendInteger(dst []byte, number protowire.Number, integer uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(dst, number, protowire.VarintType), integer)
}

// appendHeader appends a HeaderValueOption, whose number, 2, is the same for both kinds of response.
func appendHeader(dst []byte, header Pair) []byte {
	value := appendText(appendText(nil, 1, header.Name), 2, header.Value)
	return appendMessage(dst, 2, appendInteger(appendMessage(nil, 1, value), 3, overwrite))
}

func appendStruct(dst []byte, members *cel.Map) []byte {
	for at := range members.Len() {
		name, value := members.At(at)
		entry := appendMessage(appendMessage(nil, 1, []byte(name)), 2, appendValue(nil, value))
		dst = appendMessage(dst, 1, entry)
	}
	return dst
}

func appendValue(dst []byte, value cel.Value) []byte {
	switch value.Kind {
	case cel.Bool:
		truth := uint64(0)
		if value.IsTrue() {
			truth = 1
		}
		return appendInteger(dst, 4, truth)
	case cel.Int, cel.Double:
		return protowire.AppendFixed64(protowire.AppendTag(dst, 2, protowire.Fixed64Type), math.Float64bits(value.Number))
	case cel.String, cel.Exact:
		return appendMessage(dst, 3, []byte(value.Text))
	case cel.MapKind:
		return appendMessage(dst, 5, appendStruct(nil, value.Map()))
	case cel.ListKind:
		var list []byte
		for _, element := range value.Elements() {
			list = appendMessage(list, 1, appendValue(nil, element))
		}
		return appendMessage(dst, 6, list)
	}
	return appendInteger(dst, 1, 0)
}
