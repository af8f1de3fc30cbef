package check

import (
	"bytes"
	"strings"

	"github.com/nhipol/nhipol/hosts/go/envoy/internal/cel"
	"github.com/nhipol/nhipol/hosts/go/envoy/internal/mapping"
	"github.com/nhipol/nhipol/hosts/go/envoy/internal/wire"
)

// prefix is that of the headers that the server sets, which no client may set.
const prefix = "x-nhipol-"

// rendered is the response to all checks with the same answer, except for the id of the decision.
type rendered struct {
	// text is the response of the module that it is about.
	text    string
	message []byte
	// places are those of the id in the message.
	places []int
	// permitted is nil for a refusal: its headers to remove depend on the request.
	permitted *wire.CheckResponse
}

// idLength is that of a UUID as text.
const idLength = 36

// with returns the message with the id of a decision.
func (r *rendered) with(id *[idLength]byte) []byte {
	message := bytes.Clone(r.message)
	for _, place := range r.places {
		copy(message[place:], id[:])
	}
	return message
}

// render writes a response with a mark in place of the id. The mark is random, so that no answer contains it.
func (c *Checker) render(text string, answer *answer) *rendered {
	response := &wire.CheckResponse{Metadata: c.metadata(answer)}
	made := &rendered{text: text}
	if answer.isGranted {
		c.permit(response, answer)
		made.permitted = response
	} else {
		c.deny(response, answer)
	}
	made.setMessage(response, c.mark)
	return made
}

func (r *rendered) setMessage(response *wire.CheckResponse, mark string) {
	r.message, r.places = response.Append(nil), nil
	for at := 0; ; at += idLength {
		next := bytes.Index(r.message[at:], []byte(mark))
		if next < 0 {
			return
		}
		at += next
		r.places = append(r.places, at)
	}
}

// metadata is the decision for filters and access logs.
func (c *Checker) metadata(answer *answer) *cel.Map {
	metadata := &cel.Map{}
	metadata.Set("effect", cel.Str(answer.effect))
	metadata.Set("decision_id", cel.Str(c.mark))
	for _, name := range []string{"reasons", "constraints", "obligations", "valid_until"} {
		if member, ok := answer.context.Get(name); ok {
			metadata.Set(name, member)
		}
	}
	return metadata
}

func (c *Checker) permit(response *wire.CheckResponse, answer *answer) {
	until, _ := answer.context.Get("valid_until")
	values := map[string]string{"effect": answer.effect, "decision-id": c.mark, "valid-until": until.Text}
	if answer.constraints.Len() > 0 {
		values["constraints"] = answer.constraintsText()
	}
	for _, name := range mapping.OwnHeaders {
		if value := values[name]; value != "" && c.headers[name] {
			response.Headers = append(response.Headers, wire.Pair{Name: prefix + name, Value: value})
		} else {
			response.Remove = append(response.Remove, prefix+name)
		}
	}
}

func (c *Checker) deny(response *wire.CheckResponse, answer *answer) {
	response.Code = permissionDenied
	response.Status = 403
	title := "Forbidden"
	if answer.isFailure() {
		response.Status, title = 503, "Service Unavailable"
	}
	reasons := make([]string, len(answer.reasons))
	for at, reason := range answer.reasons {
		reasons[at] = reason.Text
	}
	response.Message = strings.Join(reasons, ", ")
	response.Headers = []wire.Pair{
		{Name: "content-type", Value: "application/problem+json"},
		{Name: "cache-control", Value: "no-store"},
		{Name: prefix + "decision-id", Value: c.mark},
	}
	body := &cel.Map{}
	body.Set("title", cel.Str(title))
	body.Set("status", cel.Num(float64(response.Status)))
	c.describe(body, answer)
	response.Body = string(cel.ToJSON(cel.Object(body)))
}

// permissionDenied is a code of google.rpc.Status.
const permissionDenied = 7

// describe adds the members of the answer that a client gets who was refused.
func (c *Checker) describe(body *cel.Map, answer *answer) {
	id := cel.Str(c.mark)
	set := func(names ...string) {
		for _, name := range names {
			if member, ok := answer.context.Get(name); ok {
				body.Set(name, member)
			}
		}
	}
	switch c.form {
	case FormFull:
		body.Set("detail", cel.Str(answer.details))
		for at := range answer.context.Len() {
			name, member := answer.context.At(at)
			body.Set(name, member)
		}
		body.Set("evaluation_id", id)
	case FormProfiles:
		set("obligations")
		if _, ok := answer.context.Get("access_request"); ok {
			set("access_request", "reason", "evaluated_at")
			body.Set("evaluation_id", id)
		}
	}
}
