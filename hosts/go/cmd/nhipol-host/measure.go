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

// Rounds are many and short, so that the median is a round that was not interrupted.
const (
	rounds   = 101
	shortest = 5 * time.Millisecond
)

// measure returns nanoseconds per decision, as the median of alternating rounds.
func measure(prefix string) (*measurement, error) {
	read, err := readWorkload(prefix)
	if err != nil {
		return nil, err
	}
	json := func() { decideAll(read.requests, read.policy.DecideJSON) }
	native := func() { decideAll(read.values, read.policy.Decide) }
	times := [2][]float64{}
	for range rounds {
		times[0] = append(times[0], timeOf(json)/float64(len(read.requests)))
		times[1] = append(times[1], timeOf(native)/float64(len(read.requests)))
	}
	return &measurement{median(times[0]), median(times[1]), allocationsOf(json) / float64(len(read.requests))}, nil
}

func decideAll[Request any](requests []Request, decide func(Request) nhipol.Answer) {
	for _, request := range requests {
		runtime.KeepAlive(decide(request))
	}
}

// timeOf returns nanoseconds per call, as the mean of calls for a while.
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
