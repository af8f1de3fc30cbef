package nhipol

import "bytes"

// What a host keeps of each session whose policy asks for the digest of the call: action and resource with all that was said
// of them, since the module keeps no more than the policy declares. So the digest is always that of the whole call, also
// after a patch of a part of it.

// keptCall has canonical forms. What is not known of a call is nil, and has no digest, until the whole of it is told.
type keptCall struct {
	action, resource []byte
	digest           string
}

// after takes a request or a part of one, of which the parts in replaced are told as a whole.
func (c keptCall) after(text []byte, replaced int) keptCall {
	told := canonicalMembers(text, "action", "resource")
	action := formAfter(c.action, told[0], replaced&partAction != 0)
	resource := formAfter(c.resource, told[1], replaced&partResource != 0)
	if bytes.Equal(action, c.action) && bytes.Equal(resource, c.resource) {
		return c
	}
	return keptCall{action, resource, digestOfForms(action, resource)}
}

func formAfter(before []byte, told canonicalMember, isWhole bool) []byte {
	switch {
	case !told.isTold:
		return before
	case isWhole:
		return told.form
	default:
		return mergedForm(before, told.form)
	}
}

// mergedForm: a form carries its value exactly.
func mergedForm(form, patch []byte) []byte {
	if form == nil || patch == nil {
		return nil
	}
	target, isTarget := parseJSON(form)
	changes, isPatch := parseJSON(patch)
	if !isTarget || !isPatch {
		return nil
	}
	return canonicalForm(appendValue(nil, mergePatch(target, changes)))
}
