package nhipol

import "sync"

// pool hands out instances of a policy's module, each to one caller at a time. The one that came back last goes out first,
// since its memory is the warmest. There are never more than its limit: who finds none waits for one.
type pool struct {
	lock     sync.Mutex
	returned *sync.Cond
	free     []*instance
	// made counts all that there are; held those that callers have, and others that must not lose their engine.
	made, held int
	most       int
	isClosed   bool
	make       func() *instance
}

var closed = engineFailure{"a policy that is open", "one that was closed"}

func newPool(most int, make func() *instance) *pool {
	p := &pool{most: most, make: make}
	p.returned = sync.NewCond(&p.lock)
	return p
}

// take panics where no instance can be had. Each that it gives must be put back.
func (p *pool) take() *instance {
	p.lock.Lock()
	for {
		if p.isClosed {
			p.lock.Unlock()
			panic(closed)
		}
		if last := len(p.free) - 1; last >= 0 {
			taken := p.free[last]
			p.free = p.free[:last]
			p.held++
			p.lock.Unlock()
			return taken
		}
		if p.made < p.most {
			return p.makeOne()
		}
		p.returned.Wait()
	}
}

// makeOne has the lock, and gives it back.
func (p *pool) makeOne() *instance {
	p.made++
	p.held++
	p.lock.Unlock()
	var made *instance
	defer func() {
		if made == nil {
			p.drop(nil)
		}
	}()
	made = p.make()
	return made
}

// put takes back an instance that answered.
func (p *pool) put(back *instance) {
	p.lock.Lock()
	p.free = append(p.free, back)
	p.letGo()
}

// drop takes back one that failed, and is not asked again.
func (p *pool) drop(failed *instance) {
	if failed != nil {
		failed.close()
	}
	p.lock.Lock()
	p.made--
	p.letGo()
}

// hold keeps the engine until release; with a fault it is gone.
func (p *pool) hold() *Fault {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.isClosed {
		return engineFault(closed.expected, closed.found)
	}
	p.held++
	return nil
}

func (p *pool) release() {
	p.lock.Lock()
	p.letGo()
}

func (p *pool) letGo() {
	p.held--
	isClosed := p.isClosed
	p.lock.Unlock()
	if isClosed {
		p.returned.Broadcast()
	} else {
		p.returned.Signal()
	}
}

// close lets nobody in any more, and waits for those that are.
func (p *pool) close() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.isClosed = true
	p.returned.Broadcast()
	for p.held > 0 {
		p.returned.Wait()
	}
	p.free = nil
}
