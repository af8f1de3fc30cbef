// Package server answers checks of Envoy over gRPC (envoy.service.auth.v3.Authorization), and reports its health
// (grpc.health.v1).
package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/check"
)

// Options are what a Server needs.
type Options struct {
	Checker *check.Checker
	// MaxMessageBytes is the length of the longest check.
	MaxMessageBytes int
	// MessageTimeout is how long a check may take to arrive.
	MessageTimeout time.Duration
	// TLS is nil for a listener without it.
	TLS *tls.Config
	// Warn receives what an operator should know.
	Warn func(string)
}

// Server answers checks.
type Server struct {
	options Options
	grpc    *grpc.Server
	health  *health.Server
}

const serviceName = "envoy.service.auth.v3.Authorization"

const (
	// maxConcurrentCalls is the number of calls that one connection may have at once.
	maxConcurrentCalls = 1_000
	// keepAlive is how often an idle connection is probed.
	keepAlive = time.Minute
	// maxEnding is how long calls may still run when the server ends.
	maxEnding = 5 * time.Second
	// handshakeTimeout is how long a connection may take to begin.
	handshakeTimeout = 10 * time.Second
	bufferBytes      = 32 << 10
)

// New returns a server that does not listen yet.
func New(options Options) *Server {
	settings := []grpc.ServerOption{
		grpc.ForceServerCodecV2(newCodec()),
		grpc.MaxRecvMsgSize(options.MaxMessageBytes),
		grpc.MaxConcurrentStreams(maxConcurrentCalls),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: keepAlive}),
		grpc.ConnectionTimeout(handshakeTimeout),
		grpc.ReadBufferSize(bufferBytes),
		grpc.WriteBufferSize(bufferBytes),
	}
	if options.TLS != nil {
		settings = append(settings, grpc.Creds(credentials.NewTLS(options.TLS)))
	}
	s := &Server{options: options, grpc: grpc.NewServer(settings...), health: health.NewServer()}
	s.health.SetServingStatus(serviceName, healthpb.HealthCheckResponse_SERVING)
	healthpb.RegisterHealthServer(s.grpc, s.health)
	s.grpc.RegisterService(&grpc.ServiceDesc{
		ServiceName: serviceName,
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Check", Handler: s.check}},
	}, nil)
	return s
}

// Serve answers until the server was closed.
func (s *Server) Serve(tcp net.Listener) error { return s.grpc.Serve(listener{tcp}) }

// check answers a check. The connection of a check that takes too long to arrive is closed.
func (s *Server) check(_ any, ctx context.Context, read func(any) error, _ grpc.UnaryServerInterceptor) (response any, err error) {
	defer func() {
		if failure := recover(); failure != nil {
			s.options.Warn(fmt.Sprint("a call failed: ", failure))
			response, err = nil, status.Error(codes.Internal, "the service failed")
		}
	}()
	message := &incoming{}
	late := time.AfterFunc(s.options.MessageTimeout, func() { closeConnection(ctx) })
	err = read(message)
	late.Stop()
	if err != nil {
		return nil, err
	}
	return outgoing(s.options.Checker.Check(message.request)), nil
}

func closeConnection(ctx context.Context) {
	caller, ok := peer.FromContext(ctx)
	if !ok {
		return
	}
	if known, ok := caller.Addr.(address); ok {
		_ = known.conn.Close()
	}
}

// Close reports at once that the server is not serving, and ends after the calls that run. drain is how long it answers before.
func (s *Server) Close(drain time.Duration) {
	s.health.Shutdown()
	time.Sleep(drain)
	force := time.AfterFunc(maxEnding, s.grpc.Stop)
	defer force.Stop()
	s.grpc.GracefulStop()
}
