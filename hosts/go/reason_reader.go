package nhipol

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// The reasons of an answer, with their messages filled in, the paths that made them unknown and what they ask for, in order
// of ids and then of their places in the sources.

type firedReason struct {
	row       *reasonRow
	isUnknown bool
	entry     int
}

type reasonReader struct {
	manifest    *manifest
	obligations obligationReader
}

// read fills in those parts of an answer that its reasons tell.
func (r *reasonReader) read(instance *instance, effect, count int, into *verdict) {
	fired := make([]firedReason, count)
	for at := range fired {
		fired[at] = r.fired(instance.view, instance.reasons+at*reasonSize)
	}
	slices.SortFunc(fired, r.compare)
	isExplained := slices.ContainsFunc(fired, func(each firedReason) bool { return needsExplaining(effect, each) })
	if isExplained {
		instance.callRaw("explain")
	}
	into.details = make([]ReasonDetail, count)
	into.reasons = make([]string, 0, count)
	for at, each := range fired {
		into.details[at] = r.detail(instance, effect, each)
		into.reasons = append(into.reasons, each.row.id)
	}
	into.reasons = slices.Compact(into.reasons)
	if isExplained {
		asked := r.obligations.asked(effect, fired)
		into.obligations = r.obligations.read(instance, effect, asked)
		into.accessRequest = r.obligations.accessRequest(instance, asked)
	}
}

// needExplaining tells whether any of the reasons takes more of the request than judging it did.
func (r *reasonReader) needExplaining(instance *instance, effect, count int) bool {
	for at := range count {
		if needsExplaining(effect, r.fired(instance.view, instance.reasons+at*reasonSize)) {
			return true
		}
	}
	return false
}

func needsExplaining(effect int, fired firedReason) bool {
	return fired.isUnknown || asks(fired.row, effect) ||
		slices.ContainsFunc(fired.row.message, func(part messagePart) bool { return part.isPlaceholder })
}

func (r *reasonReader) fired(memory memory, entry int) firedReason {
	index := memory.address(entry + reasonIndex)
	if index >= len(r.manifest.reasons) {
		panic(misread(violationUnknownReason))
	}
	return firedReason{&r.manifest.reasons[index], memory.u32(entry+reasonFiredOnUnknown)&1 != 0, entry}
}

func (r *reasonReader) detail(instance *instance, effect int, fired firedReason) ReasonDetail {
	row := fired.row
	detail := ReasonDetail{
		ID:             row.id,
		Effect:         effects[effect],
		Message:        r.message(instance, row.message),
		hasMessage:     row.message != nil,
		FiredOnUnknown: fired.isUnknown,
		Source:         &Source{r.fileOf(row), row.source.line, row.source.column},
	}
	if fired.isUnknown {
		detail.Unknown = r.unknownPaths(row, instance.view.u64(fired.entry+reasonUnknown))
	}
	return detail
}

func (r *reasonReader) message(instance *instance, parts []messagePart) string {
	var message strings.Builder
	for _, part := range parts {
		if !part.isPlaceholder {
			message.WriteString(part.text)
			continue
		}
		is := find(r.manifest.placeholders, part.placeholder, violationUnknownPlaceholder)
		message.WriteString(showCell(instance.view, instance.placeholders+part.placeholder*cellSize, is))
	}
	return message.String()
}

func (r *reasonReader) fileOf(row *reasonRow) string {
	return find(r.manifest.files, row.source.file, violationUnknownFile)
}

func (r *reasonReader) compare(a, b firedReason) int {
	return cmp.Or(
		cmp.Compare(a.row.id, b.row.id),
		cmp.Compare(r.fileOf(a.row), r.fileOf(b.row)),
		cmp.Compare(a.row.source.line, b.row.source.line),
		cmp.Compare(a.row.source.column, b.row.source.column),
	)
}

func (r *reasonReader) unknownPaths(row *reasonRow, mask uint64) []string {
	const what = violationUnlistedUnknownPath
	var paths []string
	for ; mask != 0; mask &= mask - 1 {
		index := find(row.unknown, bits.TrailingZeros64(mask), what)
		paths = append(paths, find(r.manifest.reads, index, what))
	}
	return sortedOnce(paths)
}
