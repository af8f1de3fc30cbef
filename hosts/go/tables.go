package nhipol

import (
	"maps"
	"sync"
	"sync/atomic"
)

// External tables: a policy stores their contents, and updates an instance before it is called. So a table is in effect for
// all decisions that begin after it was loaded.

type tables struct {
	// changing is held while a table is loaded or dropped.
	changing sync.Mutex
	lock     sync.Mutex
	contents map[uint64]tableContents
	// version is the number of changes.
	version atomic.Uint64
}

// tableContents has the version of its change. The text is nil for a table that was dropped.
type tableContents struct {
	text    []byte
	version uint64
}

// LoadTable replaces the contents of an external table by JSON: an object by key, with two keys an object of objects.
// Decisions that begin afterwards use them, also those of sessions. Invalid contents are a *TableError, and the table is
// unchanged.
func (p *Policy) LoadTable(name string, contents []byte) error {
	return p.changeTable(name, append([]byte{}, contents...))
}

// DropTable empties an external table: every lookup in it is unknown, as before the table was loaded.
func (p *Policy) DropTable(name string) error { return p.changeTable(name, nil) }

// changeTable changes one instance. The others follow when they are called next.
func (p *Policy) changeTable(name string, text []byte) error {
	p.tables.changing.Lock()
	defer p.tables.changing.Unlock()
	refused := &Fault{Code: CodeUnknownTable, Path: "$", Expected: "no table", Found: "an unknown table"}
	failed := p.use(func(i *instance) {
		if !p.compiled.hasTables {
			return
		}
		number := i.call("table_find", i.writeName(name))
		if refused = i.setTable(number, text); refused == nil {
			i.tablesVersion = p.tables.publish(number, text)
			i.tables[number] = i.tablesVersion
		}
	})
	if failed != nil {
		refused = failed
	}
	if refused != nil {
		return &TableError{name, *refused}
	}
	return nil
}

// setTable fills a table, or empties it if the text is nil.
func (i *instance) setTable(number uint64, text []byte) *Fault {
	if text == nil {
		return i.refusal(i.call("table_drop", number))
	}
	if address := i.call("table_text", lengthOf(text)); address != 0 {
		i.write(address, text)
	}
	return i.refusal(i.call("table_load", number))
}

func (t *tables) publish(number uint64, text []byte) uint64 {
	t.lock.Lock()
	defer t.lock.Unlock()
	version := t.version.Load() + 1
	t.contents[number] = tableContents{text, version}
	t.version.Store(version)
	return version
}

// update gives an instance the current tables. If it has no room for them, it must not answer.
func (t *tables) update(i *instance) *Fault {
	if i.tablesVersion == t.version.Load() {
		return nil
	}
	t.lock.Lock()
	contents, version := maps.Clone(t.contents), t.version.Load()
	t.lock.Unlock()
	for number, current := range contents {
		if i.tables[number] == current.version {
			continue
		}
		if refused := i.setTable(number, current.text); refused != nil {
			return engineError{"an instance that has room for the tables", refused.Found}.fault()
		}
		i.tables[number] = current.version
	}
	i.tablesVersion = version
	return nil
}
