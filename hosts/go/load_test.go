package nhipol

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestOtherBytesAreRefused(t *testing.T) {
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
		"empty":       {header, "does not export"},
		"import":      {append(header, "\x01\x04\x01\x60\x00\x00\x02\x07\x01\x01a\x01b\x00\x00"...), "imports `a.b`"},
		"other name":  {bytes.Replace(module, []byte("respond"), []byte("correct"), 1), "does not export `respond`"},
		"other type":  {swapped(module, "\x05again", "\x05limit"), "does not have the type"},
		"other major": {swapped(module, "abi_major", "abi_minor"), "version 0 of the ABI"},
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

// swapped exchanges two names in a module.
func swapped(module []byte, one, other string) []byte {
	module = bytes.Clone(module)
	first, second := bytes.Index(module, []byte(one)), bytes.Index(module, []byte(other))
	copy(module[first:], other)
	copy(module[second:], one)
	return module
}
