// Command nhipol-host tests and measures this host. Each of its commands prints one line of JSON, and exits with 1 if a result
// is not the expected one.
//
//	nhipol-host conformance DIR
//	nhipol-host measure PREFIX
//	nhipol-host stress PREFIX DECISIONS GOROUTINES
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/nhipol/nhipol/hosts/go/internal/conformance"
)

var errUsage = errors.New("usage: nhipol-host conformance DIR | measure PREFIX | stress PREFIX DECISIONS GOROUTINES")

func main() {
	report, isGood, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		if errors.Is(err, errUsage) {
			os.Exit(2)
		}
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(report); err != nil || !isGood {
		os.Exit(1)
	}
}

func run(arguments []string) (report any, isGood bool, err error) {
	switch {
	case len(arguments) == 2 && arguments[0] == "conformance":
		report, err := conformance.Run(arguments[1])
		return report, err == nil && report.Passed == report.Checks, err
	case len(arguments) == 2 && arguments[0] == "measure":
		report, err := measure(arguments[1])
		return report, err == nil, err
	case len(arguments) == 4 && arguments[0] == "stress":
		decisions, err := strconv.Atoi(arguments[2])
		if err != nil {
			return nil, false, err
		}
		goroutines, err := strconv.Atoi(arguments[3])
		if err != nil {
			return nil, false, err
		}
		report, err := stress(arguments[1], decisions, goroutines)
		return report, err == nil && report.Disagreements == 0, err
	default:
		return nil, false, errUsage
	}
}
