package nhipol

import (
	"slices"
	"strings"
)

// The manifest out of its section: JSON comes in, checked data goes out, or why it is none.

func readManifest(sections []section) (*manifest, *LoadError) {
	value, err := readSection(sections, manifestSection, "manifest")
	if err != nil {
		return nil, err
	}
	if value == nil {
		return nil, refuse("the module has 0 manifests, expected one")
	}
	if err := expectABI(value); err != nil {
		return nil, err
	}
	reader := manifestReader{}
	read := reader.manifest(value)
	if reader.isWrong {
		return nil, refuse("the module's manifest does not conform to the ABI")
	}
	return read, nil
}

// readSection gives nil where there is none.
func readSection(sections []section, name, what string) (any, *LoadError) {
	found := customSections(sections, name)
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		value, ok := parseJSON(found[0])
		if !ok {
			return nil, refuse("the module's %s is not valid JSON", what)
		}
		if value == nil {
			return nil, refuse("the module's %s does not conform to the ABI", what)
		}
		return value, nil
	default:
		return nil, refuse("the module has %d %ss, expected one", len(found), what)
	}
}

func expectABI(value any) *LoadError {
	s := shape{}
	abi := s.record(s.record(value)["abi"])
	major := s.count(abi["major"])
	s.count(abi["minor"])
	if s.isWrong {
		return refuse("the module's manifest does not state an ABI version")
	}
	return expectMajor(major)
}

func expectMajor(major int) *LoadError {
	if major != abiMajor {
		return refuse("the module has ABI version %d, and this host supports %d", major, abiMajor)
	}
	return nil
}

type manifestReader struct{ shape }

func (r *manifestReader) manifest(value any) *manifest {
	members := r.record(value)
	policy := r.record(members["policy"])
	selectors := r.record(members["selectors"])
	r.text(members["compiler"])
	r.text(members["sources"])
	_, hasSchema := members["schema"]
	r.expect(hasSchema)
	optional(members, "simd", r.boolean)
	optional(members, "time_zones", r.text)
	optional(members, "bounds", r.bounds)
	return &manifest{
		name:         r.text(policy["name"]),
		version:      r.text(policy["version"]),
		subjects:     r.texts(selectors["subjects"]),
		actions:      r.texts(selectors["actions"]),
		resources:    r.texts(selectors["resources"]),
		paths:        listOf(&r.shape, members["paths"], r.path),
		expected:     r.texts(members["expected"]),
		files:        r.texts(members["files"]),
		reads:        r.texts(members["reads"]),
		reasons:      listOf(&r.shape, members["reasons"], r.reason),
		rules:        listOf(&r.shape, members["rules"], r.rule),
		choosers:     r.texts(members["choosers"]),
		constraints:  listOf(&r.shape, members["constraints"], r.constraint),
		placeholders: listOf(&r.shape, members["placeholders"], r.scalar),
		obligations:  optional(members, "obligations", r.obligations),
		properties:   optional(members, "properties", func(value any) []valueType { return listOf(&r.shape, value, r.valueType) }),
		tables:       optional(members, "tables", func(value any) []tableRow { return listOf(&r.shape, value, r.table) }),
		sessions:     optional(members, "sessions", r.sessions),
		history:      optional(members, "history", r.history),
	}
}

func (r *manifestReader) bounds(value any) any {
	members := r.record(value)
	r.count(members["memory_bytes"])
	listOf(&r.shape, members["steps"], func(row any) []int {
		tupleOf(&r.shape, row, 4)
		return r.counts(row)
	})
	return nil
}

func (r *manifestReader) path(value any) pathRow {
	row := tupleOf(&r.shape, value, 3)
	return pathRow{r.count(row[0]), r.text(row[1]), r.count(row[2])}
}

func (r *manifestReader) reason(value any) reasonRow {
	members := r.record(value)
	source := tupleOf(&r.shape, members["source"], 3)
	optional(members, "covers", r.texts)
	return reasonRow{
		id:      r.text(members["id"]),
		message: optional(members, "message", r.message),
		source:  sourceRow{r.count(source[0]), r.count(source[1]), r.count(source[2])},
		unknown: optional(members, "unknown", r.counts),
		asks:    optional(members, "asks", r.asks),
	}
}

