package nhipol

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Instants: a caller passes a time.Time, a module takes milliseconds since the epoch, and a response contains RFC 3339.

// Options say at which instant a request is evaluated. The zero value is the host's clock.
type Options struct {
	// Now is the instant of evaluation, in whole milliseconds: anything finer is cut off. The zero Time is the host's clock.
	Now time.Time
	// Clock is HostClock by default.
	Clock Clock
}

// Clock says which clock determines the instant of evaluation.
type Clock int

const (
	// HostClock evaluates at Options.Now and ignores the time in the request: a caller that could choose the time could choose
	// one inside a window.
	HostClock Clock = clockHost
	// RequestClock evaluates at context.time of the request. If there is none, Options.Now is used if it is set.
	RequestClock Clock = clockRequest
)

// numbers returns `now` and `clock` as a module takes them. An unknown clock is the host's.
func (o Options) numbers() (now, clock uint64) {
	if o.Clock == RequestClock {
		return instantOrNone(o.Now), clockRequest
	}
	return instantOrNow(o.Now), clockHost
}

func instantOrNow(at time.Time) uint64 {
	if at.IsZero() {
		at = time.Now()
	}
	return instantOrNone(at)
}

// instantOrNone returns a double as the engine takes it. The module refuses what is not an instant.
func instantOrNone(at time.Time) uint64 {
	const maxSeconds = 1 << 43
	seconds := at.Unix()
	switch {
	case at.IsZero():
		return math.Float64bits(math.NaN())
	case seconds < -maxSeconds || seconds > maxSeconds:
		return math.Float64bits(math.Inf(1))
	default:
		return math.Float64bits(float64(at.UnixMilli()))
	}
}

func appendInstant(dst []byte, milliseconds int64) []byte {
	// The instants that RFC 3339 can express.
	const first, last = -62_167_219_200_000, 253_402_300_799_999
	if milliseconds < first || milliseconds > last {
		return append(strconv.AppendInt(dst, milliseconds, 10), "ms"...)
	}
	return time.UnixMilli(milliseconds).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

// parseInstant reads what appendInstant writes. Anything else is a violation, which is raised.
func parseInstant(text string) time.Time {
	instant, err := time.Parse(time.RFC3339, text)
	if digits, ok := strings.CutSuffix(text, "ms"); ok {
		var milliseconds int64
		milliseconds, err = strconv.ParseInt(digits, 10, 64)
		instant = time.UnixMilli(milliseconds).UTC()
	}
	require(err == nil, violationInvalidResponse)
	return instant
}
