package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	nhipol "github.com/nhipol/nhipol/hosts/go"
)

type object = map[string]any

// responseOf is the AuthZEN response that the parts of an answer describe, as parsed JSON.
func responseOf(answer nhipol.Answer) any {
	context := object{
		"effect":         answer.Effect(),
		"reasons":        answer.Reasons(),
		"reason_details": each(answer.ReasonDetails(), detailOf),
		"read":           answer.Read(),
	}
	if answer.Effect() == nhipol.Narrow {
		context["constraints"] = object{}
		maps.Copy(context["constraints"].(object), answer.Constraints())
	}
	if lower := answer.Lower(); len(lower) > 0 {
		context["lower"] = lower
	}
	if obligations := answer.Obligations(); len(obligations) > 0 {
		context["obligations"] = each(obligations, func(obligation nhipol.Obligation) object {
			return object{
				"id": obligation.ID, "type": obligation.Type, "properties": obligation.Properties,
				"name": obligation.Name, "reasons": obligation.Reasons,
			}
		})
	}
	if request := answer.AccessRequest(); request != nil {
		properties := maps.Clone(request.Properties)
		properties["expires_at"] = instantOf(request.ExpiresAt)
		context["access_request"], context["access_request_name"] = properties, request.Name
		context["reason"], context["evaluated_at"] = request.Reason, instantOf(request.EvaluatedAt)
	}
	if until, ok := answer.ValidUntil(); ok {
		context["valid_until"] = instantOf(until)
	}
	if answer.SingleUse() {
		context["single_use"] = true
	}
	if digest := answer.CallDigest(); digest != "" {
		context["call_digest"] = digest
	}
	if fault := answer.Fault(); fault != nil {
		context["error"] = object{
			"code": fault.Code, "path": fault.Path, "expected": fault.Expected, "found": fault.Found, "offset": fault.Offset,
		}
	}
	text, err := json.Marshal(object{"decision": answer.Decision(), "context": context})
	if err != nil {
		return err
	}
	return parsed(text)
}

func detailOf(detail nhipol.ReasonDetail) object {
	written := object{"id": detail.ID, "effect": detail.Effect, "fired_on": "true"}
	if detail.FiredOnUnknown {
		written["fired_on"] = "unknown"
	}
	if detail.Message != "" {
		written["message"] = detail.Message
	}
	if len(detail.Unknown) > 0 {
		written["unknown"] = detail.Unknown
	}
	if source := detail.Source; source != nil {
		written["source"] = object{"file": source.File, "line": source.Line, "column": source.Column}
	}
	return written
}

func each[T any](elements []T, write func(T) object) []object {
	written := []object{}
	for _, element := range elements {
		written = append(written, write(element))
	}
	return written
}

func instantOf(instant time.Time) string {
	if year := instant.Year(); year < 0 || year > 9999 {
		return fmt.Sprintf("%dms", instant.UnixMilli())
	}
	return instant.UTC().Format("2006-01-02T15:04:05.000Z")
}
