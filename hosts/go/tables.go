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
	// current is nil before the first change. It is replaced, and never modified.
	current atomic.Pointer[tableState]
}

// tableState is the contents of the tables by number, after this number of changes.
type tableState struct {
	version  uint64
	contents map[uint64]tableContents
}

// tableContents has the version of its last change. The text is nil for a table that was dropped.
type tableContents struct {
	version uint64
	text    []byte
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
	fault := p.use(func(i *instance) *Fault {
		if !i.hasTables {
			return &Fault{CodeUnknownTable, "$", textNoTable, textUnknownTable, 0}
		}
		number := i.call("table_find", i.writeName(name))
		refusal := i.setTable(number, text)
		if refusal == nil {
			i.tablesVersion = p.tables.publish(number, text)
		}
		return refusal
	})
	if fault != nil {
		return &TableError{name, *fault}
	}
	return nil
}

// setTable fills a table, or empties it if the text is nil.
func (i *instance) setTable(number uint64, text []byte) *Fault {
	if text == nil {
		return i.refusal(i.call("table_drop", number))
	}
	i.writeText("table_text", text)
	return i.refusal(i.call("table_load", number))
}

// publish returns the version of the change.
func (t *tables) publish(number uint64, text []byte) uint64 {
	next := &tableState{version: 1, contents: map[uint64]tableContents{}}
	if current := t.current.Load(); current != nil {
		next.version = current.version + 1
		maps.Copy(next.contents, current.contents)
	}
	next.contents[number] = tableContents{next.version, text}
	t.current.Store(next)
	return next.version
}

// use gives an instance the current tables, and calls act with it. An instance that has no room for them must not answer.
func (t *tables) use(i *instance, act func(*instance) *Fault) *Fault {
	state := t.current.Load()
	if state == nil || i.tablesVersion == state.version {
		return act(i)
	}
	for number, table := range state.contents {
		if table.version <= i.tablesVersion {
			continue
		}
		if refusal := i.setTable(number, table.text); refusal != nil {
			return engineError("an instance that has room for the tables", refusal.Found)
		}
	}
	i.tablesVersion = state.version
	return act(i)
}
