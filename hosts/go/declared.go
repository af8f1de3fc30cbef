package nhipol

// What a policy declares of a request, as names within names: nothing else of a request's values is looked at. It comes
// from the section that tells where the module holds each member.

type declared struct {
	names []string
	// of has nil for what is no record, and is taken as it is.
	of map[string]*declared
	// by is the member that says what `properties` are; empty: no other member does.
	by         string
	properties map[string]*declared
	others     *declared
}

// wholeCall is action and resource with all that is said of them.
var wholeCall = declaredAs(map[string]*declared{"action": nil, "resource": nil}, "action", "resource")

func declaredAs(of map[string]*declared, names ...string) *declared {
	return &declared{names: names, of: of}
}

// member is what is declared of a member, by what the object's other members say.
func (d *declared) member(name string, object map[string]any) *declared {
	if d.by == "" || name != "properties" {
		return d.of[name]
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
	read := declaredAs(map[string]*declared{
		"subject":  reader.entity(members["subject"], "type", manifest.subjects),
		"action":   reader.entity(members["action"], "name", manifest.actions),
		"resource": reader.entity(members["resource"], "type", manifest.resources),
	}, "subject", "action", "resource")
	if context, ok := members["context"]; ok {
		read.names = append(read.names, "context")
		read.of["context"] = reader.members(context)
	}
	if reader.isWrong {
		return nil, refuse("the module's encoding is not as its ABI says")
	}
	return read, nil
}

type declaredReader struct{ shape }

func (r *declaredReader) entity(value any, by string, names []string) *declared {
	entity := r.record(value)
	read := &declared{of: map[string]*declared{}, by: by, properties: map[string]*declared{}}
	for name := range r.record(entity["own"]) {
		read.names = append(read.names, name)
	}
	read.names = append(read.names, "properties")
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
		read.others = declaredAs(nil)
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
	read := &declared{of: map[string]*declared{}}
	listOf(&r.shape, value, func(value any) any {
		row, ok := value.([]any)
		if !ok || len(row) < 2 {
			r.expect(false)
			return nil
		}
		name := r.text(row[0])
		read.names = append(read.names, name)
		read.of[name] = r.value(row[1])
		return nil
	})
	return read
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
