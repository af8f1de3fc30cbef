// A server or a client that reads by the transports of the Go SDK, `hostile server` or `hostile client COMMAND...`, and a
// server with a tool: `hostile echo`.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
	"unicode/utf16"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

var seen *os.File

func main() {
	path := os.Getenv("HOSTILE_SEEN")
	if path == "" {
		path = os.DevNull
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	seen = file
	switch os.Args[1] {
	case "server":
		read(&mcp.StdioTransport{}, true)
	case "client":
		read(&mcp.CommandTransport{Command: exec.Command(os.Args[2], os.Args[3:]...)}, false)
	default:
		echo()
	}
}

// see writes the message in ASCII.
func see(message any) {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	quoted := ""
	for _, each := range string(text) {
		if each < 0x7f {
			quoted += string(each)
		} else {
			for _, unit := range utf16.Encode([]rune{each}) {
				quoted += fmt.Sprintf(`\u%04x`, unit)
			}
		}
	}
	fmt.Fprintln(seen, quoted)
}

const tools = `{"tools":[{"name":"echo","inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}}]}`

func read(transport mcp.Transport, isServer bool) {
	ctx := context.Background()
	connection, err := transport.Connect(ctx)
	if err != nil {
		panic(err)
	}
	if !isServer {
		for n := range 500 {
			id, _ := jsonrpc.MakeID(float64(n + 1))
			_ = connection.Write(ctx, &jsonrpc.Request{ID: id, Method: "ping"})
		}
	}
	for failures := 0; failures < 10; {
		message, err := connection.Read(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			failures++
			see(map[string]string{"unreadable": err.Error()})
			continue
		}
		encoded, err := jsonrpc.EncodeMessage(message)
		if err != nil {
			panic(err)
		}
		see(json.RawMessage(encoded))
		if request, ok := message.(*jsonrpc.Request); ok && isServer && request.ID.IsValid() {
			result := `{}`
			if request.Method == "tools/list" {
				result = tools
			}
			_ = connection.Write(ctx, &jsonrpc.Response{ID: request.ID, Result: json.RawMessage(result)})
		}
	}
	_ = connection.Close()
}

type echoArguments struct {
	Text  string `json:"text"`
	Delay int    `json:"delay,omitempty"`
}

func echo() {
	server := mcp.NewServer(&mcp.Implementation{Name: "peer", Version: "1.0.0"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "echo"}, func(_ context.Context, _ *mcp.CallToolRequest, given echoArguments) (*mcp.CallToolResult, any, error) {
		time.Sleep(time.Duration(given.Delay) * time.Millisecond)
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: given.Text}}}, nil, nil
	})
	if err := server.Run(context.Background(), &mcp.StdioTransport{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
