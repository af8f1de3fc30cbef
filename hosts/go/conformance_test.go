package nhipol_test

import (
	"cmp"
	"os"
	"testing"

	"github.com/nhipol/nhipol/hosts/go/internal/conformance"
)

// The cases are in the repository. NHIPOL_CONFORMANCE is another folder with cases.
func TestConformance(t *testing.T) {
	folder := cmp.Or(os.Getenv("NHIPOL_CONFORMANCE"), "../../test/conformance")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("there are no conformance cases: ", err)
	}
	report, err := conformance.Run(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range report.Failures {
		t.Error(failure)
	}
	if report.Checks == 0 {
		t.Error("there are no checks")
	}
	t.Logf("%d of %d checks passed", report.Passed, report.Checks)
}
