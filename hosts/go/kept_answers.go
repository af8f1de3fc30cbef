package nhipol

import "encoding/binary"

// Answers that are the same each time, but for how long they hold: their reasons say the same each time. What tells one from
// another is effect, selectors and reasons, as the module wrote them. Callers choose among these, so what is kept has an end.

const (
	mostKept        = 1024
	mostKeptReasons = 16
	keyBytes        = 13 + 4*mostKeptReasons
)

type keptAnswers struct {
	answers map[string]*verdict
	key     [keyBytes]byte
}

func newKeptAnswers() keptAnswers { return keptAnswers{answers: map[string]*verdict{}} }

// keyOf is good until the next call; nil: the answer is none of these.
func (k *keptAnswers) keyOf(instance *instance, result int) []byte {
	view := instance.view
	count := view.u32(result + resultReasonCount)
	effect := view.u32(result + resultEffect)
	usualFlags := uint32(0)
	if count == 0 {
		usualFlags = flagDefaultDeny
	}
	if view.u32(result+resultFlags) != usualFlags || view.u32(result+resultErrorCode) != 0 ||
		effect > revoke || effect == narrow || (effect == challenge && instance.asksDigest()) || count > mostKeptReasons {
		return nil
	}
	key := append(k.key[:0], byte(effect))
	key = append(key, view[result+resultSubject:result+resultSize]...)
	for entry := instance.reasons; count > 0; count, entry = count-1, entry+reasonSize {
		if view.u32(entry+reasonFiredOnUnknown)&1 != 0 {
			return nil
		}
		key = binary.LittleEndian.AppendUint32(key, view.u32(entry+reasonIndex))
	}
	return key
}

// get gives nil for what was not kept yet.
func (k *keptAnswers) get(key []byte) *verdict { return k.answers[string(key)] }

func (k *keptAnswers) keep(key []byte, said *verdict) {
	if len(k.answers) >= mostKept {
		clear(k.answers)
	}
	k.answers[string(key)] = said
}
