package nhipol

// What the constants of contract_generated.go are made of.

const longestLength = 1<<31 - 1

type errorText struct{ name, expected, found string }

var otherFunctions = map[string]signature{"instant": {"", "f"}}

// As many words as the longest signature takes.
const stackWords = 5