func (r *manifestReader) message(value any) []messagePart {
	parts := listOf(&r.shape, value, func(part any) messagePart {
		if text, ok := part.(string); ok {
			return messagePart{text: text}
		}
		return messagePart{placeholder: r.count(part), isPlaceholder: true}
	})
	if parts == nil {
		return []messagePart{}
	}
	return parts
}

func (r *manifestReader) asks(value any) *demandsRow {
	members := r.record(value)
	return &demandsRow{r.effect(members["effect"]), listOf(&r.shape, members["obligations"], r.demand)}
}

func (r *manifestReader) demand(value any) demandRow {
	members := r.record(value)
	demand := demandRow{obligation: r.count(members["obligation"])}
	for name, index := range r.record(members["properties"]) {
		demand.properties = append(demand.properties, namedIndex{name, r.count(index)})
	}
	slices.SortFunc(demand.properties, func(a, b namedIndex) int { return strings.Compare(a.name, b.name) })
	return demand
}

func (r *manifestReader) effect(value any) int {
	number := effectNumber(r.text(value))
	r.expect(number >= 0)
	return number
}

func (r *manifestReader) rule(value any) ruleRow {
	members := r.record(value)
	selectors := func(value any) *[]int {
		listed := r.counts(value)
		return &listed
	}
	return ruleRow{
		effects:   listOf(&r.shape, members["effects"], r.effect),
		subjects:  optional(members, "subjects", selectors),
		actions:   optional(members, "actions", selectors),
		resources: optional(members, "resources", selectors),
		read:      r.counts(members["read"]),
	}
}

func (r *manifestReader) constraint(value any) namedType {
	members := r.record(value)
	r.text(members["merge"])
	optional(members, "limits", r.text)
	return r.namedType(members)
}

func (r *manifestReader) namedType(members map[string]any) namedType {
	return namedType{r.text(members["name"]), r.valueType(members["type"])}
}

func (r *manifestReader) obligations(value any) []obligationRow {
	return listOf(&r.shape, value, func(value any) obligationRow {
		members := r.record(value)
		listOf(&r.shape, members["properties"], func(property any) namedType {
			return r.namedType(r.record(property))
		})
		return obligationRow{r.text(members["name"]), r.text(members["type"])}
	})
}

func (r *manifestReader) table(value any) tableRow {
	members := r.record(value)
	of := r.record(members["value"])
	r.valueType(of["type"])
	return tableRow{
		name: r.text(members["name"]),
		keys: listOf(&r.shape, members["keys"], func(value any) string {
			key := r.record(value)
			r.scalar(key["type"])
			return r.text(key["expected"])
		}),
		value:   r.text(of["expected"]),
		element: optional(of, "element", r.text),
	}
}

func (r *manifestReader) sessions(value any) *sessionsRow {
	members := r.record(value)
	r.count(members["bytes"])
	for _, word := range r.record(members["words"]) {
		tupleOf(&r.shape, word, 2)
		r.counts(word)
	}
	optional(members, "approvals", r.boolean)
	return &sessionsRow{optional(members, "signals", r.texts)}
}

func (r *manifestReader) history(value any) *historyRow {
	members := r.record(value)
	return &historyRow{r.counts(members["terms"]), r.counts(members["decisions"])}
}

var scalarKinds = []string{
	"Bool", "Int", "Decimal", "String", "Timestamp", "Duration", "SpiffeId", "Ip", "Cidr",
}

func (r *manifestReader) scalar(value any) valueType {
	members := r.record(value)
	kind := r.text(members["kind"])
	if kind == "Enum" {
		r.text(members["name"])
		return valueType{kind: kind, members: r.texts(members["members"])}
	}
	r.expect(slices.Contains(scalarKinds, kind))
	return valueType{kind: kind}
}

func (r *manifestReader) valueType(value any) valueType {
	members := r.record(value)
	if members["kind"] != "Set" {
		return r.scalar(value)
	}
	element := r.scalar(members["element"])
	return valueType{kind: "Set", element: &element}
}
