package nhipol

import (
	"math"
	"strconv"
	"strings"
)

// Numbers of JSON as canonical forms have them: those that a double keeps.

// appendExact writes the number that a double keeps, and gives false where that is another.
func appendExact(dst []byte, digits string) ([]byte, bool) {
	number, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(number, 0) {
		return dst, isZero(digits)
	}
	start := len(dst)
	dst = appendFloat(dst, number)
	return dst, decimalOf(digits) == decimalOf(string(dst[start:]))
}

func isZero(digits string) bool { return decimalOf(digits) == "0" }

// decimalOf is the same of two texts that are the same number: its digits from the first that isn't 0 to the last, and where
// they stand.
func decimalOf(number string) string {
	unsigned, isNegative := strings.CutPrefix(number, "-")
	mantissa, power := unsigned, 0
	isFar := false
	if at := strings.IndexAny(unsigned, "eE"); at >= 0 {
		var err error
		mantissa = unsigned[:at]
		power, err = strconv.Atoi(unsigned[at+1:])
		isFar = err != nil
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(all, "0")
	if significant == "" {
		return "0"
	}
	if isFar {
		return "far " + number
	}
	if isNegative {
		significant = "-" + significant
	}
	return significant + "e" + strconv.Itoa(power-len(fraction)+len(all)-len(strings.TrimLeft(significant, "-")))
}
