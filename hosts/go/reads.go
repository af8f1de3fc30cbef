package nhipol

import "slices"

// What an answer read: the paths and tables of every rule that bears on its effect, whatever the rules' conditions came to.
// Fixed by the manifest, the request's selectors and the effect.

// selectors are what a result tells of a request: 1 + an index, or 0 for names that no list has.
type selectors struct{ subject, action, resource int }

// readings is what was read, and whether decisions of the session have a share in that.
type readings struct {
	paths       []string
	isSingleUse bool
}

// allRead is of what was not judged.
var allRead = &readings{paths: everything}

// Callers choose among the combinations, so what is kept of them has an end.
const mostReadings = 1024

type readsKey struct {
	selectors
	effect    int
	byDefault bool
}

type readsReader struct {
	manifest *manifest
	kept     map[readsKey]*readings
}

func newReadsReader(manifest *manifest) *readsReader {
	return &readsReader{manifest, map[readsKey]*readings{}}
}

func (r *readsReader) of(selectors selectors, effect int, byDefault bool) *readings {
	key := readsKey{selectors, effect, byDefault}
	if kept := r.kept[key]; kept != nil {
		return kept
	}
	made := r.make(selectors, effect, byDefault)
	if len(r.kept) >= mostReadings {
		clear(r.kept)
	}
	r.kept[key] = made
	return made
}

func (r *readsReader) make(selectors selectors, effect int, byDefault bool) *readings {
	paths := slices.Clone(r.manifest.choosers)
	isSingleUse := false
	for _, rule := range r.manifest.rules {
		if !applies(rule, selectors) || !(byDefault || bears(rule, effect)) {
			continue
		}
		for _, index := range rule.read {
			paths = append(paths, r.pathAt(index))
			isSingleUse = isSingleUse || r.isOfDecisions(index)
		}
	}
	return &readings{sortedOnce(paths), isSingleUse}
}

// ofInvalid is of a request at fault: all of it, and what the revokes ask of what happened.
func (r *readsReader) ofInvalid(selectors selectors) *readings {
	history := r.manifest.history
	if history == nil {
		return allRead
	}
	paths := slices.Clone(everything)
	isSingleUse := false
	for _, rule := range r.manifest.rules {
		if !slices.Contains(rule.effects, revoke) || !applies(rule, selectors) {
			continue
		}
		for _, index := range rule.read {
			if slices.Contains(history.terms, index) {
				paths = append(paths, r.pathAt(index))
				isSingleUse = isSingleUse || r.isOfDecisions(index)
			}
		}
	}
	return &readings{sortedOnce(paths), isSingleUse}
}

func (r *readsReader) pathAt(index int) string {
	return find(r.manifest.reads, index, violationUnknownPath)
}

func (r *readsReader) isOfDecisions(index int) bool {
	history := r.manifest.history
	return history != nil && slices.Contains(history.decisions, index)
}

func applies(rule ruleRow, selectors selectors) bool {
	return lists(rule.subjects, selectors.subject) &&
		lists(rule.actions, selectors.action) &&
		lists(rule.resources, selectors.resource)
}

func lists(numbers *[]int, number int) bool {
	return numbers == nil || (number > 0 && slices.Contains(*numbers, number))
}

// bears: the rule can fire as strictly. Permits do, too, where the effect stands on one.
func bears(rule ruleRow, effect int) bool {
	isGranted := effect == narrow || effect == challenge
	return slices.ContainsFunc(rule.effects, func(own int) bool {
		return own >= effect || (isGranted && own == permit)
	})
}

func sortedOnce(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}
