package nhipol

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

const granted = `{"decision":true,"context":{"effect":"permit","reasons":["a"],"reason_details":[{"id":"a","effect":"permit","fired_on":"true"}],"read":[]}}`

// written is memory with a header at address 8.
func written(effect, flags byte, length uint32, until float64, response string) []byte {
	memory := make([]byte, 8+headerSize, 8+headerSize+len(response))
	header := memory[8:]
	header[headerEffect], header[headerFlags] = effect, flags
	binary.LittleEndian.PutUint32(header[headerLength:], length)
	binary.LittleEndian.PutUint64(header[headerValidUntil:], math.Float64bits(until))
	return append(memory, response...)
}

func TestResponsesOutsideTheABIAreEngineErrors(t *testing.T) {
	whole, ever := uint32(len(granted)), math.Inf(1)
	for _, each := range []struct {
		name    string
		memory  []byte
		address uint64
		found   string
	}{
		{"no address", written(permit, 0, whole, ever, granted), 0, violationNoResponse},
		{"header outside of memory", written(permit, 0, whole, ever, ""), 9, violationOutsideMemory},
		{"address near 2^32", written(permit, 0, whole, ever, granted), math.MaxUint32, violationOutsideMemory},
		{"response outside of memory", written(permit, 0, whole+1, ever, granted), 8, violationOutsideMemory},
		{"length near 2^32", written(permit, 0, math.MaxUint32, ever, granted), 8, violationOutsideMemory},
		{"unknown effect", written(5, 0, whole, ever, granted), 8, violationUnknownEffect},
		{"granted invalid request", written(permit, flagInvalid, whole, ever, granted), 8, violationGrantedInvalid},
		{"other effect", written(deny, 0, whole, ever, granted), 8, violationOtherEffect},
		{"fraction of a millisecond", written(permit, 0, whole, 0.5, granted), 8, violationInvalidInstant},
		{"no instant", written(permit, 0, whole, math.NaN(), granted), 8, violationInvalidInstant},
		{"no response", written(permit, 0, 0, ever, granted), 8, violationNoResponse},
		{"half a response", written(permit, 0, whole-1, ever, granted), 8, violationInvalidResponse},
		{"invalid UTF-8", written(permit, 0, whole, ever, strings.Replace(granted, `"a"`, "\"\xff\"", 1)), 8, violationInvalidUtf8},
	} {
		fault := recovered(func() { (&instance{}).answer(read(each.memory, each.address)) })
		if fault == nil || fault.Found != each.found {
			t.Errorf("%s: expected %s, found %v", each.name, each.found, fault)
		}
	}
	answer := (&instance{}).answer(read(written(permit, 0, whole, 5, granted), 8))
	if until, ok := answer.ValidUntil(); !answer.Decision() || !ok || until.UnixMilli() != 5 {
		t.Errorf("found %+v", answer)
	}
}

func read(memory []byte, address uint64) header {
	return (&instance{memory: memory}).header(address)
}

func recovered(act func()) (fault *Fault) {
	defer func() {
		if failure := recover(); failure != nil {
			fault = faultOf(failure)
		}
	}()
	act()
	return nil
}

func parse(text string) *content {
	return &content{text: text, effect: permit}
}

func TestMembersOfLaterVersionsAreSkipped(t *testing.T) {
	more := `,"more":[{"a":[1,null,"\"]}"]}]}`
	text := strings.ReplaceAll(granted, "}", more)
	if members := parse(text).parsed(); members == nil || len(members.details) != 1 {
		t.Errorf("found %+v", members)
	}
	deep := strings.Replace(granted, "}}", `,"more":`+strings.Repeat("[", 1<<20)+"}}", 1)
	if parse(deep).parsed() != nil {
		t.Error("deep nesting was parsed")
	}
}

func TestARefusalThatCannotBeReadIsAnEngineError(t *testing.T) {
	response := responseStarts[revoke] + `"reasons":[1]}}`
	answer := (&instance{}).answer(header{effect: revoke, response: []byte(response), until: 5})
	if answer.Effect() != Revoke || answer.Reasons()[0] != "engine_error" || answer.Fault().Found != violationInvalidResponse {
		t.Errorf("found %s", answer.AppendJSON(nil))
	}
	expectEffect(t, Answer{}, Deny, "engine_error")
	response = strings.Replace(granted, `["a"]`, `[1]`, 1)
	fault := recovered(func() { (&instance{}).answer(header{effect: permit, response: []byte(response)}) })
	if fault == nil || fault.Found != violationInvalidResponse {
		t.Errorf("found %v", fault)
	}
}

// A response that was parsed remains valid JSON with another instant, wherever the header says that its own is.
func FuzzParseResponse(f *testing.F) {
	ending := strings.Replace(granted, `"read"`, `"valid_until":"5ms","read"`, 1)
	for _, rest := range []string{granted, string(appendHostResponse(nil, &Fault{})), granted[:90], ending} {
		rest = strings.TrimPrefix(rest, responseStarts[permit])
		f.Add(rest, len(responseStarts[permit])+strings.Index(rest, "5ms"))
	}
	f.Fuzz(func(t *testing.T, rest string, offset int) {
		text := []byte(responseStarts[permit] + rest)
		if !utf8.Valid(text) {
			return
		}
		content := header{response: text, until: 5, untilOffset: offset & math.MaxInt32}.content()
		if content.parsed() == nil {
			return
		}
		for _, until := range []float64{5, 6} {
			if content.fits(until) && !json.Valid((Answer{content, until}).AppendJSON(nil)) {
				t.Errorf("%s was parsed", text)
			}
		}
	})
}

// Every request has an answer that is valid JSON, and only valid JSON is granted.
func FuzzDecide(f *testing.F) {
	policy := withLimits(f)
	for _, request := range []string{payment, frozenPayment, reading, settlement, "", "{", "null", "\xff"} {
		f.Add([]byte(request))
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		answer := policy.DecideJSONWith(request, Options{Now: monday})
		if text := answer.AppendJSON(nil); !json.Valid(text) {
			t.Errorf("found %s", text)
		}
		if answer.Decision() && !json.Valid(request) {
			t.Error("invalid JSON was granted")
		}
	})
}

func BenchmarkParseResponse(b *testing.B) {
	policy := withLimits(b)
	text := string(policy.DecideResponse([]byte(strings.Replace(payment, `"amount":40`, `"amount":5000`, 1))))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		parse(text).parsed()
	}
}
