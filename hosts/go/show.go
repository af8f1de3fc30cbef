package nhipol

import (
	"strconv"
	"strings"
	"time"
)

// Instants, durations and Decimals as messages print them, the same in every host.

var durationUnits = []struct {
	letter string
	size   int64
}{{"d", 86_400_000}, {"h", 3_600_000}, {"m", 60_000}, {"s", 1_000}}

// showDuration writes milliseconds as a literal: 5m, 1500ms.
func showDuration(milliseconds int64) string {
	if milliseconds == 0 {
		return "0s"
	}
	for _, unit := range durationUnits {
		if milliseconds%unit.size == 0 {
			return strconv.FormatInt(milliseconds/unit.size, 10) + unit.letter
		}
	}
	return strconv.FormatInt(milliseconds, 10) + "ms"
}

// showDecimal writes millionths in their shortest form: 12.5, 12.
func showDecimal(millionths int64) string { return showFraction(millionths, 6) }

// showFraction writes a number whose last digits, so many, stand behind the point.
func showFraction(number int64, places int) string {
	digits, isNegative := strings.CutPrefix(strconv.FormatInt(number, 10), "-")
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, fraction := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if fraction != "" {
		whole += "." + fraction
	}
	if isNegative {
		return "-" + whole
	}
	return whole
}

// The first and the last instant that RFC 3339 can write, in milliseconds since the epoch.
const (
	firstInstant = -62_167_219_200_000
	lastInstant  = 253_402_300_799_999
)

// showInstant writes RFC 3339 with milliseconds, in UTC.
func showInstant(milliseconds int64) string {
	if milliseconds < firstInstant || milliseconds > lastInstant {
		return strconv.FormatInt(milliseconds, 10) + "ms"
	}
	return time.UnixMilli(milliseconds).UTC().Format("2006-01-02T15:04:05.000Z")
}
