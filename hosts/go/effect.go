package nhipol

// Effect is what a policy comes to. The zero value is none of them, and grants nothing.
type Effect string

// The effects, from the loosest to the strictest. Only Permit and Narrow grant what was asked for.
const (
	Permit    Effect = "permit"
	Narrow    Effect = "narrow"
	Challenge Effect = "challenge"
	Deny      Effect = "deny"
	Revoke    Effect = "revoke"
)

// By the numbers of the modules.
var effects = [...]Effect{Permit, Narrow, Challenge, Deny, Revoke}

const (
	permit = iota
	narrow
	challenge
	deny
	revoke
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
		panic(misread("an effect that is none"))
	}
	return effects[number]
}
