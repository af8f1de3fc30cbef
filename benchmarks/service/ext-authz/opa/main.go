// A server of Envoy's external authorization that decides by OPA with a prepared query, as OPA's plugin for Envoy does: it
// converts each check to JSON, and evaluates it. Usage: opa ADDRESS POLICY.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"strings"

	"github.com/google/uuid"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"github.com/open-policy-agent/opa/v1/rego"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
)

type server struct {
	auth.UnimplementedAuthorizationServer
	query rego.PreparedEvalQuery
}

// The input is the request as JSON, with its path in parts.
func inputOf(request *auth.CheckRequest) (map[string]any, error) {
	text, err := protojson.Marshal(request)
	if err != nil {
		return nil, err
	}
	var input map[string]any
	if err := json.Unmarshal(text, &input); err != nil {
		return nil, err
	}
	path, _, _ := strings.Cut(request.GetAttributes().GetRequest().GetHttp().GetPath(), "?")
	input["parsed_path"] = path
	return input, nil
}

func header(key, value string) *core.HeaderValueOption {
	return &core.HeaderValueOption{Header: &core.HeaderValue{Key: key, Value: value}}
}

func (s *server) Check(ctx context.Context, request *auth.CheckRequest) (*auth.CheckResponse, error) {
	input, err := inputOf(request)
	if err != nil {
		return nil, err
	}
	results, err := s.query.Eval(ctx, rego.EvalInput(input))
	if err != nil {
		return nil, err
	}
	id := uuid.NewString()
	if results.Allowed() {
		return &auth.CheckResponse{
			Status: &status.Status{Code: 0},
			HttpResponse: &auth.CheckResponse_OkResponse{OkResponse: &auth.OkHttpResponse{
				Headers: []*core.HeaderValueOption{header("x-effect", "permit"), header("x-decision-id", id)},
			}},
		}, nil
	}
	return &auth.CheckResponse{
		Status: &status.Status{Code: 7},
		HttpResponse: &auth.CheckResponse_DeniedResponse{DeniedResponse: &auth.DeniedHttpResponse{
			Status:  &envoytype.HttpStatus{Code: envoytype.StatusCode_Forbidden},
			Headers: []*core.HeaderValueOption{header("x-decision-id", id)},
			Body:    `{"title":"Forbidden","status":403}`,
		}},
	}, nil
}

func main() {
	policy, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	query, err := rego.New(
		rego.Query("data.bench.ext_authz.allow"),
		rego.Module("policy.rego", string(policy)),
	).PrepareForEval(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening for gRPC, %s\n", listener.Addr())
	listening := grpc.NewServer()
	auth.RegisterAuthorizationServer(listening, &server{query: query})
	log.Fatal(listening.Serve(listener))
}
