package main

import (
	"runtime"
	"slices"
	"time"
)

type measurement struct {
	JSON        float64 `json:"json"`
	Native      float64 `json:"native"`
	Response    float64 `json:"response"`
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
	response := func() { decideAll(read.requests, read.policy.DecideResponse) }
	count := float64(len(read.requests))
	times := [3][]float64{}
	for range rounds {
		for way, all := range []func(){json, native, response} {
			times[way] = append(times[way], timeOf(all)/count)
		}
	}
	return &measurement{median(times[0]), median(times[1]), median(times[2]), allocationsOf(json) / count}, nil
}

func decideAll[Request, Result any](requests []Request, decide func(Request) Result) {
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
