package server

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/check"
)

// start returns a server and its address. Its checker is not complete: each check panics.
func start(t *testing.T) (*Server, string) {
	t.Helper()
	server := New(Options{
		Checker:         &check.Checker{},
		MaxMessageBytes: 1 << 10,
		MessageTimeout:  100 * time.Millisecond,
		Warn:            func(string) {},
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.grpc.Stop)
	return server, listener.Addr().String()
}

func connect(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	client, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// raw is a message of bytes.
type raw []byte

type rawCodec struct{}

func (rawCodec) Marshal(message any) ([]byte, error)       { return message.(raw), nil }
func (rawCodec) Unmarshal(bytes []byte, message any) error { *message.(*raw) = bytes; return nil }
func (rawCodec) Name() string                              { return "proto" }

func checkBytes(client *grpc.ClientConn, bytes []byte) codes.Code {
	var response raw
	err := client.Invoke(context.Background(), "/"+serviceName+"/Check", raw(bytes), &response, grpc.ForceCodec(rawCodec{}))
	return status.Code(err)
}

func TestBrokenChecksDoNotEndTheServer(t *testing.T) {
	_, address := start(t)
	client := connect(t, address)
	if code := checkBytes(client, []byte{0x0a, 5, 1}); code != codes.Internal {
		t.Errorf("half a message: %v", code)
	}
	if code := checkBytes(client, make([]byte, 2<<10)); code != codes.ResourceExhausted {
		t.Errorf("a long message: %v", code)
	}
	if code := checkBytes(client, nil); code != codes.Internal {
		t.Errorf("a panic: %v", code)
	}
	if found, err := healthpb.NewHealthClient(client).Check(context.Background(), &healthpb.HealthCheckRequest{Service: serviceName}); err != nil || found.Status != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("found %v, %v", found, err)
	}
	err := client.Invoke(context.Background(), "/agentgateway.dev.ext_mcp.ExtMcp/CheckRequest", raw(nil), &raw{}, grpc.ForceCodec(rawCodec{}))
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("another service: %v", err)
	}
}

func TestAMessageThatDoesNotArriveEndsItsConnection(t *testing.T) {
	_, address := start(t)
	client := connect(t, address)
	description := &grpc.StreamDesc{ClientStreams: true}
	stream, err := client.NewStream(context.Background(), description, "/"+serviceName+"/Check", grpc.ForceCodec(rawCodec{}))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := stream.RecvMsg(&raw{}); status.Code(err) != codes.Unavailable {
		t.Errorf("found %v", err)
	}
	if waited := time.Since(began); waited > 5*time.Second {
		t.Errorf("it waited for %v", waited)
	}
}

func TestCloseReportsThatTheServerIsNotServing(t *testing.T) {
	server, address := start(t)
	watch, err := healthpb.NewHealthClient(connect(t, address)).Watch(context.Background(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	var statuses []healthpb.HealthCheckResponse_ServingStatus
	for {
		found, err := watch.Recv()
		if err != nil {
			break
		}
		if statuses = append(statuses, found.Status); len(statuses) == 1 {
			go func() { server.Close(50 * time.Millisecond); close(closed) }()
		}
		if len(statuses) == 2 {
			_ = watch.CloseSend()
			break
		}
	}
	if len(statuses) != 2 || statuses[1] != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("found %v", statuses)
	}
	server.grpc.Stop()
	<-closed
	if _, err := net.DialTimeout("tcp", address, time.Second); err == nil {
		t.Error("the server still listens")
	}
}
