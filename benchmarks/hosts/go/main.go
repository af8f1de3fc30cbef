// Command go compares the Go host of nhipol with alternatives for services in Go, from the same JSON bytes:
//
//	go run . FOLDER [WORKLOAD…]
//
// The folder contains the files of the workloads. All engines must decide all requests as expected. Then it prints a line of JSON
// for each workload and engine. It exits with 1 if an engine disagrees.
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
