package main

import (
	"runtime"
	"slices"
	"time"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

type measurement struct {
	JSON        float64 `json:"json"`
	Native      float64 `json:"native"`
	Allocations float64 `json:"allocations"`
}

// Rounds are many and short, so that the median is one of those that nothing else of the machine cut in two.
const (
	rounds   = 101
	shortest = 5 * time.Millisecond
)

// measure gives nanoseconds for each decision, as the median of rounds that take turns.
func measure(prefix string) (*measurement, error) {
	read, err := readWorkload(prefix)
	if err != nil {
		return nil, err
	}
	json := func() { askAll(read.requests, read.policy.Decide) }
	native := func() { askAll(read.values, read.policy.DecideValue) }
	times := [2][]float64{}
	for range rounds {
		times[0] = append(times[0], timeOf(json)/float64(len(read.requests)))
		times[1] = append(times[1], timeOf(native)/float64(len(read.requests)))
	}
	return &measurement{median(times[0]), median(times[1]), allocationsOf(json) / float64(len(read.requests))}, nil
}

func askAll[Request any](requests []Request, decide func(Request) nhipol.Answer) {
	for _, request := range requests {
		runtime.KeepAlive(decide(request))
	}
}

// timeOf repeats it for a while.
func timeOf(all func()) float64 {
	start := time.Now()
	for count := 1; ; count++ {
		all()
		if taken := time.Since(start); taken >= shortest {
			return float64(taken.Nanoseconds()) / float64(count)
		}
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

func allocationsOf(all func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	all()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs)
}
