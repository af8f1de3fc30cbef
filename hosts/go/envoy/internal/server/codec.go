package server

import (
	"google.golang.org/grpc/encoding"
	// Registers the codec of the other services.
	_ "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/wire"
)

// codec reads and writes the messages of checks, and leaves those of other services to the codec of the library.
type codec struct{ others encoding.CodecV2 }

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

// incoming is a check that arrives.
type incoming struct{ request *wire.CheckRequest }

// outgoing is the response to a check, in the format of protobuf.
type outgoing []byte

func (c codec) Marshal(message any) (mem.BufferSlice, error) {
	if response, ok := message.(outgoing); ok {
		return mem.BufferSlice{mem.SliceBuffer(response)}, nil
	}
	return c.others.Marshal(message)
}

func (c codec) Unmarshal(data mem.BufferSlice, message any) (err error) {
	check, ok := message.(*incoming)
	if !ok {
		return c.others.Unmarshal(data, message)
	}
	buffer := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buffer.Free()
	check.request, err = wire.ReadCheckRequest(buffer.ReadOnlyData())
	return err
}

func (codec) Name() string { return "proto" }
