// Command go compares nhipol's Go host with what a service in Go would use instead, from the same JSON bytes:
//
//	go run . FOLDER [WORKLOAD…]
//
// The folder has the workloads as files. All engines must decide all requests as expected; then a line of JSON is printed
// for each workload and engine. It ends with 1 if an engine disagrees.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: go run . FOLDER [WORKLOAD…]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string, names []string) error {
	workloads, err := readWorkloads(folder, names)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(os.Stdout)
	for _, workload := range workloads {
		figures, err := measure(workload)
		if err != nil {
			return err
		}
		for _, figure := range figures {
			if err := lines.Encode(figure); err != nil {
				return err
			}
		}
	}
	return nil
}
