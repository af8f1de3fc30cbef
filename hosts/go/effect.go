package nhipol

import "fmt"

// Effect is the outcome of an evaluation. The zero value is none of the effects, and grants nothing.
type Effect string

// The effects, from the least to the most restrictive. Only Permit and Narrow grant a request.
const (
	Permit    Effect = effectPermit
	Narrow    Effect = effectNarrow
	Challenge Effect = effectChallenge
	Deny      Effect = effectDeny
	Revoke    Effect = effectRevoke
)

func (e Effect) isGrant() bool { return e == Permit || e == Narrow }

// UnmarshalText accepts the effects only.
func (e *Effect) UnmarshalText(text []byte) error {
	for _, effect := range effects {
		if string(text) == string(effect) {
			*e = effect
			return nil
		}
	}
	return fmt.Errorf("%q is not an effect", text)
}
