package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

// step is a step of a case, with the expected outcome.
type step struct {
	Do, Name string

	Request       string
	RequestBase64 []byte `json:"request_base64"`
	Clock         string
	Now, Time     *int64
	Native        bool
	Table         string
	Contents      string
	Session       string
	Part          string
	Signal        string
	Payload       string
	All           bool
	Text          string

	Answer     json.RawMessage
	Possible   bool
	Reasons    []string
	ValidUntil *int64 `json:"valid_until"`

	Error    *fault
	Mismatch *fault
	Changes  []change
}

type fault struct {
	Code, Path, Expected, Found string
	Offset                      *int
}

type change struct{ Session, Before, After string }

// runner runs the steps of a case, on one policy.
type runner struct {
	policy *nhipol.Policy
	opened *nhipol.Sessions
}

// run returns the difference from the expected outcome; empty: there is none.
func (r *runner) run(step *step) string {
	switch step.Do {
	case "decide":
		return r.decide(step)
	case "could":
		return r.could(step)
	case "load_table":
		return compareError(step.Error, r.policy.LoadTable(step.Table, []byte(step.Contents)))
	case "drop_table":
		return compareError(step.Error, r.policy.DropTable(step.Table))
	}
	if r.opened == nil {
		opened, err := r.policy.Sessions()
		if err != nil {
			return err.Error()
		}
		r.opened = opened
	}
	return r.ofSession(r.opened, step)
}

// question returns the request of a step, and the options to evaluate it with.
func (s *step) question() ([]byte, nhipol.Options) {
	request := []byte(s.Request)
	if s.RequestBase64 != nil {
		request = s.RequestBase64
	}
	options := nhipol.Options{Now: instant(s.Now)}
	if s.Clock == "request" {
		options.Clock = nhipol.RequestClock
	}
	return request, options
}

func (r *runner) could(step *step) string {
	request, options := step.question()
	if problem := comparePossibility(step, r.policy.CouldJSONWith(request, options)); problem != "" || !step.Native {
		return problem
	}
	var value any
	if err := json.Unmarshal(request, &value); err != nil {
		return "native: " + err.Error()
	}
	return comparePossibility(step, r.policy.CouldWith(value, options))
}

func comparePossibility(step *step, found nhipol.Possibility) string {
	until, isLimited := found.ValidUntil()
	isSame := found.Possible == step.Possible && slices.Equal(found.Reasons, step.Reasons) &&
		isLimited == (step.ValidUntil != nil) && (!isLimited || until.UnixMilli() == *step.ValidUntil)
	if !isSame {
		return fmt.Sprintf("expected possible %v for %v, found %+v", step.Possible, step.Reasons, found)
	}
	return compareFault(step.Error, found.Fault)
}

func (r *runner) decide(step *step) string {
	request, options := step.question()
	if problem := compareAnswer(step.Answer, r.policy.DecideJSONWith(request, options)); problem != "" {
		return problem
	}
	if problem := compareResponse(step.Answer, r.policy.AppendResponse(nil, request, options)); problem != "" {
		return "response: " + problem
	}
	if !step.Native {
		return ""
	}
	var value any
	if err := json.Unmarshal(request, &value); err != nil {
		return "native: " + err.Error()
	}
	if problem := compareAnswer(step.Answer, r.policy.DecideWith(value, options)); problem != "" {
		return "native: " + problem
	}
	return ""
}

func (r *runner) ofSession(sessions *nhipol.Sessions, step *step) string {
	now := instant(step.Now)
	switch step.Do {
	case "open":
		return compareError(step.Error, sessions.Open(step.Session, []byte(step.Request), now))
	case "patch":
		return compareError(step.Error, sessions.Patch(step.Session, []byte(step.Part)))
	case "replace":
		return compareError(step.Error, sessions.Replace(step.Session, []byte(step.Part)))
	case "record":
		return compareError(step.Error,
			sessions.Record(step.Session, step.Signal, []byte(step.Payload), instant(step.Time), now))
	case "decide_session":
		var request []byte
		if step.Request != "" {
			request = []byte(step.Request)
		}
		return compareAnswer(step.Answer, sessions.Decide(step.Session, request, now))
	case "could_session":
		var request []byte
		if step.Request != "" {
			request = []byte(step.Request)
		}
		return comparePossibility(step, sessions.Could(step.Session, request, now))
	case "reevaluate":
		return compareAnswer(step.Answer, sessions.Reevaluate(step.Session, now))
	case "sweep":
		return sweep(sessions, step)
	case "snapshot":
		text, err := sessions.Snapshot(step.Session)
		if err == nil && text != step.Text {
			return fmt.Sprintf("expected %s, found %s", step.Text, text)
		}
		return compareError(step.Error, err)
	case "restore":
		return restore(sessions, step)
	case "close":
		return compareError(step.Error, sessions.Close(step.Session))
	default:
		return "a step that this runner does not know"
	}
}

func sweep(sessions *nhipol.Sessions, step *step) string {
	found, err := sessions.Sweep(instant(step.Now), step.All)
	if err != nil {
		return err.Error()
	}
	changes := make([]change, len(found))
	for at, each := range found {
		changes[at] = change{each.Session, string(each.Before), string(each.After)}
	}
	if expected, found := fmt.Sprint(step.Changes), fmt.Sprint(changes); expected != found {
		return fmt.Sprintf("expected %s, found %s", expected, found)
	}
	return ""
}

func restore(sessions *nhipol.Sessions, step *step) string {
	restored, err := sessions.Restore(step.Text)
	if problem := compareError(step.Error, err); problem != "" || err != nil {
		return problem
	}
	if restored.Session != step.Session {
		return fmt.Sprintf("expected the session %s, found %s", step.Session, restored.Session)
	}
	return compareFault(step.Mismatch, restored.Mismatch)
}

func instant(milliseconds *int64) time.Time {
	if milliseconds == nil {
		return time.Time{}
	}
	return time.UnixMilli(*milliseconds)
}

func compareError(expected *fault, err error) string {
	if err == nil {
		return compareFault(expected, nil)
	}
	var ofTable *nhipol.TableError
	var ofSession *nhipol.SessionError
	switch {
	case errors.As(err, &ofTable):
		return compareFault(expected, &ofTable.Fault)
	case errors.As(err, &ofSession):
		return compareFault(expected, &ofSession.Fault)
	default:
		return "another error: " + err.Error()
	}
}

func compareFault(expected *fault, found *nhipol.Fault) string {
	if expected == nil && found == nil {
		return ""
	}
	if expected == nil {
		return "expected no error, found " + found.String()
	}
	if found == nil {
		return "expected the error " + expected.Code + ", found none"
	}
	actual := fault{found.Code, found.Path, found.Expected, found.Found, nil}
	wanted := *expected
	wanted.Offset = nil
	if actual != wanted || (expected.Offset != nil && *expected.Offset != found.Offset) {
		return fmt.Sprintf("expected %+v, found %s, offset %d", *expected, found, found.Offset)
	}
	return ""
}
