package nhipol

import (
	"math"
	"time"
)

// Instant is when a request is judged. The zero value is the host's clock at the moment of the call.
type Instant struct {
	milliseconds float64
	isSet        bool
}

// At is an instant in whole milliseconds; what is finer is cut off.
func At(instant time.Time) Instant {
	seconds := instant.Unix()
	if seconds < -furthestSeconds || seconds > furthestSeconds {
		return Instant{math.NaN(), true}
	}
	return Instant{float64(instant.UnixMilli()), true}
}

// AtMilli is an instant in milliseconds since the epoch.
func AtMilli(milliseconds int64) Instant { return Instant{float64(milliseconds), true} }

// Now is the host's clock at the moment of the call.
func Now() Instant { return Instant{} }

// The furthest instant from the epoch that a module takes, in milliseconds and in seconds.
const (
	furthest        = 8_640_000_000_000_000
	furthestSeconds = furthest / 1000
)

// resolve gives false for what is no instant.
func (i Instant) resolve() (float64, bool) {
	if !i.isSet {
		return float64(time.Now().UnixMilli()), true
	}
	return i.milliseconds, math.Abs(i.milliseconds) <= furthest
}

// Options say by which instant a request is judged. The zero value is the host's clock.
type Options struct {
	// Now is the instant of evaluation.
	Now Instant
	// Clock is HostClock unless told.
	Clock Clock
}

// Clock tells whose time counts.
type Clock int

const (
	// HostClock judges by Options.Now, and ignores what the request says the time is: a caller that could choose the time could
	// walk into a window.
	HostClock Clock = clockHost
	// RequestClock judges by the request's own context.time. Where it has none Options.Now stands in, if it is set.
	RequestClock Clock = clockRequest
)

// resolve gives NaN for no instant, and false for what is none.
func (o Options) resolve() (now float64, clock int, ok bool) {
	switch {
	case o.Clock == RequestClock && !o.Now.isSet:
		return math.NaN(), clockRequest, true
	case o.Clock == HostClock || o.Clock == RequestClock:
		now, ok = o.Now.resolve()
		return now, int(o.Clock), ok
	default:
		return 0, 0, false
	}
}
