package nhipol

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestBytesThatAreNoPolicyAreRefused(t *testing.T) {
	module, err := os.ReadFile("testdata/payments.wasm")
	if err != nil {
		t.Fatal(err)
	}
	header := []byte("\x00asm\x01\x00\x00\x00")
	for name, refused := range map[string]struct {
		bytes  []byte
		reason string
	}{
		"text":        {[]byte("policy"), "not a valid WebAssembly module"},
		"half":        {module[:len(module)/2], "not a valid WebAssembly module"},
		"empty":       {header, "has 0 manifests"},
		"import":      {append(header, "\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01a\x01b\x00\x00"...), "imports `a.b`"},
		"no JSON":     {append(header, "\x00\x10\x0fnhipol.manifest"...), "manifest is not valid JSON"},
		"no manifest": {append(header, "\x00\x14\x0fnhipol.manifestnull"...), "does not conform to the ABI"},
	} {
		_, err := Load(refused.bytes)
		var loadError *LoadError
		if !errors.As(err, &loadError) || !strings.Contains(err.Error(), refused.reason) {
			t.Errorf("%s: expected %q, found %v", name, refused.reason, err)
		}
	}
}

func TestAModuleThatNeedsMoreMemoryThanAllowedIsRefused(t *testing.T) {
	module, err := os.ReadFile("testdata/payments.wasm")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(module, WithMaxMemoryBytes(2*pageBytes)); err == nil {
		t.Error("it was loaded")
	}
	payments(t, WithMaxMemoryBytes(16*pageBytes))
}
