// Package conformance runs the cases that every host must pass: it takes a folder, and returns the number of checks that
// passed and the failures of the others.
package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

// Report is the result of all cases.
type Report struct {
	Checks   int      `json:"checks"`
	Passed   int      `json:"passed"`
	Failures []string `json:"failures"`
}

// maxFailures limits the length of the report.
const maxFailures = 20

func (r *Report) check(name, problem string) {
	r.Checks++
	if problem == "" {
		r.Passed++
	} else if len(r.Failures) < maxFailures {
		r.Failures = append(r.Failures, name+": "+problem)
	}
}

// Run runs all cases of a folder. An error means that the folder cannot be read.
func Run(folder string) (*Report, error) {
	var index struct {
		Checks int
		Cases  []string
	}
	if err := readJSON(filepath.Join(folder, "index.json"), &index); err != nil {
		return nil, err
	}
	report := &Report{Failures: []string{}}
	for _, name := range index.Cases {
		if err := runCase(folder, name, report); err != nil {
			return nil, err
		}
	}
	if err := runMalformed(folder, report); err != nil {
		return nil, err
	}
	if report.Checks != index.Checks {
		return nil, fmt.Errorf("the cases have %d checks, and their index says %d", report.Checks, index.Checks)
	}
	return report, nil
}

type caseFile struct {
	Name   string
	Module string
	Steps  []step
}

func runCase(folder, name string, report *Report) error {
	var read caseFile
	if err := readJSON(filepath.Join(folder, name), &read); err != nil {
		return err
	}
	module, err := os.ReadFile(filepath.Join(folder, read.Module))
	if err != nil {
		return err
	}
	policy, err := nhipol.Load(module)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer policy.Close()
	running := &runner{policy: policy}
	for at, step := range read.Steps {
		report.check(fmt.Sprintf("%s: %d %s %s", read.Name, at, step.Do, step.Name), running.run(&step))
	}
	return nil
}

func runMalformed(folder string, report *Report) error {
	var modules []struct {
		Name   string
		Module []byte `json:"module_base64"`
	}
	if err := readJSON(filepath.Join(folder, "malformed.json"), &modules); err != nil {
		return err
	}
	for _, each := range modules {
		report.check("malformed: "+each.Name, refused(each.Module))
	}
	return nil
}

func refused(module []byte) string {
	policy, err := nhipol.Load(module)
	if err == nil {
		_ = policy.Close()
		return "it was loaded"
	}
	if _, isLoadError := err.(*nhipol.LoadError); !isLoadError {
		return "another error: " + err.Error()
	}
	return ""
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
