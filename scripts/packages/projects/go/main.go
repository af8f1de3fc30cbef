package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strings"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

func main() {
	module, err := os.ReadFile("policy.wasm")
	if err != nil {
		log.Fatal(err)
	}
	policy, err := nhipol.Load(module)
	if err != nil {
		log.Fatal(err)
	}
	defer policy.Close()
	requests, err := os.ReadFile("requests.jsonl")
	if err != nil {
		log.Fatal(err)
	}
	for request := range bytes.Lines(requests) {
		answer := policy.DecideJSON(request)
		fmt.Println(answer.Effect(), strings.Join(answer.Reasons(), " "))
	}
}
