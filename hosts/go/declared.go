package nhipol

// What a policy declares of a request, as names within names: nothing else of a request's values is looked at. It comes
// from the section that tells where the module holds each member.

type declared struct {
	members []declaredMember
	// by is the member that says what `properties` are; empty: no other member does.
	by         string
	properties map[string]*declared
	others     *declared
}

type declaredMember struct {
	name string
	// label is the name as JSON, with its colon.
	label []byte
	// of is nil for what is no record, and is taken as it is.
	of *declared
}

func declare(name string, of *declared) declaredMember {
	return declaredMember{name, append(appendString(nil, name), ':'), of}
}

// wholeCall is what the digest of a call covers.
var wholeCall = &declared{members: []declaredMember{
	declare("subject", &declared{members: []declaredMember{
		declare("type", nil),
		declare("id", nil),
		declare("properties", &declared{members: []declaredMember{declare(principalMember, nil)}}),
	}}),
	declare("action", nil),
	declare("resource", nil),
}}

// of is what is declared of a member, by what the object's other members say.
func (d *declared) of(member *declaredMember, object map[string]any) *declared {
	if d.by == "" || member.name != "properties" {
		return member.of
	}
	by, _ := object[d.by].(string)
	if listed, ok := d.properties[by]; ok {
		return listed
	}
	return d.others
}

// readDeclared gives nil for a module that does not tell.
func readDeclared(sections []section, manifest *manifest) (*declared, *LoadError) {
	value, err := readSection(sections, encodingSection, "encoding")
	if err != nil || value == nil {
		return nil, err
	}
	reader := declaredReader{}
	members := reader.record(value)
	read := &declared{members: []declaredMember{
		declare("subject", reader.entity(members["subject"], "type", manifest.subjects)),
		declare("action", reader.entity(members["action"], "name", manifest.actions)),
		declare("resource", reader.entity(members["resource"], "type", manifest.resources)),
	}}
	if context, ok := members["context"]; ok {
		read.members = append(read.members, declare("context", reader.members(context)))
	}
	if reader.isWrong {
		return nil, refuse("the module's encoding does not conform to the ABI")
	}
	return read, nil
}

type declaredReader struct{ shape }

func (r *declaredReader) entity(value any, by string, names []string) *declared {
	entity := r.record(value)
	read := &declared{by: by, properties: map[string]*declared{}}
	for _, name := range sortedNames(r.record(entity["own"])) {
		read.members = append(read.members, declare(name, nil))
	}
	read.members = append(read.members, declare("properties", nil))
	bySelector := map[int]*declared{}
	listOf(&r.shape, entity["shapes"], func(value any) any {
		shape := r.record(value)
		members := r.members(shape["members"])
		for _, selector := range r.counts(shape["selectors"]) {
			bySelector[selector] = members
		}
		return nil
	})
	read.others = bySelector[0]
	if read.others == nil {
		read.others = &declared{}
	}
	for at, name := range names {
		read.properties[name] = read.others
		if own := bySelector[at+1]; own != nil {
			read.properties[name] = own
		}
	}
	return read
}

func (r *declaredReader) members(value any) *declared {
	return &declared{members: listOf(&r.shape, value, func(value any) declaredMember {
		row, ok := value.([]any)
		if !ok || len(row) < 2 {
			r.expect(false)
			return declaredMember{}
		}
		return declare(r.text(row[0]), r.value(row[1]))
	})}
}

// value is what is declared of a record, or of the records in a list.
func (r *declaredReader) value(value any) *declared {
	described, ok := value.(map[string]any)
	if !ok {
		r.text(value)
		return nil
	}
	switch r.text(described["kind"]) {
	case "Record":
		return r.members(described["members"])
	case "Set", "List":
		return r.value(described["element"])
	default:
		return nil
	}
}
