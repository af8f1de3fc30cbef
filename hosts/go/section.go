package nhipol

import (
	"encoding/binary"
	"fmt"
)

// The sections of a module's bytes, which the engine found to be valid: its imports, and the contents of the custom
// sections that have a name.

const (
	customSection = 0
	importSection = 2
	headerBytes   = 8
)

type section struct {
	id   byte
	body []byte
}

func sectionsOf(module []byte) []section {
	var found []section
	for rest := module[headerBytes:]; len(rest) > 0; {
		id := rest[0]
		body, after := prefixed(rest[1:])
		found = append(found, section{id, body})
		rest = after
	}
	return found
}

// prefixed is as many bytes as the number before them says, and what follows; nothing of either where there are fewer.
func prefixed(bytes []byte) (body, after []byte) {
	length, size := binary.Uvarint(bytes)
	if size <= 0 || length > uint64(len(bytes)-size) {
		return nil, nil
	}
	end := size + int(length)
	return bytes[size:end], bytes[end:]
}

// firstImport is the name of what a module imports, and empty if it imports nothing.
func firstImport(sections []section) string {
	for _, each := range sections {
		if each.id != importSection {
			continue
		}
		count, size := binary.Uvarint(each.body)
		if count == 0 || size <= 0 {
			continue
		}
		module, after := prefixed(each.body[size:])
		name, _ := prefixed(after)
		return fmt.Sprintf("%s.%s", module, name)
	}
	return ""
}

func customSections(sections []section, wanted string) [][]byte {
	var found [][]byte
	for _, each := range sections {
		if each.id != customSection {
			continue
		}
		if name, content := prefixed(each.body); string(name) == wanted {
			found = append(found, content)
		}
	}
	return found
}
