package nhipol

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// External tables: the policy keeps their texts, and whoever is about to ask an instance brings it up to date first. So a
// table is there for all decisions that begin after it was loaded.

type tables struct {
	manifest *manifest
	// mostBytes is what tables may take in one instance.
	mostBytes int
	// loading lets one table be loaded at a time.
	loading sync.Mutex
	lock    sync.Mutex
	texts   []tableText
	// version counts all changes.
	version atomic.Uint64
}

// tableText is what a table holds, nil for nothing, and the version that it came with.
type tableText struct {
	text    []byte
	version uint64
}

func newTables(manifest *manifest, mostBytes int) *tables {
	return &tables{manifest: manifest, mostBytes: mostBytes, texts: make([]tableText, len(manifest.tables))}
}

// LoadTable fills an external table, in the place of what it held: JSON, an object by key, with two keys an object of
// objects. It gives a *TableError for anything else, and then the table holds what it held. Decisions that begin afterwards
// are by the new contents, those of sessions too.
func (p *Policy) LoadTable(name string, contents []byte) error {
	return p.changeTable(name, func(index int) *Fault { return p.fillTable(index, slices.Clone(contents)) })
}

// DropTable empties an external table: every look-up in it is unknown, as it is before the table is loaded.
func (p *Policy) DropTable(name string) error {
	return p.changeTable(name, func(index int) *Fault {
		p.tables.publish(index, nil)
		return nil
	})
}

func (p *Policy) changeTable(name string, change func(index int) *Fault) error {
	index := slices.IndexFunc(p.tables.manifest.tables, func(row tableRow) bool { return row.name == name })
	fault := p.tables.unknown()
	if index >= 0 {
		p.tables.loading.Lock()
		defer p.tables.loading.Unlock()
		fault = change(index)
	}
	if fault != nil {
		return &TableError{name, *fault}
	}
	return nil
}

// fillTable tries a text in one instance; if it is a table all others take it over when they are asked next.
func (p *Policy) fillTable(index int, text []byte) (fault *Fault) {
	var filled *instance
	isDone := false
	defer func() {
		switch {
		case isDone:
			p.instances.put(filled)
		default:
			fault = faultOf(recover())
			if filled != nil {
				p.instances.drop(filled)
			}
		}
	}()
	filled = p.instances.take()
	if _, fault := p.tables.bring(filled, 0); fault != nil {
		panic(engineFailure{fault.Expected, fault.Found})
	}
	if fault = filled.loadTable(p.tables.manifest.tables[index], index, text, p.tables.mostBytes); fault == nil {
		filled.tables[index] = p.tables.publish(index, text)
	}
	isDone = true
	return fault
}

func (t *tables) publish(index int, text []byte) uint64 {
	t.lock.Lock()
	defer t.lock.Unlock()
	version := t.version.Load() + 1
	t.texts[index] = tableText{text, version}
	t.version.Store(version)
	return version
}

// bring gives an instance the tables as they are now, and tells whether anything changed. besides is what else the instance
// may take. With a fault, for lack of room, it lacks a table and must not answer.
func (t *tables) bring(instance *instance, besides int) (isChanged bool, fault *Fault) {
	if instance.tablesSeen == t.version.Load() {
		return false, nil
	}
	t.lock.Lock()
	texts, version := slices.Clone(t.texts), t.version.Load()
	t.lock.Unlock()
	for index, held := range texts {
		if instance.tables[index] == held.version {
			continue
		}
		if held.text == nil {
			instance.callRaw("drop_table", uint64(index))
		} else if fault := instance.loadTable(t.manifest.tables[index], index, held.text, t.mostBytes+besides); fault != nil {
			return true, engineFault("an instance that takes the policy's tables", fault.Found)
		}
		instance.tables[index] = held.version
	}
	instance.tablesSeen = version
	return true, nil
}

func (t *tables) unknown() *Fault {
	expected := textNoTable
	if rows := t.manifest.tables; len(rows) > 0 {
		names := make([]string, len(rows))
		for at, row := range rows {
			names[at] = row.name
		}
		expected = fmt.Sprintf(textTableNames, strings.Join(names, ", "))
	}
	return wrong("unknown_table", expected, textUnknownTable)
}
