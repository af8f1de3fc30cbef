package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

type pressure struct {
	Decisions     int      `json:"decisions"`
	Threads       int      `json:"threads"`
	Disagreements int64    `json:"disagreements"`
	Memory        [2]int64 `json:"memory"`
}

// stress distributes the decisions among goroutines. The memory is that of the process in bytes, after the first tenth and at
// the end.
func stress(prefix string, decisions, goroutines int) (*pressure, error) {
	read, err := readWorkload(prefix)
	if err != nil {
		return nil, err
	}
	report := &pressure{Decisions: decisions, Threads: goroutines}
	warmup := decisions / 10
	for at, part := range []int{warmup, decisions - warmup} {
		report.Disagreements += read.share(part, goroutines)
		if report.Memory[at], err = residentBytes(); err != nil {
			return nil, err
		}
	}
	return report, nil
}

func (w *workload) share(decisions, goroutines int) int64 {
	var disagreements atomic.Int64
	var group sync.WaitGroup
	for worker := range goroutines {
		group.Go(func() {
			for at := worker; at < decisions; at += goroutines {
				place := at % len(w.requests)
				if w.policy.DecideJSON(w.requests[place]).Effect() != w.effects[place] {
					disagreements.Add(1)
				}
			}
		})
	}
	group.Wait()
	return disagreements.Load()
}

// residentBytes returns the resident memory after a garbage collection.
func residentBytes() (int64, error) {
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		var kilobytes int64
		if _, err := fmt.Sscanf(string(line), "VmRSS: %d kB", &kilobytes); err == nil {
			return kilobytes * 1024, nil
		}
	}
	return 0, fmt.Errorf("no VmRSS in /proc/self/status")
}
