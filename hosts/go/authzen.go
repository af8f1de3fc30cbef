package nhipol

import (
	"maps"
	"strconv"
)

// An answer as an AuthZEN evaluation response: its boolean, and everything else as the context. Obligations are written as
// the obligations profile has them, draft 1, and an access request as the access request and approval profile, draft 1.

// MarshalJSON gives the AuthZEN response. Unlike AppendJSON, json.Marshal escapes <, > and & in what it gives.
func (a Answer) MarshalJSON() ([]byte, error) { return a.AppendJSON(nil), nil }

// AppendJSON appends the AuthZEN response, with the same bytes as every other host.
func (a Answer) AppendJSON(dst []byte) []byte {
	what := a.what()
	dst = append(dst, `{"decision":`...)
	dst = strconv.AppendBool(dst, a.Decision())
	dst = append(dst, `,"context":{"effect":`...)
	dst = appendString(dst, string(what.effect))
	dst = appendStrings(append(dst, `,"reasons":`...), what.reasons)
	dst = appendList(append(dst, `,"reason_details":`...), what.details, appendReason)
	if what.effect == Narrow {
		dst = appendMembers(append(dst, `,"constraints":`...), what.constraints)
	}
	if len(what.obligations) > 0 {
		dst = appendObligations(append(dst, `,"obligations":`...), what.obligations)
	}
	if what.accessRequest != nil {
		dst = appendAccessRequest(dst, what.accessRequest)
	}
	if until, ok := a.validUntil(); ok {
		dst = appendString(append(dst, `,"valid_until":`...), showInstant(until))
	}
	dst = appendStrings(append(dst, `,"read":`...), what.read)
	if what.isSingleUse {
		dst = append(dst, `,"single_use":true`...)
	}
	if what.callDigest != "" {
		dst = appendString(append(dst, `,"call_digest":`...), what.callDigest)
	}
	if what.fault != nil {
		dst = appendFault(append(dst, `,"error":`...), what.fault)
	}
	return append(dst, "}}"...)
}

func appendReason(dst []byte, reason ReasonDetail) []byte {
	dst = appendString(append(dst, `{"id":`...), reason.ID)
	dst = appendString(append(dst, `,"effect":`...), string(reason.Effect))
	if reason.hasMessage {
		dst = appendString(append(dst, `,"message":`...), reason.Message)
	}
	if reason.FiredOnUnknown {
		dst = append(dst, `,"fired_on":"unknown"`...)
	} else {
		dst = append(dst, `,"fired_on":"true"`...)
	}
	if len(reason.Unknown) > 0 {
		dst = appendStrings(append(dst, `,"unknown":`...), reason.Unknown)
	}
	if source := reason.Source; source != nil {
		dst = appendString(append(dst, `,"source":{"file":`...), source.File)
		dst = strconv.AppendInt(append(dst, `,"line":`...), int64(source.Line), 10)
		dst = strconv.AppendInt(append(dst, `,"column":`...), int64(source.Column), 10)
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// appendObligations numbers them: an id is an obligation's own in its answer.
func appendObligations(dst []byte, obligations []Obligation) []byte {
	number := 0
	return appendList(dst, obligations, func(dst []byte, obligation Obligation) []byte {
		number++
		dst = strconv.AppendInt(append(dst, `{"id":"obl-`...), int64(number), 10)
		dst = appendString(append(dst, `","type":`...), obligation.Type)
		dst = appendMembers(append(dst, `,"properties":`...), obligation.Properties)
		dst = appendString(append(dst, `,"name":`...), obligation.Name)
		dst = appendStrings(append(dst, `,"reasons":`...), obligation.Reasons)
		return append(dst, '}')
	})
}

func appendAccessRequest(dst []byte, request *AccessRequest) []byte {
	said := maps.Clone(request.Properties)
	delete(said, "expires_in")
	said["expires_at"] = showInstant(request.ExpiresAt)
	dst = appendMembers(append(dst, `,"access_request":`...), said)
	dst = appendString(append(dst, `,"reason":`...), request.Reason)
	return appendString(append(dst, `,"evaluated_at":`...), showInstant(request.EvaluatedAt))
}

func appendFault(dst []byte, fault *Fault) []byte {
	dst = appendString(append(dst, `{"code":`...), fault.Code)
	dst = appendString(append(dst, `,"path":`...), fault.Path)
	dst = appendString(append(dst, `,"expected":`...), fault.Expected)
	dst = appendString(append(dst, `,"found":`...), fault.Found)
	dst = strconv.AppendInt(append(dst, `,"offset":`...), int64(fault.Offset), 10)
	return append(dst, '}')
}
