package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// figure is a line of the output, in nanoseconds per decision.
type figure struct {
	Language string  `json:"language"`
	Workload string  `json:"workload"`
	Engine   string  `json:"engine"`
	NS       float64 `json:"ns"`
	Min      float64 `json:"min"`
	Lower    float64 `json:"lower"`
	Upper    float64 `json:"upper"`
	Rounds   int     `json:"rounds"`
	Checked  int     `json:"checked"`
}

const (
	// Rounds are many and short, so that the median is one of those that nothing else of the machine cut in two.
	rounds = 45
	// shortest is what one round of an engine takes at least.
	shortest = 10 * time.Millisecond
	// stretch is how many requests are decided between two looks at the clock.
	stretch = 25
)

type prepared struct {
	name   string
	decide func([]byte) (bool, error)
	times  []float64
	// next is the request that comes next: slow engines take several rounds for all of them.
	next int
}

// measure checks all engines on all requests, and then times them in turn, each once per round.
func measure(workload *workload) ([]figure, error) {
	var all []*prepared
	for _, engine := range engines {
		decide, err := engine.prepare(workload)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", engine.name, workload.name, err)
		}
		one := &prepared{name: engine.name, decide: decide}
		if err := one.check(workload); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	for range rounds {
		for _, one := range all {
			// None pays for what the one before it left behind.
			runtime.GC()
			one.times = append(one.times, one.time(workload))
		}
	}
	figures := make([]figure, len(all))
	for at, one := range all {
		figures[at] = one.figure(workload)
	}
	return figures, nil
}

func (p *prepared) check(workload *workload) error {
	for at, request := range workload.requests {
		allowed, err := p.decide(request)
		if err != nil {
			return fmt.Errorf("%s: %s: request %d: %w", p.name, workload.name, at, err)
		}
		if allowed != workload.allowed[at] {
			return fmt.Errorf("%s: %s: request %d: expected %t, found %t", p.name, workload.name, at, workload.allowed[at], allowed)
		}
	}
	return nil
}

func (p *prepared) time(workload *workload) float64 {
	count := 0
	start := time.Now()
	for {
		for range stretch {
			allowed, _ := p.decide(workload.requests[p.next])
			runtime.KeepAlive(allowed)
			p.next = (p.next + 1) % len(workload.requests)
		}
		count += stretch
		if taken := time.Since(start); taken >= shortest {
			return float64(taken.Nanoseconds()) / float64(count)
		}
	}
}

func (p *prepared) figure(workload *workload) figure {
	slices.Sort(p.times)
	at := func(share float64) float64 { return p.times[int(share*float64(len(p.times)-1))] }
	return figure{
		Language: "go",
		Workload: workload.name,
		Engine:   p.name,
		NS:       at(0.5),
		Min:      at(0),
		Lower:    at(0.25),
		Upper:    at(0.75),
		Rounds:   rounds,
		Checked:  len(workload.requests),
	}
}
