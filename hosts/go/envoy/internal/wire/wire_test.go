package wire

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
)

func message(number protowire.Number, parts ...[]byte) []byte {
	return appendMessage(nil, number, slices.Concat(parts...))
}

func text(number protowire.Number, value string) []byte { return appendText(nil, number, value) }

func readHTTP(t *testing.T, fields ...[]byte) HTTPRequest {
	t.Helper()
	request, err := ReadCheckRequest(message(1, message(4, message(2, fields...))))
	if err != nil {
		t.Fatal(err)
	}
	return request.HTTP
}

func TestTheLastOfSeveralFieldsCounts(t *testing.T) {
	http := readHTTP(t, text(2, "GET"), text(2, "POST"), text(4, "/a"))
	if http.Method != "POST" || http.Path != "/a" {
		t.Errorf("found %+v", http)
	}
	twice := slices.Concat(
		message(1, message(4, message(2, text(2, "GET")))),
		message(1, message(4, message(2, text(4, "/a")))),
	)
	if request, err := ReadCheckRequest(twice); err != nil || request.HTTP.Method != "" || request.HTTP.Path != "/a" {
		t.Errorf("found %+v, %v", request.HTTP, err)
	}
}

func TestInvalidUTF8IsReplaced(t *testing.T) {
	for bytes, expected := range map[string]string{
		"a\xff":             "a\ufffd",
		"\xe2\x82A":         "\ufffdA",
		"\xed\xa0\x80":      "\ufffd\ufffd\ufffd",
		"\xf0\x9f\x98":      "\ufffd",
		"\xf4\x90\x80\x80":  "\ufffd\ufffd\ufffd\ufffd",
		"\xc0\x80":          "\ufffd\ufffd",
		"\xf0\x9f\x98\x80ü": "😀ü",
	} {
		if found := readHTTP(t, text(2, bytes)).Method; found != expected {
			t.Errorf("%x: expected %q, found %q", bytes, expected, found)
		}
	}
}

func TestARequestDoesNotReferToItsMessage(t *testing.T) {
	bytes := message(1, message(4, message(2, text(2, "GET"), text(12, "body"), message(13, message(1, text(1, "a"), text(3, "raw"))))))
	request, err := ReadCheckRequest(bytes)
	if err != nil {
		t.Fatal(err)
	}
	clear(bytes)
	http := request.HTTP
	if http.Method != "GET" || http.Body != "body" || http.HeaderMap[0] != (Pair{"a", "raw"}) {
		t.Errorf("found %+v", http)
	}
}

func TestBytesOfTheBodyCountBeforeItsText(t *testing.T) {
	for _, fields := range [][][]byte{{text(11, "text"), text(12, "raw")}, {text(12, "raw"), text(11, "text")}} {
		if found := readHTTP(t, fields...).Body; found != "raw" {
			t.Errorf("found %q", found)
		}
	}
}

func TestMalformedMessagesAreErrors(t *testing.T) {
	deep := text(3, "deep")
	for range 200 {
		deep = message(5, message(1, text(1, "k"), message(2, deep)))
	}
	metadata := func(value []byte) []byte {
		return message(1, message(11, message(1, text(1, "filter"), message(2, message(1, text(1, "a"), value)))))
	}
	for name, bytes := range map[string][]byte{
		"half a field":          {0x0a, 5, 1},
		"no content":            {0x08},
		"a group without end":   {0x0b},
		"field 0":               {0x00},
		"a number for a string": message(1, message(4, message(2, appendInteger(nil, 2, 1)))),
		"a value is missing":    metadata(nil),
		"too many levels":       metadata(message(2, deep)),
	} {
		if request, err := ReadCheckRequest(bytes); err == nil {
			t.Errorf("%s: found %+v", name, request)
		}
	}
}

func TestMetadataIsReadAsJSON(t *testing.T) {
	value := func(content []byte) []byte { return message(2, content) }
	entry := func(name string, content []byte) []byte { return message(1, text(1, name), value(content)) }
	list := message(6, message(1, text(3, "x")), message(1, appendInteger(nil, 1, 0)))
	bytes := message(1, message(11, message(1, text(1, "filter"), message(2,
		entry("b", appendInteger(nil, 4, 1)), entry("a", list), entry("a", text(3, "last")), entry("7", message(5)),
	))))
	request, err := ReadCheckRequest(bytes)
	if err != nil {
		t.Fatal(err)
	}
	found := string(cel.ToJSON(cel.Object(request.MetadataContext[0].Members)))
	if expected := `{"7":{},"b":true,"a":"last"}`; found != expected {
		t.Errorf("expected %s, found %s", expected, found)
	}
}

func FuzzReadCheckRequest(f *testing.F) {
	f.Add(message(1, message(4, message(2, text(2, "GET"), text(4, "/a"), message(3, text(1, "a"), text(2, "b"))))))
	f.Add([]byte(strings.Repeat("\x0a\x7f", 40)))
	f.Fuzz(func(t *testing.T, bytes []byte) {
		if request, err := ReadCheckRequest(bytes); err == nil && request == nil {
			t.Error("there is neither a request nor an error")
		}
	})
}
