package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// workload is a policy in the languages of all engines, as files, and requests with their expected decisions.
type workload struct {
	folder, name string
	requests     [][]byte
	allowed      []bool
}

// readWorkloads reads the workloads with the names, or all in the folder.
func readWorkloads(folder string, names []string) ([]*workload, error) {
	if len(names) == 0 {
		found, err := filepath.Glob(filepath.Join(folder, "*.wasm"))
		if err != nil {
			return nil, err
		}
		for _, path := range found {
			names = append(names, strings.TrimSuffix(filepath.Base(path), ".wasm"))
		}
		slices.Sort(names)
	}
	var workloads []*workload
	for _, name := range names {
		read, err := readWorkload(folder, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		workloads = append(workloads, read)
	}
	return workloads, nil
}

func readWorkload(folder, name string) (*workload, error) {
	read := &workload{folder: folder, name: name}
	requests, err := read.read("jsonl")
	if err != nil {
		return nil, err
	}
	effects, err := read.read("effects")
	if err != nil {
		return nil, err
	}
	read.requests = bytes.Split(bytes.TrimSpace(requests), []byte("\n"))
	for _, effect := range strings.Fields(string(effects)) {
		read.allowed = append(read.allowed, effect == "permit")
	}
	if len(read.requests) != len(read.allowed) {
		return nil, fmt.Errorf("%d requests, and %d effects", len(read.requests), len(read.allowed))
	}
	return read, nil
}

func (w *workload) read(ending string) ([]byte, error) {
	return os.ReadFile(filepath.Join(w.folder, w.name+"."+ending))
}

func (w *workload) readIfThere(ending string) ([]byte, error) {
	text, err := w.read(ending)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}
