package nhipol

// Effect is what a policy comes to. The zero value is none of them, and grants nothing.
type Effect string

// The effects, from the loosest to the strictest. Only Permit and Narrow grant what was asked for.
const (
	Permit    Effect = effectPermit
	Narrow    Effect = effectNarrow
	Challenge Effect = effectChallenge
	Deny      Effect = effectDeny
	Revoke    Effect = effectRevoke
)

// effectNumber gives -1 for what is no effect.
func effectNumber(name string) int {
	for number, effect := range effects {
		if string(effect) == name {
			return number
		}
	}
	return -1
}

// effectAt takes what a module wrote.
func effectAt(number int) Effect {
	if number < 0 || number >= len(effects) {
		panic(misread(violationUnknownEffect))
	}
	return effects[number]
}
