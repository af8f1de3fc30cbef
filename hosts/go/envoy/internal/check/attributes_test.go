package check

import (
	"strings"
	"testing"
	"time"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/wire"
)

func TestManyHeadersOfOneNameAreJoinedQuickly(t *testing.T) {
	request := &wire.CheckRequest{}
	const count = 150_000
	for range count {
		request.HTTP.HeaderMap = append(request.HTTP.HeaderMap, wire.Pair{Name: "A", Value: "b"})
	}
	began := time.Now()
	headers := (&attributes{request: request}).header()
	value, _ := headers.Get("a")
	if headers.Len() != 1 || strings.Count(value.Text, "b") != count {
		t.Errorf("found %d headers with %d values", headers.Len(), strings.Count(value.Text, "b"))
	}
	// Joining them one by one copies 33 GB.
	if taken := time.Since(began); taken > 2*time.Second {
		t.Errorf("it took %v", taken)
	}
}

func TestHeadersOfOneNameAreJoinedWhateverTheirCase(t *testing.T) {
	request := &wire.CheckRequest{}
	request.HTTP.Headers = []wire.Pair{{Name: "cookie", Value: "a"}, {Name: "Cookie", Value: "b"}, {Name: "cookie", Value: "c"}}
	request.HTTP.HeaderMap = []wire.Pair{{Name: "COOKIE", Value: ""}, {Name: "cookie", Value: "d"}}
	value, _ := (&attributes{request: request}).header().Get("cookie")
	if value.Text != "c, b, , d" {
		t.Errorf("found %q", value.Text)
	}
}

func TestAQueryIsDecodedAsAForm(t *testing.T) {
	for target, expected := range map[string]string{
		"/a":              "[]",
		"/a??b=1&b=2":     "b=1,2",
		"/a?b+c=%41%zz&&": "b c=A%zz",
		"/a?=&b":          "=;b=",
		"/a?b=%ed%a0%80":  "b=\ufffd\ufffd\ufffd",
	} {
		query := parseQuery(target).Map()
		var shown []string
		for at := range query.Len() {
			name, values := query.At(at)
			var texts []string
			for _, value := range values.Elements() {
				texts = append(texts, value.Text)
			}
			shown = append(shown, name+"="+strings.Join(texts, ","))
		}
		found := strings.Join(shown, ";")
		if found == "" {
			found = "[]"
		}
		if found != expected {
			t.Errorf("%s: expected %q, found %q", target, expected, found)
		}
	}
}

func TestOnlyHeadersThatMayBeForgedAreRemoved(t *testing.T) {
	request := &wire.CheckRequest{}
	for _, name := range []string{"x_nhipol_admin", "X-NHIPOL-EFFECT", "x-nhipo", "x-other", "X-Nhipol-Other"} {
		request.HTTP.Headers = append(request.HTTP.Headers, wire.Pair{Name: name})
	}
	response := &wire.CheckResponse{Headers: []wire.Pair{{Name: "x-nhipol-effect"}}}
	names := strings.Join(forgedNames(&attributes{request: request}, response), " ")
	if names != "x_nhipol_admin x-nhipol-other" {
		t.Errorf("found %s", names)
	}
}
