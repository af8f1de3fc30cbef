package nhipol

import "sync"

// pool lends the instances of a policy, each to one caller at a time. The instance that was returned last is lent first,
// because its memory is in the processor's cache. A caller waits while as many as the limit are lent.
type pool struct {
	lock     sync.Mutex
	returned *sync.Cond
	free     []*instance
	// made is the number of instances, including those that callers are about to make.
	made, limit int
}

func newPool(limit int, first *instance) *pool {
	p := &pool{limit: limit, free: []*instance{first}, made: 1}
	p.returned = sync.NewCond(&p.lock)
	return p
}

// take returns nil if the caller must make an instance.
func (p *pool) take() (taken *instance) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for len(p.free) == 0 && p.made >= p.limit {
		p.returned.Wait()
	}
	if last := len(p.free) - 1; last >= 0 {
		taken, p.free = p.free[last], p.free[:last]
	} else {
		p.made++
	}
	return taken
}

// put takes an instance back. One that failed is nil.
func (p *pool) put(back *instance) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if back != nil {
		p.free = append(p.free, back)
	} else {
		p.made--
	}
	p.returned.Signal()
}
