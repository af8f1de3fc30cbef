package nhipol

import "maps"

// mergePatch is JSON Merge Patch (RFC 7396): a value as it is after what a patch changes about it.
func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	before, _ := target.(map[string]any)
	members := make(map[string]any, len(before)+len(changes))
	maps.Copy(members, before)
	for name, value := range changes {
		if value == nil {
			delete(members, name)
		} else {
			members[name] = mergePatch(members[name], value)
		}
	}
	return members
}
