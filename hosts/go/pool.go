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
func (p *pool) take() *instance {
	p.lock.Lock()
	defer p.lock.Unlock()
	for len(p.free) == 0 && p.made >= p.limit {
		p.returned.Wait()
	}
	last := len(p.free) - 1
	if last < 0 {
		p.made++
		return nil
	}
	taken := p.free[last]
	p.free = p.free[:last]
	return taken
}

// put takes an instance back. One that failed is not lent again.
func (p *pool) put(back *instance, isUsable bool) {
	if back != nil && !isUsable {
		back.close()
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	if isUsable {
		p.free = append(p.free, back)
	} else {
		p.made--
	}
	p.returned.Signal()
}
