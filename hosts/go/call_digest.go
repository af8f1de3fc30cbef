package nhipol

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// The digest of a call: which policy is asked, who acts and for whom, the action and the resource with everything the caller
// sent about them, declared or not. An approval is bound to it.

const (
	digestPath   = "context.call_digest"
	digestPrefix = "sha-256:"
	digestLength = len(digestPrefix) + 2*sha256.Size
	// principalMember is the property of a subject that tells which principal it acts for.
	principalMember = "on_behalf_of"
)

// callSelection is the members of a request that its digest covers: action and resource as a whole, and of the subject what
// identifies the caller.
var callSelection = selection{
	"action":   nil,
	"resource": nil,
	"subject":  {"id": nil, "type": nil, "properties": {principalMember: nil}},
}

// callForms are the parts of a request that its digest covers, in their canonical forms; nil: the part is missing, or has none.
type callForms struct{ subject, action, resource []byte }

// callDigest is that of a request's call under the policy of that name; empty: it has none, since a part of it is missing, or
// has no canonical form.
func callDigest(request []byte, policy string) string {
	members := callMembers(request)
	return callForms{members[0].form, members[1].form, members[2].form}.digest(policy)
}

// callMembers are subject, action and resource of a request or a part of one.
func callMembers(text []byte) []canonicalMember {
	return canonicalMembers(text, callSelection, "subject", "action", "resource")
}

func (f callForms) digest(policy string) string {
	caller := f.caller()
	if caller == nil || f.action == nil || f.resource == nil {
		return ""
	}
	hash := sha256.New()
	for _, part := range [][]byte{
		[]byte(`{"action":`), f.action, []byte(`,"policy":`), appendString(nil, policy),
		[]byte(`,"resource":`), f.resource, []byte(`,"subject":`), caller, []byte(`}`),
	} {
		hash.Write(part)
	}
	return digestPrefix + hex.EncodeToString(hash.Sum(nil))
}

// caller is type and id of the subject, and the principal it acts for, if there is one; nil: the caller is not identified.
func (f callForms) caller() []byte {
	value, ok := parseJSON(f.subject)
	subject, isObject := value.(map[string]any)
	if !ok || !isObject {
		return nil
	}
	id, hasID := subject["id"].(string)
	kind, hasType := subject["type"].(string)
	if !hasID || !hasType {
		return nil
	}
	caller := map[string]any{"id": id, "type": kind}
	properties, _ := subject["properties"].(map[string]any)
	if principal := properties[principalMember]; principal != nil {
		caller[principalMember] = identity(principal)
	}
	return canonicalForm(appendValue(nil, caller))
}

// identity is what identifies a principal: with an id its type and id, so that other members, such as its scopes, may change.
// Anything else is taken as sent.
func identity(principal any) any {
	members, _ := principal.(map[string]any)
	if members["id"] == nil {
		return principal
	}
	identity := map[string]any{"id": members["id"]}
	if kind, ok := members["type"]; ok {
		identity["type"] = kind
	}
	return identity
}

// hasSameCaller tells whether both identify the same one.
func (f callForms) hasSameCaller(other callForms) bool {
	caller := f.caller()
	return caller != nil && bytes.Equal(caller, other.caller())
}
