package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/wire"
)

// forgedNames returns the headers under the prefix of the server that the client sent, and that the response neither sets nor
// removes. Some servers read `_` in a name as `-`.
func forgedNames(inputs *attributes, response *wire.CheckResponse) []string {
	http := &inputs.request.HTTP
	if !slices.ContainsFunc(http.Headers, mayBeForged) && !slices.ContainsFunc(http.HeaderMap, mayBeForged) {
		return nil
	}
	var names []string
	headers := inputs.header()
	for at := range headers.Len() {
		name, _ := headers.At(at)
		isSet := slices.ContainsFunc(response.Headers, func(header wire.Pair) bool { return header.Name == name })
		if hasPrefix(name) && !isSet && !slices.Contains(response.Remove, name) {
			names = append(names, name)
		}
	}
	return names
}

// mayBeForged is whether a name, in any case, starts as those of the server. Names that are not ASCII may, too: some have
// an ASCII letter as their lower case.
func mayBeForged(header wire.Pair) bool {
	name := header.Name
	if len(name) < len(prefix) {
		return false
	}
	for at := range len(prefix) {
		if name[at] >= utf8.RuneSelf {
			return true
		}
	}
	return hasPrefix(strings.ToLower(name[:len(prefix)]))
}

func hasPrefix(name string) bool {
	return strings.HasPrefix(strings.ReplaceAll(name, "_", "-"), prefix)
}
