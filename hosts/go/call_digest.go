package nhipol

import (
	"crypto/sha256"
	"encoding/hex"
)

// What tells one call from another: the digest of its action and its resource with all that the caller said of them,
// declared or not. An approval is bound to it.

const (
	digestPath   = "context.call_digest"
	digestPrefix = "sha-256:"
	digestLength = len(digestPrefix) + 2*sha256.Size
)

// callDigest is that of a request's call; empty: it has none, since it lacks one of the two, or one has no canonical form.
func callDigest(request []byte) string {
	members := canonicalMembers(request, "action", "resource")
	return digestOfForms(members[0].form, members[1].form)
}

// digestOfForms takes the two in their canonical forms.
func digestOfForms(action, resource []byte) string {
	if action == nil || resource == nil {
		return ""
	}
	hash := sha256.New()
	for _, part := range [][]byte{[]byte(`{"action":`), action, []byte(`,"resource":`), resource, []byte(`}`)} {
		hash.Write(part)
	}
	return digestPrefix + hex.EncodeToString(hash.Sum(nil))
}
