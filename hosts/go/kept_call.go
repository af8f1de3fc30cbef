package nhipol

import (
	"bytes"
	"regexp"
)

// What a host keeps of each session whose policy asks for the digest of the call: action and resource with all that was said
// of them and the identity of the caller, since the module keeps no more than the policy declares. So the digest is always that
// of the whole call, also after a patch of a part of it.

// keptCall has canonical forms. What is not known of a call is nil, and has no digest, until the whole of it is told.
type keptCall struct {
	callForms
	digest string
}

// after takes a request or a part of one, of which the parts in replaced are told as a whole, and the name of the policy that
// is asked.
func (c keptCall) after(text []byte, replaced int, policy string) keptCall {
	// The module refuses it unread, and then nothing changes.
	if len(text) > maxRequestBytes {
		return c
	}
	told := callMembers(text)
	forms := callForms{
		subject:  formAfter(c.subject, told[0], replaced&partSubject != 0),
		action:   formAfter(c.action, told[1], replaced&partAction != 0),
		resource: formAfter(c.resource, told[2], replaced&partResource != 0),
	}
	isSame := (!told[0].isTold || forms.hasSameCaller(c.callForms)) &&
		(!told[1].isTold || isSameForm(forms.action, c.action)) &&
		(!told[2].isTold || isSameForm(forms.resource, c.resource))
	if isSame {
		return keptCall{forms, c.digest}
	}
	return keptCall{forms, forms.digest(policy)}
}

func isSameForm(after, before []byte) bool { return after != nil && bytes.Equal(after, before) }

// unknownValue is how a session's text has a value that is there and of no use.
var unknownValue = regexp.MustCompile(`\["(?:unknown|faulty)",0\]`)

// callIn is that of a session's text, which has no more of the call than the policy declares: the caller. digest is the one that
// the module restored.
func callIn(text []byte, digest string) keptCall {
	request := canonicalMembers(text, selection{"request": {"subject": callSelection["subject"]}}, "request")[0].form
	call := keptCall{digest: digest}
	if request != nil && !unknownValue.Match(request) {
		call.subject = callMembers(request)[0].form
	}
	return call
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

// mergedForm: a form carries its value exactly. One that is longer than any request is not kept.
func mergedForm(form, patch []byte) []byte {
	if form == nil || patch == nil {
		return nil
	}
	target, isTarget := parseJSON(form)
	changes, isPatch := parseJSON(patch)
	if !isTarget || !isPatch {
		return nil
	}
	merged := canonicalForm(appendValue(nil, mergePatch(target, changes)))
	if len(merged) > maxRequestBytes {
		return nil
	}
	return merged
}
