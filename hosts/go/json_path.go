package nhipol

import (
	"strconv"
	"strings"
)

// pathStep is a name, or a place in an array.
type pathStep struct {
	name    string
	index   int
	isIndex bool
}

// jsonPath is the JSONPath (RFC 9535) of a member, in its short form where a name allows it.
func jsonPath(steps []pathStep) string {
	path := []byte{'$'}
	for _, step := range steps {
		switch {
		case step.isIndex:
			path = append(strconv.AppendInt(append(path, '['), int64(step.index), 10), ']')
		case isShortName(step.name):
			path = append(append(path, '.'), step.name...)
		default:
			path = append(appendString(append(path, '['), step.name), ']')
		}
	}
	return string(path)
}

func isShortName(name string) bool {
	for at := range len(name) {
		char := name[at]
		isLetter := char == '_' || char|0x20 >= 'a' && char|0x20 <= 'z'
		if !isLetter && (at == 0 || char < '0' || char > '9') {
			return false
		}
	}
	return name != ""
}

// placeIndexes puts the places in arrays into a path of the manifest; those beyond what is known stay open.
func placeIndexes(path string, indexes []uint32) string {
	if !strings.Contains(path, "[]") {
		return path
	}
	var placed strings.Builder
	isQuoted := false
	for at := 0; at < len(path); at++ {
		char := path[at]
		placed.WriteByte(char)
		switch {
		case isQuoted && char == '\\' && at+1 < len(path):
			at++
			placed.WriteByte(path[at])
		case char == '"':
			isQuoted = !isQuoted
		case !isQuoted && char == '[' && strings.HasPrefix(path[at:], "[]"):
			if len(indexes) == 0 {
				placed.WriteByte('*')
				continue
			}
			placed.WriteString(strconv.FormatUint(uint64(indexes[0]), 10))
			indexes = indexes[1:]
		}
	}
	return placed.String()
}
